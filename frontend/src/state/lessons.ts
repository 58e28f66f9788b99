/** Lessons: what head types and kinds of findings are, and the one that is open. */

import { signal } from "@preact/signals";
import type { PluginApi } from "../api/plugin";
import type { Lesson, Lessons } from "../types";
import { type Asked, keepAsking, NOT_ASKED } from "./ask";
import { showsHistory } from "./view";

export const askedLessons = signal<Asked<Lessons>>(NOT_ASKED);
/** Name of the lesson that is open; null: none is. */
export const openedLesson = signal<string | null>(null);

/** null where there is none, or it is not there yet. Reads signals. */
export function lessonOf(name: string): Lesson | null {
  return askedLessons.value.value?.lessons.find((each) => each.name === name) ?? null;
}

/** Asks once, where a view tells of lessons. Returns what ends it. */
export function followLessons(api: PluginApi): () => void {
  return keepAsking(askedLessons, () =>
    showsHistory("lessons")
      ? { of: "lessons", version: "", ask: (signal) => api.lessons(signal) }
      : null,
  );
}
