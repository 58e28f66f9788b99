/**
 * COMPARE WITH: a second capture (B) beside the one that is shown (A), and how the two are drawn.
 */

import type { JSX } from "preact";
import { adapterTwin, compareAdapter } from "../state/adapter";
import { run, tag } from "../state/chosen";
import {
  type CompareMode,
  compared,
  compareMode,
  compareWith,
  withPlaceAt,
  withRunNow,
  withStep,
  withTagNow,
} from "../state/compare";
import { runs } from "../state/data";
import { step } from "../state/selection";
import type { Option } from "../ui/choice";
import { Section } from "../ui/Section";
import { Segments } from "../ui/Segments";
import { CompareNote } from "./CompareNote";
import { CompareStep } from "./CompareStep";

const MODES: readonly Option<CompareMode>[] = [
  {
    value: "difference",
    label: "difference",
    hint: "what is shown less what it is compared with (c)",
  },
  { value: "both", label: "A | B", hint: "side by side (c)" },
  { value: "off", label: "off", hint: "no comparison (c)" },
];

export function CompareControls(): JSX.Element {
  const on = compareMode.value !== "off";
  return (
    <Section title="Compare with">
      <div class="compare-modes">
        <Segments label="Comparison" id="compare" options={MODES} of={compareMode} />
      </div>
      {adapterTwin.value && (
        <button
          type="button"
          class="link"
          title="The same text at the same step"
          data-testid="compare-adapter"
          onClick={compareAdapter}
        >
          {adapterTwin.value.adapted
            ? "the model with its adapter"
            : "the model without its adapter"}
        </button>
      )}
      {on && (
        <>
          <RunAndTag />
          <CompareStep />
          {compared.value && <CompareNote compared={compared.value} itself={isItself()} />}
        </>
      )}
    </Section>
  );
}

/** Where there is but one run, or one probe, there is nothing to choose. */
function RunAndTag(): JSX.Element {
  const all = (runs.value?.runs ?? []).filter((each) => each.tags.length > 0);
  const tags = all.find((each) => each.run === withRunNow.value)?.tags ?? [];
  const others = tags.some((each) => each.tag === withTagNow.value) ? [] : [withTagNow.value];
  return (
    <>
      {all.length > 1 && (
        <select
          class="control wide"
          aria-label="Run to compare with"
          data-testid="with-run"
          value={withRunNow.value}
          onChange={(event) => choose({ run: event.currentTarget.value })}
        >
          {all.map((each) => (
            <option key={each.run} value={each.run}>
              {each.run === run.value ? `same run (${each.run})` : each.run}
            </option>
          ))}
        </select>
      )}
      {(tags.length > 1 || others.length > 0) && (
        <select
          class="control wide"
          aria-label="Probe to compare with"
          data-testid="with-tag"
          value={withTagNow.value}
          onChange={(event) => choose({ tag: event.currentTarget.value })}
        >
          {tags.map((each) => (
            <option key={each.tag} value={each.tag}>
              {each.tag === tag.value ? `same probe (${each.tag})` : each.tag}
            </option>
          ))}
          {others.map((each) => (
            <option key={each} value={each}>
              {each} (not in this run)
            </option>
          ))}
        </select>
      )}
    </>
  );
}

/** Another run or probe is first looked at in the step that A has; the same one in its first. */
function choose(change: { readonly run?: string; readonly tag?: string }): void {
  const wanted = { run: withRunNow.peek(), tag: withTagNow.peek(), ...change };
  const itself = wanted.run === run.peek() && wanted.tag === tag.peek();
  const now = withStep.peek();
  const fitting = itself && now === "same" ? "first" : !itself && now === "first" ? "same" : now;
  compareWith({ ...wanted, step: fitting });
}

function isItself(): boolean {
  const place = withPlaceAt(step.value);
  return place?.run === run.value && place.tag === tag.value && place.step === step.value;
}
