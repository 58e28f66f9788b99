/** RUNS: one of them is shown. With many runs a field narrows the list. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { run, tag } from "../state/chosen";
import { runs } from "../state/data";
import { colourOfRun } from "../state/run_order";
import type { Run } from "../types";
import { Section } from "../ui/Section";
import { scrollToMiddle, showInBox } from "../ui/sight";
import { chooseRun } from "./choose";

/** Above this number of runs the field appears. */
const MANY = 8;

export function RunList(): JSX.Element {
  const filter = useSignal("");
  const box = useRef<HTMLDivElement>(null);
  const chosen = run.value;
  const count = runs.value?.runs.length ?? 0;
  useEffect(() => {
    if (chosen !== "" && count > 0) reveal(box.current);
  }, [chosen, count]);
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
      <div ref={box} class="runs" role="radiogroup" aria-label="Run">
        {all.map((each) =>
          each.run.toLowerCase().includes(wanted) || each.run === run.value ? (
            <RunRow key={each.run} each={each} colour={colourOfRun(each.run)} />
          ) : null,
        )}
      </div>
    </Section>
  );
}

/** Brings the chosen run into sight. */
function reveal(list: HTMLElement | null): void {
  const row = list?.querySelector<HTMLElement>(".run.on");
  if (list && row) showInBox(list, row, scrollToMiddle);
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
      <input
        type="radio"
        name="run"
        checked={chosen}
        onChange={() => chooseRun(each.run)}
        data-testid={`run-${each.run}`}
      />
      <span class="dot" style={{ background: colour }} />
      <span class="run-name">{name}</span>
    </label>
  );
}
