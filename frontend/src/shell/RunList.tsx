/** RUNS: one of them is shown. With many runs a field narrows the list. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { runColour } from "../draw/colour";
import { run, tag } from "../state/chosen";
import { runs } from "../state/data";
import { theme } from "../state/host";
import type { Run } from "../types";
import { chooseRun } from "./choose";
import { Section } from "./Section";

/** Above this number of runs the field appears. */
const MANY = 8;

export function RunList(): JSX.Element {
  const filter = useSignal("");
  const all = (runs.value?.runs ?? []).filter((each) => each.tags.length > 0);
  const wanted = filter.value.trim().toLowerCase();
  return (
    <Section title="Runs">
      {all.length > MANY && (
        <input
          class="control wide"
          type="search"
          placeholder="Filter runs"
          aria-label="Filter runs"
          data-testid="run-filter"
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      )}
      <div class="runs" role="radiogroup" aria-label="Run">
        {all.map((each, index) =>
          each.run.toLowerCase().includes(wanted) || each.run === run.value ? (
            <RunRow key={each.run} each={each} colour={runColour(index, theme.value)} />
          ) : null,
        )}
      </div>
    </Section>
  );
}

function RunRow({ each, colour }: { readonly each: Run; readonly colour: string }): JSX.Element {
  const chosen = each.run === run.value;
  const lacking = !each.tags.some((known) => known.tag === tag.value);
  const name = each.run === "." ? ". (the log directory itself)" : each.run;
  return (
    <label
      class={`run ${chosen ? "on" : ""} ${lacking ? "lacking" : ""}`}
      title={lacking ? `${name}: has no ${tag.value}` : name}
    >
      <input type="radio" name="run" checked={chosen} onChange={() => chooseRun(each.run)} data-testid={`run-${each.run}`} />
      <span class="dot" style={{ background: colour }} />
      <span class="run-name">{name}</span>
    </label>
  );
}
