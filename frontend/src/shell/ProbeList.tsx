/** PROBE: which tag, each with its number of tokens, and how large the capture is. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { countText, plural } from "../format";
import { passesFilter } from "../state/checked_runs";
import { run, tag } from "../state/chosen";
import { capture, runs } from "../state/data";
import { keySequence, layers, querySequence, stackNow, steps, tagNow } from "../state/selection";
import { Section } from "../ui/Section";
import { chooseTag } from "./choose";
import { revealChosen } from "./RunList";

/** Above this number of probes the field that narrows the list appears. */
const MANY = 12;

export function ProbeList(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const filter = useSignal("");
  const all = knownProbes();
  const chosen = tag.value;
  useEffect(() => {
    if (chosen !== "" && all.length > 0) revealChosen(box.current);
  }, [chosen, all.length]);
  return (
    <Section title="Probe">
      {all.length > MANY && (
        <input
          class="control wide"
          type="search"
          placeholder={`Filter ${all.length} probes (regex)`}
          aria-label="Filter probes, by a regular expression"
          data-testid="probe-filter"
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      )}
      <div ref={box} class="picks" role="radiogroup" aria-label="Probe" data-testid="probe">
        {all
          .filter((each) => each.name === chosen || passesFilter(each.name, filter.value))
          .map((each) => (
            <ProbeRow key={each.name} {...each} />
          ))}
      </div>
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

interface Probe {
  readonly name: string;
  readonly tokens: number;
  /** Whether the run that is shown has it. */
  readonly here: boolean;
}

/** The probes of all runs, those of this one first; tokens are those of the run that is shown, if it has it. */
function knownProbes(): readonly Probe[] {
  const found = new Map<string, Probe>();
  for (const each of runs.value?.runs ?? []) {
    const here = each.run === run.value;
    for (const { tag: name, tokens } of each.tags)
      if (here || !found.has(name)) found.set(name, { name, tokens, here });
  }
  return [...found.values()].sort(
    (a, b) => Number(b.here) - Number(a.here) || (a.name < b.name ? -1 : 1),
  );
}

function ProbeRow({ name, tokens, here }: Probe): JSX.Element {
  const chosen = name === tag.value;
  return (
    <label
      class={`pick pick-label ${chosen ? "on" : ""} ${here ? "" : "lacking"}`}
      title={here ? name : `${name}: in another run`}
    >
      <input
        type="radio"
        name="probe"
        checked={chosen}
        onChange={() => chooseTag(name)}
        data-testid={`tag-${name}`}
      />
      <span class="pick-name">{name}</span>
      <span class="note pick-note">{chosen ? plural(tokens, "token") : countText(tokens)}</span>
    </label>
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
