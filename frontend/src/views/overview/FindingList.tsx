/** (f) What a reader should look at, in sentences; each leads to its evidence. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { activeHeads, wantedStep } from "../../state/chosen";
import { compareWith } from "../../state/compare";
import { askedFindings, findings } from "../../state/histories";
import { lessonFor, lessonOf, openedLesson } from "../../state/lessons";
import { headsBy, metric } from "../../state/overview";
import { focusHead, key, layer, query, run, stack, tag, view } from "../../state/selection";
import type { Finding } from "../../types";
import { Card } from "../../ui/Card";
import { lessonTitle } from "../../ui/LessonDialog";
import { Progress } from "./Progress";

export function FindingList(): JSX.Element {
  const [known, problem] = [findings.value, askedFindings.value.problem];
  return (
    <Card id="overview-findings" class="overview-card overview-findings" label="Findings">
      <header>
        <h2>Findings</h2>
      </header>
      {problem !== null && <p class="note">{problem}</p>}
      {problem === null && known?.done !== true && <Progress value={known?.progress ?? 0} />}
      {known?.done && known.findings.length === 0 && (
        <p class="note">Nothing stands out in this probe.</p>
      )}
      <ul class="overview-scroll" data-testid="findings">
        {known?.findings.map((each) => (
          <li key={each.sentence} class={each.level}>
            <button
              type="button"
              class="overview-finding"
              title="Show the evidence here"
              onClick={() => show(each)}
            >
              {each.sentence}
            </button>
            {each.heads.length > 0 ? (
              <button
                type="button"
                class="link"
                title="Look at the weights"
                onClick={() => look(each)}
              >
                head view
              </button>
            ) : (
              <button
                type="button"
                class="link"
                title="Look at what changed in these layers"
                onClick={() => lookAtLayers(each)}
              >
                model view
              </button>
            )}
            <LessonLink finding={each} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function LessonLink({ finding }: { readonly finding: Finding }): JSX.Element | null {
  const name = lessonFor(finding);
  if (!lessonOf(name)) return null;
  return (
    <button
      type="button"
      class="link overview-lesson"
      title={lessonTitle(name)}
      aria-label={lessonTitle(name)}
      onClick={() => {
        openedLesson.value = name;
      }}
    >
      ?
    </button>
  );
}

/** The metric, the head and the step that the finding speaks of. */
function show(finding: Finding): void {
  batch(() => {
    stack.value = finding.stack;
    const last = finding.steps[finding.steps.length - 1];
    if (last !== undefined) wantedStep.value = last;
    if (finding.metric !== null) metric.value = finding.metric;
    headsBy.value = "model";
    const [head] = finding.heads;
    if (head) focusHead(head[0], head[1]);
    else layer.value = finding.layers[0] ?? layer.peek();
    if (finding.query !== null) query.value = finding.query;
    if (finding.key !== null) key.value = finding.key;
  });
}

function look(finding: Finding): void {
  batch(() => {
    show(finding);
    const [head] = finding.heads;
    activeHeads.value = head ? [head[1]] : null;
    view.value = "head";
  });
}

/** A finding about whole layers is about their change since the first of its steps. */
function lookAtLayers(finding: Finding): void {
  batch(() => {
    show(finding);
    compareWith({ run: run.peek(), tag: tag.peek(), step: finding.steps[0] ?? "first" });
    view.value = "model";
  });
}
