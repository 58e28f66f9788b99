/** The heads by the weight of the pair: A, B, A - B and the effect of the head, by any of them. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { countText, effectText, exactText, fixedText } from "../../../format";
import { numberName } from "../../../state/arriving";
import { effectOf, numberNow } from "../../../state/effects";
import type { PairOrder, PairRow } from "../../../state/pair";
import { comparedPair, pairOrder, pairOrderNow } from "../../../state/pair_heads";
import { controlsText } from "../../../ui/effect_words";
import { headName } from "../../../ui/metric_words";
import { type Column, Table } from "../../../ui/Table";
import { choose, isChosen } from "../state";
import { rows } from "./lines";
import { rowTip } from "./words";

/** So many heads are listed at first. */
const LISTED = 40;
/** Widths of the longest bars, in CSS pixels. */
const BAR = { alone: 50, compared: 24 };

export function PairTable(): JSX.Element {
  const all = useSignal(false);
  const both = comparedPair.value !== null;
  const known = rows.value;
  const largest = Math.max(0.05, ...known.map((each) => Math.abs(each.difference) || 0));
  const listed = all.value ? known : known.slice(0, LISTED);
  const number = numberNow.value;
  return (
    <div class="overview-scroll">
      {both && known.length > 0 && known.every((each) => each.difference === 0) && (
        <p class="note">A and B are the same: no head differs.</p>
      )}
      <Table compact columns={columns()} testId="pair-heads">
        {listed.map((each) => (
          <Row key={headName(each)} row={each} largest={largest} />
        ))}
      </Table>
      {listed.length < known.length && (
        <button
          type="button"
          class="link"
          data-testid="pair-all"
          onClick={() => {
            all.value = true;
          }}
        >
          all {countText(known.length)} heads
        </button>
      )}
      {number !== null && (
        <p class="note" data-testid="pair-effect-note">
          {[`Effect on the ${number}`, controlsText(number)].filter(Boolean).join("; ")}
        </p>
      )}
    </div>
  );
}

function Row({ row, largest }: { readonly row: PairRow; readonly largest: number }): JSX.Element {
  const both = comparedPair.value !== null;
  return (
    <tr class={isChosen(row) ? "on" : ""} title={rowTip(row)}>
      <td>
        <button type="button" class="link" onClick={(event) => choose(row, event.shiftKey)}>
          {headName(row)}
        </button>
      </td>
      <td class="number">
        {!both && (
          <i class="overview-bar" style={{ width: `${BAR.alone * Math.max(0, row.weight)}px` }} />
        )}
        {both ? fixedText(row.weight, 3) : exactText(row.weight)}
      </td>
      {both && <td class="number">{fixedText(row.other, 3)}</td>}
      {both && (
        <td class="number">
          <i
            class="overview-bar"
            style={{ width: `${(BAR.compared * Math.abs(row.difference || 0)) / largest}px` }}
          />
          {row.difference > 0 ? "+" : ""}
          {fixedText(row.difference, 3)}
        </td>
      )}
      {numberNow.value !== null && <td class="number">{effectCell(row)}</td>}
    </tr>
  );
}

/** An estimate is one by its sign; a dash where nothing is known. */
function effectCell({ layer, head }: PairRow): string {
  const number = numberNow.value;
  if (number === null) return "";
  const { value, exact } = effectOf(number, layer, head);
  if (Number.isNaN(value)) return "–";
  return `${exact ? "" : "≈ "}${value > 0 ? "+" : ""}${effectText(value)}`;
}

interface Order {
  readonly order: PairOrder;
  readonly name: string;
  readonly hint: string;
}

const HEAD: Order = { order: "head", name: "head", hint: "as in the model" };
const COMPARED: readonly Order[] = [
  { order: "a", name: "A", hint: "at this step: most first" },
  { order: "b", name: "B", hint: "in what is compared: most first" },
  { order: "difference", name: "A − B", hint: "the largest difference first, of either sign" },
];
const EFFECT: Order = {
  order: "effect",
  name: "effect",
  hint: "what the output loses without the head, the largest first, of either sign; ≈: an estimate",
};

function columns(): readonly Column[] {
  const alone: Order = { order: "a", name: numberName.value, hint: "most first" };
  return [
    { ...orderColumn(HEAD), number: false },
    ...(comparedPair.value === null ? [alone] : COMPARED).map(orderColumn),
    ...(numberNow.value === null ? [] : [orderColumn(EFFECT)]),
  ];
}

function orderColumn({ order, name, hint }: Order): Column {
  const isOn = pairOrderNow.value === order;
  return {
    name,
    number: true,
    hint,
    sorted: isOn,
    head: (
      <button
        type="button"
        class="link"
        aria-pressed={isOn}
        data-testid={`pair-by-${order}`}
        onClick={() => {
          pairOrder.value = order;
        }}
      >
        {name}
      </button>
    ),
  };
}
