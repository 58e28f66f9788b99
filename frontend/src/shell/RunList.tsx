/**
 * RUNS: a click on a name shows that run; the box before it draws the run beside that, in its
 * colour. Long lists scroll, and a field narrows them.
 */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import {
  checkAlone,
  checkRun,
  MOST_RUNS,
  otherRuns,
  passesFilter,
  runFilter,
} from "../state/checked_runs";
import { run, tag } from "../state/chosen";
import { runs } from "../state/data";
import { colourOfRun } from "../state/run_order";
import type { Run } from "../types";
import { Section } from "../ui/Section";
import { scrollToMiddle, showInBox } from "../ui/sight";
import { chooseRun } from "./choose";

/** Above this number of runs the field is there from the start. */
const MANY = 8;

export function RunList(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const all = (runs.value?.runs ?? []).filter((each) => each.tags.length > 0);
  const filters = useSignal(false);
  const filtering = filters.value || all.length > MANY || runFilter.value !== "";
  const chosen = run.value;
  useEffect(() => {
    if (chosen !== "" && all.length > 0) revealChosen(box.current);
  }, [chosen, all.length]);
  const drawn = new Set(otherRuns.value);
  const matching = all.filter(
    (each) => each.run === chosen || passesFilter(each.run, runFilter.value),
  );
  return (
    <Section
      title="Runs"
      aside={
        all.length > 1 && (
          <span class="section-tools">
            <Alone drawn={drawn.size} />
            {!filtering && (
              <button
                type="button"
                class="link"
                data-testid="run-filter-open"
                onClick={() => {
                  filters.value = true;
                }}
              >
                filter
              </button>
            )}
          </span>
        )
      }
    >
      {filtering && <Filter />}
      <div ref={box} class="picks" role="radiogroup" aria-label="Run">
        {matching.map((each) => (
          <RunRow key={each.run} each={each} drawn={drawn} />
        ))}
      </div>
      {filtering && runFilter.value !== "" && (
        <p class="note" role="status">
          {matching.length} of {all.length} runs
        </p>
      )}
    </Section>
  );
}

/** Where other runs are drawn: this one alone; else those again. */
function Alone({ drawn }: { readonly drawn: number }): JSX.Element {
  return (
    <button
      type="button"
      class="link"
      title="Which runs are drawn together, as in the curves of the overview"
      data-testid="runs-alone"
      onClick={() => checkAlone(drawn > 0)}
    >
      {drawn > 0 ? "only this" : "all"}
    </button>
  );
}

function Filter(): JSX.Element {
  return (
    <input
      class="control wide"
      type="search"
      placeholder="Filter runs (regex)"
      aria-label="Filter runs, by a regular expression"
      data-testid="run-filter"
      value={runFilter.value}
      onInput={(event) => {
        runFilter.value = event.currentTarget.value;
      }}
    />
  );
}

/** Brings the chosen row of a list into sight. */
export function revealChosen(list: HTMLElement | null): void {
  const row = list?.querySelector<HTMLElement>(".pick.on");
  if (list && row) showInBox(list, row, scrollToMiddle);
}

interface RunRowProps {
  readonly each: Run;
  readonly drawn: ReadonlySet<string>;
}

function RunRow({ each, drawn }: RunRowProps): JSX.Element {
  const chosen = each.run === run.value;
  const lacking = !each.tags.some((known) => known.tag === tag.value);
  const name = each.run === "." ? ". (the log directory itself)" : each.run;
  const on = chosen || drawn.has(each.run);
  const full = !on && drawn.size >= MOST_RUNS;
  return (
    <div class={`pick run ${chosen ? "on" : ""} ${lacking ? "lacking" : ""}`}>
      <input
        type="checkbox"
        class="run-check"
        style={{ "--run": colourOfRun(each.run) }}
        checked={on && !lacking}
        disabled={chosen || lacking || full}
        aria-label={`Draw ${name} as well`}
        title={
          full
            ? `${MOST_RUNS} runs are drawn beside this one at most`
            : chosen
              ? "the run that is shown"
              : "draw this run as well, and offer it for comparison"
        }
        data-testid={`run-drawn-${each.run}`}
        onChange={(event) => checkRun(each.run, event.currentTarget.checked)}
      />
      <label class="pick-label" title={lacking ? `${name}: has no ${tag.value}` : name}>
        <input
          type="radio"
          name="run"
          checked={chosen}
          onChange={() => chooseRun(each.run)}
          data-testid={`run-${each.run}`}
        />
        <span class="pick-name">{name}</span>
      </label>
    </div>
  );
}
