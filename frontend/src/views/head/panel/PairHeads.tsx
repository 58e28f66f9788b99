/**
 * Which heads of the model look from the chosen query to the chosen key: the first of them, and the
 * head on the screen.
 */

import type { JSX } from "preact";
import { countText, effectText, fixedText } from "../../../format";
import { numberName } from "../../../state/arriving";
import { comparing } from "../../../state/compare";
import { effectOf, type NumberName, numberNow } from "../../../state/effects";
import { askedPair } from "../../../state/histories";
import type { PairRow } from "../../../state/pair";
import { comparedPair, pairHeads, showPairHeads } from "../../../state/pair_heads";
import { focusHead, head, layer } from "../../../state/selection";
import { ChosenWord } from "../../../ui/ChosenWord";
import { controlsText } from "../../../ui/effect_words";
import { headName } from "../../../ui/metric_words";
import { type Column, Table } from "../../../ui/Table";

/** So many heads are listed. */
const LISTED = 5;

export function PairHeads(): JSX.Element {
  const all = pairHeads.value;
  const listed = all.slice(0, LISTED);
  const own = all.findIndex(isShown);
  const { problem, value } = askedPair.value;
  return (
    <section class="head-pair-heads" aria-label="Heads that link the two words">
      <h3>
        Which heads look from <ChosenWord side="query" /> to <ChosenWord side="key" />?
      </h3>
      {problem !== null && <p class="note">{problem}</p>}
      {all.length === 0 && problem === null && (
        <p class={`note ${value?.done ? "" : "asking"}`}>
          {value?.done ? "None of them sees it." : "Asking all heads …"}
        </p>
      )}
      {all.length > 0 && (
        <Table compact columns={columns()} testId="head-pair-heads">
          {listed.map((row) => (
            <HeadRow key={headName(row)} row={row} />
          ))}
          {own >= LISTED && all[own] && <HeadRow row={all[own]} place={own + 1} />}
        </Table>
      )}
      {all.length > 0 && (
        <p class="note">
          {numberNow.value !== null && `Effect on the ${numberNow.value}`}
          {numberNow.value !== null && controlsText(numberNow.value) !== ""
            ? `; ${controlsText(numberNow.value)}. `
            : ""}
          <button type="button" class="link" data-testid="head-pair-all" onClick={showPairHeads}>
            all {countText(all.length)} heads, over the steps
          </button>
        </p>
      )}
    </section>
  );
}

function columns(): readonly Column[] {
  const numbers =
    comparedPair.value === null
      ? [{ name: numberName.value, number: true }]
      : ["A", "B", "A − B"].map((name) => ({ name, number: true }));
  const effect = numberNow.value === null ? [] : [{ name: "effect", number: true }];
  return [{ name: "head" }, ...numbers, ...effect];
}

interface HeadRowProps {
  readonly row: PairRow;
  /** Said where rows between were left out. */
  readonly place?: number;
}

function HeadRow({ row, place }: HeadRowProps): JSX.Element {
  const both = comparing.value && comparedPair.value !== null;
  return (
    <tr class={isShown(row) ? "on" : ""}>
      <td>
        <button type="button" class="link" onClick={() => focusHead(row.layer, row.head)}>
          {headName(row)}
        </button>
        {place !== undefined && <span class="note"> no.&nbsp;{countText(place)}</span>}
      </td>
      <td class="number">{fixedText(row.weight, 3)}</td>
      {both && <td class="number">{fixedText(row.other, 3)}</td>}
      {both && (
        <td class="number">
          {row.difference > 0 ? "+" : ""}
          {fixedText(row.difference, 3)}
        </td>
      )}
      {numberNow.value !== null && <td class="number">{effectCell(numberNow.value, row)}</td>}
    </tr>
  );
}

function effectCell(number: NumberName, row: PairRow): string {
  const { value, exact } = effectOf(number, row.layer, row.head);
  if (Number.isNaN(value)) return "–";
  return `${exact ? "" : "≈ "}${value > 0 ? "+" : ""}${effectText(value)}`;
}

function isShown(row: PairRow): boolean {
  return row.layer === layer.value && row.head === head.value;
}
