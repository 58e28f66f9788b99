/** What an enlarged head draws, and what pointing at it means. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { exactText } from "../../../format";
import { withName } from "../../../state/compare";
import { differenceOf, type HeadCells, headCells } from "../../../state/head_cells";
import { hover } from "../../../state/hover";
import { changesText } from "../../../state/plan";
import { keyRowLabels, queryRowLabels } from "../../../state/row_labels";
import {
  type HeadAddress,
  key,
  pinKey,
  pinQuery,
  query,
  stackNow,
  unpin,
} from "../../../state/selection";
import { isLogged } from "../../../state/settle";
import { limits } from "../../../state/show";
import type { Cell, Cross } from "../../../ui/heatmap/keys";
import { type HeatMapSource, zoomInAddress } from "../../../ui/heatmap/state";
import { cellText } from "../../../ui/heatmap/words";
import { peakOf } from "../bins";
import type { Side } from "../compared";
import { noWeightText } from "../scores";
import { paramsOf } from "../state";
import { expectedPlan, type HeadReading, readingOf, tokensText } from "./reading";
import { standIn } from "./stand_in";

const TALLER = 40;
/** Enlarged heads that stand beside each other stay alike. */
const zoom = zoomInAddress("enlarged_zoom");

/** An enlarged head as a heat map, and in words. */
export interface EnlargedHead {
  readonly source: HeatMapSource;
  /** null until the weights are there. */
  readonly cells: ReadonlySignal<HeadCells | null>;
  /** The cell that is pointed at, or the largest, with its number. */
  readonly text: ReadonlySignal<string>;
  /** What was done to the weights; empty where they are the model's own. */
  readonly changes: ReadonlySignal<string>;
}

export function enlargedHead(address: HeadAddress, width: number, side: Side): EnlargedHead {
  const pointed = signal<Cell | null>(null);
  const reading = computed(() => readingOf(address));
  const plan = computed(() => reading.value?.plan ?? expectedPlan(address));
  const weights = computed(() => weightsOn(side, reading.value));
  const data = computed(() => {
    const [own, other] = weights.value;
    return own && other ? differenceOf(own, other) : own;
  });
  const cells = computed<HeadCells | null>(() => {
    const layer = paramsOf(address.layer);
    return data.value
      ? headCells(data.value, weights.value, plan.value, layer, limits.value)
      : null;
  });
  const changes = computed(() => (reading.value ? changesText(reading.value.plan) : ""));
  const peak = computed(() => cells.value && largestOf(cells.value, address));
  /** What is pointed at here, in another picture of these tokens, or in the text above. */
  const marked = computed<Cross | null>(() => {
    const at = hover.value;
    if (pointed.value) return pointed.value;
    if (at === null || (at.query === null && at.key === null)) return null;
    return {
      query: rowOf(plan.value.queries.row, at.query),
      key: rowOf(plan.value.keys.row, at.key),
    };
  });
  const text = computed(() => {
    const meant = wholeCell(marked.value);
    const [now, at] = [cells.value, meant ?? peak.value];
    if (!now || !at) return now && !now.signed ? noWeightText(address) : missing(address);
    const words = (side: "query" | "key"): string => tokensText(plan.value, side, at[side]);
    const number = cellText(now, at.query, at.key);
    return `${meant ? "" : "largest: "}${words("query")} → ${words("key")} ${number}`;
  });
  const pinned = computed(() => ({
    query: rowOf(plan.value.queries.row, query.value),
    key: rowOf(plan.value.keys.row, key.value),
  }));
  const heads = computed(() => {
    const shown = cells.value ?? standIn(address, side);
    return shown ? [{ name: "", colour: "", cells: shown }] : [];
  });
  const queryLabels = computed(() => queryRowLabels(plan.value));
  const keyLabels = computed(() => keyRowLabels(plan.value));

  /** The first tokens of a cell. */
  const tokens = (cell: Cell): Cell => ({
    query: plan.peek().queries.first[cell.query] ?? cell.query,
    key: plan.peek().keys.first[cell.key] ?? cell.key,
  });
  let told: HeadReading | null = null;
  const point = (cell: Cell | null): void => {
    const [now, both, before] = [cells.peek(), reading.peek(), pointed.peek()];
    if (cell?.query === before?.query && cell?.key === before?.key && told === both) return;
    told = both;
    pointed.value = now && cell;
    if (!now || !cell || !both) {
      hover.value = null;
      return;
    }
    const at = cell.query * now.keys + cell.key;
    const weight = both.own[at] ?? Number.NaN;
    const pair = { ...address, ...tokens(cell), weight, changed: changes.peek() !== "" };
    const other = both.other?.[at];
    hover.value =
      other === undefined ? pair : { ...pair, text: `${withName.value}: ${exactText(other)}` };
  };
  const source: HeatMapSource = {
    shape: () => ({ queries: plan.value.queries.count, keys: plan.value.keys.count }),
    heads: () => heads.value,
    queryLabels: () => queryLabels.value,
    keyLabels: () => keyLabels.value,
    titled: false,
    number: () => "",
    pointed: () => marked.value && { ...marked.value, map: 0 },
    pinned: () => pinned.value,
    start: () => {
      const { query, key } = pinned.value;
      return (query !== null && key !== null) || !peak.value ? pinned.value : peak.value;
    },
    // As wide as the panel, and a little taller, so that labels above find room.
    room: { width, height: width + TALLER },
    zoom,
    point: (cell) => point(cell),
    press: (cell) => {
      if (cell === null) unpin();
      if (cell === null || cells.peek() === null) return;
      const wanted = tokens(cell);
      const again = query.value === wanted.query && key.value === wanted.key;
      batch(() => {
        pinQuery(again ? null : wanted.query);
        pinKey(again ? null : wanted.key);
      });
    },
    pressTwice: () => {},
  };
  return { source, cells, text, changes };
}

/** What the cells are made of; nothing until it is there. */
function weightsOn(side: Side, reading: HeadReading | null): readonly Float32Array[] {
  const { own, other } = reading ?? { own: null, other: null };
  if (side === "a") return own ? [own] : [];
  if (!own || !other) return [];
  return side === "b" ? [other] : [own, other];
}

function wholeCell(cross: Cross | null): Cell | null {
  if (cross === null || cross.query === null || cross.key === null) return null;
  return { query: cross.query, key: cross.key };
}

function rowOf(rows: Int32Array, token: number | null): number | null {
  const row = token === null ? undefined : rows[token];
  return row === undefined || row < 0 ? null : row;
}

/** Without the first row of a causal head, whose weight must go to the first token. */
function largestOf(cells: HeadCells, address: HeadAddress): Cell | null {
  const params = paramsOf(address.layer);
  const from = params?.causal && params.query_start === 0 && cells.queries > 1 ? 1 : 0;
  const peak = peakOf(cells.signed ? cells.data.map(Math.abs) : cells.data, cells.keys, from);
  return peak && { query: peak.row, key: peak.column };
}

/** Instead of numbers: the picture is the thumbnail. */
function missing(address: HeadAddress): string {
  const stack = stackNow.value;
  return stack && !isLogged(stack, address) ? "Only the thumbnail of this head was logged." : "";
}
