/**
 * The little box beside the pointer: the exact number of a link, or the whole text of a token that
 * is cut.
 */

import { signal } from "@preact/signals";
import { Fragment, type JSX } from "preact";
import { effectText, exactText, signedText } from "../../format";
import { withName } from "../../state/compare";
import { maskedText } from "../../ui/heatmap/words";
import { Tip } from "../../ui/Tip";
import { keyLabels, labelOf, lossOf, queryLabels } from "./rows";
import { bothAt, colours, mapOfPlace, series, shape } from "./state";
import { madeOfText } from "./words";

interface TipContent extends TipPlace {
  readonly title: string;
  readonly numbers: readonly {
    readonly name: string;
    /** Of the line that it stands for, where it is a weight. */
    readonly colour?: string;
    readonly text: string;
    /** What it is made of. */
    readonly detail?: string;
  }[];
}

export const tip = signal<TipContent | null>(null);

/** How far from the pointer it stands, in CSS pixels. */
const AWAY = 14;
/** Longest text of a token in the box. */
const LONGEST = 240;

/**
 * What is under the pointer. `series`: the one line that is meant, or null for the pair in all of
 * them.
 */
export type Target =
  | { readonly kind: "query" | "key"; readonly row: number }
  | {
      readonly kind: "pair";
      readonly query: number;
      readonly key: number;
      readonly series: number | null;
    }
  | { readonly kind: "nothing" };

/** Where the pointer is, and how much room there is to the right. */
export interface TipPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** What the box says of a target, or null where there is nothing to add to the picture. */
export function targetTip(target: Target, at: TipPlace): TipContent | null {
  if (target.kind === "nothing") return null;
  if (target.kind === "pair") return pairTip(target.query, target.key, target.series, at);
  const label = (target.kind === "query" ? queryLabels : keyLabels).peek()[target.row];
  const loss = lossOf(target.kind, target.row);
  if (label === undefined || (!label.cut && Number.isNaN(loss))) return null;
  const numbers = Number.isNaN(loss) ? [] : [{ name: "loss", text: `${effectText(loss)} nats` }];
  return { ...at, title: label.full.slice(0, LONGEST), numbers };
}

function pairTip(query: number, key: number, only: number | null, at: TipPlace): TipContent {
  const keys = shape.peek()?.keys ?? 0;
  const title = `${labelOf("query", query)} → ${labelOf("key", key)}`;
  const numbers = series.peek().map(({ head, name, part, data }, place) => ({
    name,
    colour: colours.peek()[place] ?? "",
    text: exactText(data[query * keys + key] ?? 0),
    detail: part === "weights" ? madeOfText(head, query, key) : "",
  }));
  const map = only === null ? null : mapOfPlace(only);
  const masked = map && maskedText(map.cells, query, key);
  if (map && masked !== null) {
    const colour = colours.peek()[only ?? 0] ?? "";
    return { ...at, title, numbers: [{ name: map.name, colour, text: masked }] };
  }
  const pair = only === null ? null : bothAt(series.peek()[only]?.head ?? null, query * keys + key);
  if (pair) return { ...at, title, numbers: [...comparedNumbers(only ?? 0, pair)] };
  return { ...at, title, numbers: only === null ? numbers : numbers.slice(only, only + 1) };
}

function comparedNumbers(
  only: number,
  { a, b }: { readonly a: number; readonly b: number },
): TipContent["numbers"] {
  const colour = colours.peek()[only] ?? "";
  return [
    { name: "A", colour, text: exactText(a) },
    { name: withName.peek(), colour, text: exactText(b) },
    { name: "difference", colour, text: signedText(a - b) },
  ];
}

export function PointedTip(): JSX.Element | null {
  const now = tip.value;
  if (now === null) return null;
  return (
    <Tip style={place(now)}>
      <b>{now.title}</b>
      {now.numbers.map(({ name, colour, text, detail }) => (
        <Fragment key={name}>
          <span class="tip-number">
            {colour !== undefined && <i style={{ background: colour }} />}
            {name} <b>{text}</b>
          </span>
          {detail !== undefined && detail !== "" && <span class="tip-detail">{detail}</span>}
        </Fragment>
      ))}
    </Tip>
  );
}

/** Right below the pointer, or left of it where there is more room. */
function place({ x, y, width }: TipPlace): { transform: string } {
  const left = x > width * 0.6 ? `calc(${x - AWAY}px - 100%)` : `${x + AWAY}px`;
  return { transform: `translate(${left}, ${y + AWAY}px)` };
}
