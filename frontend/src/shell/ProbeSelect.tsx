/** PROBE: which tag, and how large its capture is. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { plural } from "../format";
import { run, tag } from "../state/chosen";
import { capture, runs } from "../state/data";
import { keySequence, layers, querySequence, stackNow, steps, tagNow } from "../state/selection";
import { Section } from "../ui/Section";
import { chooseTag } from "./choose";

/** Above this number of probes the field that narrows the list appears. */
const MANY = 12;

export function ProbeSelect(): JSX.Element {
  const here = new Set(
    runs.value?.runs.find((each) => each.run === run.value)?.tags.map((each) => each.tag),
  );
  const filter = useSignal("");
  const all = [
    ...new Set(runs.value?.runs.flatMap((each) => each.tags.map((known) => known.tag))),
  ].sort();
  const wanted = filter.value.trim().toLowerCase();
  const matching = all.filter((each) => each.toLowerCase().includes(wanted) || each === tag.value);
  return (
    <Section title="Probe">
      {all.length > MANY && (
        <input
          class="control wide"
          type="search"
          placeholder={`Filter ${all.length} probes`}
          aria-label="Filter probes"
          data-testid="probe-filter"
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      )}
      <select
        class="control wide"
        aria-label="Probe"
        data-testid="probe"
        value={tag.value}
        onChange={(event) => chooseTag(event.currentTarget.value)}
      >
        {matching.map((each) => (
          <option key={each} value={each}>
            {here.has(each) ? each : `${each} (in another run)`}
          </option>
        ))}
      </select>
      <p class="note" data-testid="probe-size">
        {sizes()}
      </p>
      {capture.value?.kind === "batch" && steps.value.length > 1 && (
        <p class="note" data-testid="probe-batch">
          From the training batch: another text at each step.
        </p>
      )}
    </Section>
  );
}

function sizes(): string {
  const shape = stackNow.value;
  if (!capture.value || !shape || !tagNow.value) return "\u00a0";
  const queries = querySequence.value?.tokens.length ?? 0;
  const keys = keySequence.value?.tokens.length ?? 0;
  const heads = Math.max(...shape.layers.map((each) => each.heads));
  const tokens =
    queries === keys ? plural(queries, "token") : `${queries} × ${plural(keys, "token")}`;
  return `${tokens} · ${plural(steps.value.length, "step")} · ${plural(layers.value.length, "layer")} × ${plural(heads, "head")}`;
}
