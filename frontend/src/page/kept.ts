/**
 * What of the weights is left out: a token that heads rest on, special tokens, or segments. As in
 * tb_attention/answers/left_out.py and pool.py.
 */

import type { Capture, CaptureStack, Layer } from "../api/answers/capture";
import { ApiError } from "../api/error";
import { weightsInto } from "../attend/attend";
import type { AttentionLayer } from "../attend/layer";
import type { LeftOut } from "../types";

export interface Kept {
  /** Positions that are shown, ascending. */
  readonly queries: readonly number[];
  readonly keys: readonly number[];
  /** Of a head, 1 where the weight on a key is taken as 0; null: nowhere. */
  readonly hidden: ((head: number) => Uint8Array) | null;
  /** Whether rows are divided by what remains without hidden keys; without keys not shown. */
  readonly shareHidden: boolean;
  readonly shareKeys: boolean;
}

export function keptOf(
  capture: Capture,
  stack: CaptureStack,
  about: Layer,
  { queries, keys }: AttentionLayer,
  leftOut: LeftOut,
): Kept {
  const attended = capture.sequences[stack.key_sequence];
  const segments = attended?.segments ?? [];
  const same = stack.query_sequence === stack.key_sequence;
  const pair =
    same && segments.includes(0) && segments.includes(1) ? leftOut.segments : ("all" as const);
  return {
    queries: ofSegment(segments, pair[0] ?? "", queries),
    keys: ofSegment(segments, pair[1] ?? "", keys),
    hidden: hiddenOf(leftOut, about, attended?.special ?? [], keys),
    shareHidden: leftOut.first === "renormalise",
    shareKeys: leftOut.segmentShare && pair !== "all",
  };
}

/** Queries that begin later than the keys of the same sequence are its last tokens. */
function ofSegment(segments: readonly number[], letter: string, tokens: number): number[] {
  const all = Array.from({ length: tokens }, (_, place) => place);
  if (!"AB".includes(letter) || letter === "" || segments.length < tokens) return all;
  const wanted = "AB".indexOf(letter);
  const first = segments.length - tokens;
  return all.filter((place) => segments[first + place] === wanted);
}

function hiddenOf(
  { first, token, special }: LeftOut,
  about: Layer,
  specials: readonly boolean[],
  keys: number,
): Kept["hidden"] {
  if (first === "show") return null;
  if (typeof token === "number" && (token < 0 || token >= Math.max(keys, 1)))
    throw new ApiError(`There are the keys 0 to ${keys - 1}, and no ${token}.`, 404);
  return (head) => {
    const flags = new Uint8Array(keys);
    const resting = about.resting?.[head] ?? null;
    const place = token === "resting" ? resting : token === "first" ? 0 : token;
    if (place !== null && place < keys) flags[place] = 1;
    if (special && specials.length === keys)
      for (let key = 0; key < keys; key++) if (specials[key]) flags[key] = 1;
    return flags;
  };
}

/** Weights of one query become those that are kept: hidden keys 0, divided where that is wanted. */
export function leaveOut(row: Float32Array, kept: Kept, hidden: Uint8Array | null): void {
  const { keys, shareHidden, shareKeys } = kept;
  let total = 0;
  const count = (key: number): void => {
    if (!shareHidden || hidden?.[key] !== 1) total += row[key] ?? 0;
  };
  if (shareKeys) for (const key of keys) count(key);
  else for (let key = 0; key < row.length; key++) count(key);
  if (hidden) for (let key = 0; key < row.length; key++) if (hidden[key] === 1) row[key] = 0;
  if (!shareHidden && !shareKeys) return;
  for (let key = 0; key < row.length; key++) row[key] = total === 0 ? 0 : (row[key] ?? 0) / total;
}

/**
 * Weights of a head in cells [rows, columns] of kept queries and keys: the mean over its queries of
 * the weight on its keys. `cellOf` gives the cell of the n-th kept of so many tokens.
 */
export function pooled(
  layer: AttentionLayer,
  head: number,
  kept: Kept,
  show: LeftOut["show"],
  cellOf: (place: number, tokens: number) => number,
): { readonly rows: number; readonly columns: number; readonly data: Float32Array } {
  const size = (tokens: number): number => (tokens === 0 ? 0 : cellOf(tokens - 1, tokens) + 1);
  const [rows, columns] = [size(kept.queries.length), size(kept.keys.length)];
  const sums = new Float64Array(rows * columns);
  const counts = new Float64Array(rows);
  const cells = kept.keys.map((_, place) => cellOf(place, kept.keys.length));
  const hidden = kept.hidden?.(head) ?? null;
  const row = new Float32Array(layer.keys);
  kept.queries.forEach((query, place) => {
    weightsInto(layer, head, query, row, show);
    leaveOut(row, kept, hidden);
    const at = cellOf(place, kept.queries.length);
    counts[at] = (counts[at] ?? 0) + 1;
    kept.keys.forEach((key, column) => {
      const cell = at * columns + (cells[column] ?? 0);
      sums[cell] = (sums[cell] ?? 0) + (row[key] ?? 0);
    });
  });
  const data = Float32Array.from(
    sums,
    (sum, place) => sum / Math.max(counts[Math.floor(place / columns)] ?? 0, 1),
  );
  return { rows, columns, data };
}
