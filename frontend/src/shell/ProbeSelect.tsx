/** PROBE: which tag, and how large its capture is. */

import type { JSX } from "preact";
import { run, tag } from "../state/chosen";
import { capture, runs } from "../state/data";
import { keySequence, layers, querySequence, stackNow, steps, tagNow } from "../state/selection";
import { chooseTag } from "./choose";
import { plural } from "./format";
import { Section } from "./Section";

export function ProbeSelect(): JSX.Element {
  const here = new Set(runs.value?.runs.find((each) => each.run === run.value)?.tags.map((each) => each.tag));
  const all = [...new Set(runs.value?.runs.flatMap((each) => each.tags.map((known) => known.tag)))].sort();
  return (
    <Section title="Probe">
      <select
        class="control wide"
        aria-label="Probe"
        data-testid="probe"
        value={tag.value}
        onChange={(event) => chooseTag(event.currentTarget.value)}
      >
        {all.map((each) => (
          <option key={each} value={each}>
            {here.has(each) ? each : `${each} (in another run)`}
          </option>
        ))}
      </select>
      <p class="note" data-testid="probe-size">
        {sizes()}
      </p>
    </Section>
  );
}

function sizes(): string {
  const shape = stackNow.value;
  if (!capture.value || !shape || !tagNow.value) return "\u00a0";
  const queries = querySequence.value?.tokens.length ?? 0;
  const keys = keySequence.value?.tokens.length ?? 0;
  const heads = Math.max(...shape.layers.map((each) => each.heads));
  const tokens = queries === keys ? plural(queries, "token") : `${queries} × ${plural(keys, "token")}`;
  return `${tokens} · ${plural(steps.value.length, "step")} · ${plural(layers.value.length, "layer")} × ${plural(heads, "head")}`;
}
