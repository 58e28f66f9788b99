/** The little box beside the pointer: the exact number of a link, or the whole text of a token that is cut. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { weights } from "../../state/data";
import { weightText } from "./labels";
import { colours, keyLabels, queryLabels, series } from "./series";

interface TipContent {
  readonly x: number;
  readonly y: number;
  readonly title: string;
  readonly numbers: readonly { readonly name: string; readonly colour: string; readonly text: string }[];
}

export const tip = signal<TipContent | null>(null);

const WIDTH = 260;
/** Longest text of a token in the box. */
const LONGEST = 240;

type Target =
  | { readonly kind: "query" | "key"; readonly row: number }
  | { readonly kind: "edge"; readonly query: number; readonly key: number; readonly series: number | null }
  | { readonly kind: "nothing" };

/** What the box says of a target, or null where there is nothing to add to the picture. */
export function tokenTip(target: Target, at: { readonly x: number; readonly y: number }): TipContent | null {
  if (target.kind === "nothing") return null;
  if (target.kind === "edge") return pairTip(target.query, target.key, target.series, at);
  const label = (target.kind === "query" ? queryLabels : keyLabels).peek()[target.row];
  return label?.cut ? { ...at, title: label.full.slice(0, LONGEST), numbers: [] } : null;
}

function pairTip(query: number, key: number, only: number | null, at: { readonly x: number; readonly y: number }): TipContent {
  const keys = weights.peek()?.keys ?? 0;
  const title = `${queryLabels.peek()[query]?.label ?? query} → ${keyLabels.peek()[key]?.label ?? key}`;
  const numbers = series.peek().map(({ name, data }, place) => ({
    name,
    colour: colours.peek()[place] ?? "",
    text: weightText(data[query * keys + key] ?? 0),
  }));
  return { ...at, title, numbers: only === null ? numbers : numbers.slice(only, only + 1) };
}

export function Tip(): JSX.Element | null {
  const now = tip.value;
  if (now === null) return null;
  return (
    <div class="head-tip" aria-hidden="true" style={{ transform: `translate(${now.x}px, ${now.y}px)`, maxWidth: `${WIDTH}px` }}>
      <b>{now.title}</b>
      {now.numbers.map(({ name, colour, text }) => (
        <span key={name} class="head-tip-number">
          <i style={{ background: colour }} />
          {name} <b>{text}</b>
        </span>
      ))}
    </div>
  );
}
