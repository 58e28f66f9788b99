/**
 * (d) Which heads changed most between two steps; when heads acquired or lost a type; and which
 * matter most to the output.
 */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { countText, fixedText } from "../../format";
import { showNow } from "../../state/arriving";
import { compared, SAME_STEP, withName } from "../../state/compare";
import { effectNumbers } from "../../state/effects";
import { choice } from "../../state/field";
import { inAddress } from "../../state/fields";
import { hiddenText, hides } from "../../state/hidden";
import { askedChange, headTypes } from "../../state/histories";
import { changeKey, changePlaces } from "../../state/load_histories";
import { chooseStep, run, stackNow, step, steps, tag } from "../../state/selection";
import type { Change } from "../../types";
import { Card } from "../../ui/Card";
import type { Option } from "../../ui/choice";
import { headName } from "../../ui/metric_words";
import { type Column, Table } from "../../ui/Table";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { lifeEvents, rankChange, typesAt } from "./changes";
import { MattersMost } from "./MattersMost";
import { Progress } from "./Progress";
import { choose, isChosen, passes } from "./state";

/** So many heads are listed. */
const LISTED = 40;
type RankingName = "change" | "lives" | "effects";

const shown = signal<RankingName>("change");
inAddress("ranking", choice(shown, ["change", "lives", "effects"]));

const TABS = "ranking";
const PANELS: readonly Option<RankingName>[] = [
  { value: "change", label: "Changed most", hint: "between two steps" },
  { value: "lives", label: "Born, died", hint: "when heads acquired or lost a type" },
];
/** Only where effects were logged, or are shown. */
const EFFECTS: Option<RankingName> = {
  value: "effects",
  label: "Matters most",
  hint: "what the output of the model loses without a head",
};

export function Ranking(): JSX.Element {
  const measured = effectNumbers.value.length > 0 || shown.value === "effects";
  const panels = measured ? [...PANELS, EFFECTS] : PANELS;
  return (
    <Card id="overview-changes" class="overview-card overview-ranking" label="Changes">
      <header class="overview-tabs">
        <Tabs label="Changes" id={TABS} options={panels} of={shown} look="card" />
      </header>
      <TabPanel of={TABS} tab={shown.value} class="overview-panel">
        {shown.value === "change" && <ChangedMost />}
        {shown.value === "lives" && <Lives />}
        {shown.value === "effects" && <MattersMost />}
      </TabPanel>
    </Card>
  );
}

function ChangedMost(): JSX.Element {
  const { of, value, problem } = askedChange.value;
  const places = changePlaces.value;
  const current = places !== null && of === changeKey.value;
  if (compared.value?.problem)
    return <p class="note">Nothing to compare: {compared.value.problem}</p>;
  if (
    places?.[0].step === places?.[1].step &&
    places?.[0].run === places?.[1].run &&
    places?.[0].tag === places?.[1].tag
  )
    return <p class="note">{nothingChanged()}</p>;
  return (
    <>
      <p class="note">
        Jensen-Shannon distance of {showNow.value === "weight" ? "the weights" : "what arrives"}{" "}
        since {compared.value ? withName.value : `step ${countText(places?.[1].step ?? 0)}`}, mean
        over the queries{hides.value ? `, without ${hiddenText()}` : ""}
      </p>
      {problem !== null && current && <p class="note">{problem}</p>}
      {(!current || value?.done === false) && problem === null && (
        <Progress value={current ? (value?.progress ?? 0) : 0} />
      )}
      {value?.notes.map((each) => (
        <p key={each} class="note">
          {each}
        </p>
      ))}
      {value && <ChangeTable change={value} stale={!current} />}
    </>
  );
}

/** Why there is no change to look at, and what to do about it. */
function nothingChanged(): string {
  return steps.value.length > 1
    ? `${SAME_STEP}. Choose another one.`
    : "One step is logged: nothing can have changed. Compare offers other probes and runs.";
}

const COLUMNS: readonly Column[] = [
  { name: "head" },
  { name: "type" },
  { name: "distance", number: true },
];

function ChangeTable({
  change,
  stale,
}: {
  readonly change: Change;
  readonly stale: boolean;
}): JSX.Element {
  const stack = stackNow.value?.name ?? "decoder";
  const all = rankChange(change, stack);
  const ranked = all.filter(passes);
  const largest = Math.max(0.05, ranked[0]?.distance ?? 0);
  const other = changePlaces.value?.[1];
  const before = other?.run === run.value && other.tag === tag.value ? other.step : null;
  return (
    <div class={`overview-scroll ${stale ? "stale" : ""}`}>
      {change.done && all.length > 0 && all.every((each) => each.distance === 0) && (
        <p class="note">A and B are the same: the weights of no head differ.</p>
      )}
      <Table compact columns={COLUMNS} testId="changed-most">
        {ranked.slice(0, LISTED).map((each) => {
          const now = typesAt(headTypes.value, stack, each, step.value);
          const then = before === null ? null : typesAt(headTypes.value, stack, each, before);
          return (
            <tr key={headName(each)} class={isChosen(each) ? "on" : ""}>
              <td>
                <button
                  type="button"
                  class="link"
                  onClick={(event) => choose(each, event.shiftKey)}
                >
                  {headName(each)}
                </button>
              </td>
              <td class="overview-types">
                {then !== null && then !== now ? `${then} → ${now ?? ""}` : now}
              </td>
              <td class="number">
                <i class="overview-bar" style={{ width: `${(36 * each.distance) / largest}px` }} />
                {fixedText(each.distance, 3)}
              </td>
            </tr>
          );
        })}
      </Table>
      {ranked.length > LISTED && (
        <p class="note">and {ranked.length - LISTED} heads that changed less</p>
      )}
    </div>
  );
}

function Lives(): JSX.Element {
  const known = headTypes.value;
  if (!known) return <p class="note">Looking at the types of heads.</p>;
  const events = lifeEvents(known, stackNow.value?.name ?? "decoder").filter(passes);
  return (
    <div class="overview-scroll">
      {known.notes.map((each) => (
        <p key={each} class="note">
          {each}
        </p>
      ))}
      {events.length === 0 && <p class="note">No head acquired or lost a type.</p>}
      <Table compact columns={[]} testId="lives">
        {events.map((each) => (
          <tr
            key={`${headName(each)} ${each.type} ${each.step}`}
            class={isChosen(each) ? "on" : ""}
          >
            <td>
              <button
                type="button"
                class="link"
                onClick={() => {
                  choose(each, false);
                  chooseStep(each.step);
                }}
              >
                {headName(each)}
              </button>
            </td>
            <td class="overview-types">
              {each.born ? "became" : "ceased to be"} {each.type}
            </td>
            <td class="number">step {countText(each.step)}</td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
