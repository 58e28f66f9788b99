/**
 * Distance of a head from another: the Jensen-Shannon distance of their rows, mean over the rows
 * that see more than one token; as in tb_attention/attention/head_distance.py.
 */

import { type Show, scoresInto, weightsInto } from "./attend";
import { type AttentionLayer, reach } from "./layer";

/** Of longer texts this many rows are taken, evenly spread, in blocks. */
const ROWS = 1024;
const BLOCK = 16;
/** Rows with less of their weight than this on the keys that are not hidden say nothing. */
const LEFT = 0.1;

/** NaN where no row can be compared. `hidden`: 1 for keys that are left out of both. */
export function headDistance(
  first: AttentionLayer,
  second: AttentionLayer,
  head: number,
  show: Show,
  hidden: Uint8Array | null,
): number {
  const sink = first.sinks.length > 0 || second.sinks.length > 0;
  const [p, q] = [first, second].map((each) => new Float64Array(each.keys + 1)) as [
    Float64Array,
    Float64Array,
  ];
  let [sum, count] = [0, 0];
  for (const row of chosenRows(first.queries)) {
    const sound = [first, second].map((layer, at) =>
      soundRow(layer, head, row, show, sink, hidden, at === 0 ? p : q),
    );
    if (sound.includes(false)) continue;
    sum += rowDistance(p, q);
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}

function chosenRows(queries: number): readonly number[] {
  if (queries <= ROWS) return Array.from({ length: queries }, (_, row) => row);
  const blocks = Math.floor(ROWS / BLOCK);
  return Array.from({ length: blocks * BLOCK }, (_, at) => {
    const block = Math.floor(at / BLOCK);
    return Math.floor((block * (queries - BLOCK)) / (blocks - 1)) + (at % BLOCK);
  });
}

/** Writes a row that sums to 1 into `out`, what a sink takes first; says whether it has any. */
function soundRow(
  layer: AttentionLayer,
  head: number,
  query: number,
  show: Show,
  sink: boolean,
  hidden: Uint8Array | null,
  out: Float64Array,
): boolean {
  if (support(layer, head, query) <= 1) return false;
  const row = new Float32Array(layer.keys);
  weightsInto(layer, head, query, row, show);
  const mass = row.reduce((total, each) => total + each, 0);
  if (!Number.isFinite(mass) || mass <= 0) return false;
  out[0] = sink && hidden === null ? Math.min(Math.max(1 - mass, 0), 1) : 0;
  let left = 0;
  for (let key = 0; key < row.length; key++) {
    const kept = hidden?.[key] === 1 ? 0 : (row[key] ?? 0);
    out[key + 1] = kept;
    left += kept;
  }
  if (hidden === null) return true;
  if (left < LEFT) return false;
  for (let at = 1; at < out.length; at++) out[at] = (out[at] ?? 0) / left;
  return true;
}

/** How many keys the query may see. */
function support(layer: AttentionLayer, head: number, query: number): number {
  if (layer.mask === null || layer.weights !== null) return reach(layer, query);
  const scores = new Float32Array(layer.keys);
  scoresInto(layer, head, query, scores);
  return scores.reduce((seen, each) => seen + (each > Number.NEGATIVE_INFINITY ? 1 : 0), 0);
}

function rowDistance(p: Float64Array, q: Float64Array): number {
  let divergence = 0;
  for (let at = 0; at < p.length; at++) {
    const [a, b] = [p[at] ?? 0, q[at] ?? 0];
    const middle = (a + b) / 2;
    if (a > 0) divergence += a * Math.log2(a / middle);
    if (b > 0) divergence += b * Math.log2(b / middle);
  }
  return Math.sqrt(Math.min(Math.max(divergence / 2, 0), 1));
}
