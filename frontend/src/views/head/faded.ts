/**
 * Links that say little of what a token attends to: to a sink, the token where a head leaves the
 * weight that it does not need, and from a token to itself. They step back unless they are wanted in
 * full; no number changes.
 */

import { computed, signal } from "@preact/signals";
import { percentText } from "../../format";
import { choice } from "../../state/field";
import { inAddress } from "../../state/fields";
import { hiddenOf } from "../../state/hidden";
import { stackNow } from "../../state/selection";
import { token } from "../../state/show";
import { inWords } from "../../state/tokens";
import { capital } from "./notes";
import { labelOf, rowOf } from "./rows";
import type { Series } from "./series";
import { layerOnScreen, plan, series, shape, shownHeads } from "./state";

export type Sinks = "faded" | "full";
export const sinks = signal<Sinks>("faded");
inAddress("sinks", choice(sinks, ["faded", "full"]));

/** Queries and keys are tokens of one text. */
const oneText = computed(() => stackNow.value?.query_sequence === stackNow.value?.key_sequence);

/** Columns that are sinks, of each series. Empty where all links are drawn in full. */
export const sinkColumns = computed<readonly ReadonlySet<number>[]>(() =>
  sinks.value === "full" ? [] : series.value.map(columnsOf),
);

function columnsOf({ head }: Pick<Series, "head">): ReadonlySet<number> {
  const meant = token.value;
  const layer = layerOnScreen.value;
  const rests = (each: number): number | null => layer?.resting?.[each] ?? null;
  const places =
    typeof meant === "number"
      ? [meant]
      : [...(oneText.value ? [0] : []), ...(head === null ? restOfMost(rests) : [rests(head)])];
  const all = head === null ? shownHeads.value : [head];
  const hidden = all.map((each) => hiddenOf(layer, each));
  // What is hidden has no links that could step back.
  const drawn = places.filter(
    (place) => place !== null && !hidden.every((each) => each?.[place] === 1),
  );
  return new Set(drawn.flatMap((place) => rowOf("key", place) ?? []));
}

/** What at least half of the heads rest on that a mean is made of. */
function restOfMost(rests: (head: number) => number | null): readonly (number | null)[] {
  const all = shownHeads.value.map(rests);
  return all.filter((place) => 2 * all.filter((other) => other === place).length >= all.length);
}

/** The columns [first, last] that are the row's own tokens; null where there are none. */
const ownColumns = computed<readonly (readonly [number, number] | null)[]>(() => {
  const [now, size] = [plan.value, shape.value];
  if (now === null || size === null || sinks.value === "full" || !oneText.value || now.block > 1)
    return [];
  const start = layerOnScreen.value?.query_start ?? 0;
  return Array.from({ length: size.queries }, (_, row) => {
    const first = now.keys.row[(now.queries.first[row] ?? 0) + start] ?? -1;
    const last = now.keys.row[(now.queries.last[row] ?? 0) + start] ?? -1;
    return first < 0 || last < 0 ? null : ([first, last] as const);
  });
});

/** "sink and self", as far as links of either step back; empty where none do. Reads signals. */
export function fadedNames(): string {
  const sink = sinkColumns.value.some((each) => each.size > 0) ? ["sink"] : [];
  const own = ownColumns.value.some((each) => each !== null) ? ["self"] : [];
  return [...sink, ...own].join(" and ");
}

/** Whether a link steps back: to a sink, or of a token to itself. Reads signals. */
export function isFaded(place: number, query: number, key: number): boolean {
  return sinkColumns.value[place]?.has(key) === true || isOwn(query, key);
}

function isOwn(query: number, key: number): boolean {
  const own = ownColumns.value[query];
  return own != null && key >= own[0] && key <= own[1];
}

/** Sum of the weights of queries [from, to) in all series that step back. Reads signals. */
function fadedMass(from: number, to: number): number {
  const keys = shape.value?.keys ?? 0;
  let sum = 0;
  for (const [place, { data }] of series.value.entries()) {
    const columns = sinkColumns.value[place] ?? new Set();
    for (let query = from; query < to; query++) {
      const [first, last] = ownColumns.value[query] ?? [0, -1];
      for (const key of columns) sum += data[query * keys + key] || 0;
      for (let key = first; key <= last; key++)
        if (!columns.has(key)) sum += data[query * keys + key] || 0;
    }
  }
  return sum;
}

/**
 * "Sink (The) and self faded, 71 % of the weight" of queries [from, to), whose weights sum to `all`;
 * empty where nothing is faded. Reads signals.
 */
export function fadedText(from: number, to: number, all: number, what: string): string {
  const columns = [...new Set(sinkColumns.value.flatMap((each) => [...each]))].sort(
    (a, b) => a - b,
  );
  const own = ownColumns.value.some((each) => each !== null);
  if ((columns.length === 0 && !own) || !(all > 0)) return "";
  const parts = [...(columns.length > 0 ? [sinkText(columns)] : []), ...(own ? ["self"] : [])];
  return `${capital(parts.join(" and "))} faded, ${percentText(fadedMass(from, to) / all)} of ${what}`;
}

const MOST_NAMED = 2;

/** "sink (The)", "sinks (The, .)". */
function sinkText(columns: readonly number[]): string {
  const named = columns.slice(0, MOST_NAMED).map((column) => inWords(labelOf("key", column)));
  const more = columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more` : "";
  return `${columns.length === 1 ? "sink" : "sinks"} (${named.join(", ")}${more})`;
}
