/** A lesson: what something is, how it is measured, and what it does not say. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { headTypes } from "../state/histories";
import { lessonOf, openedLesson } from "../state/lessons";
import type { Lesson } from "../types";

export function LessonDialog(): JSX.Element | null {
  const lesson = openedLesson.value === null ? null : lessonOf(openedLesson.value);
  return lesson && <OpenDialog lesson={lesson} />;
}

/** "What is an induction head?"; of what is no type of heads "What does that mean?" */
export function lessonTitle(name: string): string {
  const isType = headTypes.value?.types.some((each) => each.name === name) ?? false;
  return isType
    ? `What is ${/^[aeiou]/.test(name) ? "an" : "a"} ${name} head?`
    : "What does that mean?";
}

function OpenDialog({ lesson }: { readonly lesson: Lesson }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    openedLesson.value = null;
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog by itself
    <dialog
      ref={dialog}
      class="lesson"
      aria-label={lessonTitle(lesson.name)}
      data-testid="lesson"
      onClose={close}
      onClick={(event) => {
        // A click on the backdrop arrives at the dialog itself.
        if (event.target === event.currentTarget) close();
      }}
    >
      <div class="lesson-text">
        <header>
          <h2>{lessonTitle(lesson.name)}</h2>
          <button type="button" class="button" onClick={close} data-testid="lesson-close">
            Close
          </button>
        </header>
        <p>{lesson.what}</p>
        <h3>How it is measured</h3>
        <p>{lesson.measured}</p>
        <h3>What it does not say</h3>
        <p>{lesson.limits}</p>
        {lesson.source !== "" && <p class="note">{lesson.source}</p>}
      </div>
    </dialog>
  );
}
