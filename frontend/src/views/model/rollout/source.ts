/** What the rollout draws, as the settings have it, and what pointing at it means. */

import { computed, signal } from "@preact/signals";
import { palette } from "../../../draw/palette";
import { countText } from "../../../format";
import { differenceName, showsBoth, showsDifference, withName } from "../../../state/compare";
import { differenceOf, type HeadCells, headCells } from "../../../state/head_cells";
import { hiddenOf } from "../../../state/hidden";
import { theme } from "../../../state/host";
import { askedRollouts } from "../../../state/model_drawing";
import { planOf, planText } from "../../../state/plan";
import { isPlain, type Plan, readHead } from "../../../state/reading";
import { keyRowLabels, queryRowLabels, rowName } from "../../../state/row_labels";
import { key, keySequence, pinKey, pinQuery, query, step, unpin } from "../../../state/selection";
import { limits } from "../../../state/show";
import type { Cell, Cross } from "../../../ui/heatmap/keys";
import type { MapCell } from "../../../ui/heatmap/layout";
import { type HeatMapSource, zoomInAddress } from "../../../ui/heatmap/state";
import { cellText } from "../../../ui/heatmap/words";
import { peakOf } from "../bins";
import { paramsOf } from "../state";

const pointed = signal<MapCell | null>(null);

/** null until it is there. */
export const rolloutPlan = computed<Plan | null>(() => {
  const own = askedRollouts.value.value?.own;
  // Until that of another text is there, the tokens are not its own.
  const fits = own?.tokens === keySequence.value?.tokens.length;
  // It is made of weights, whatever the heads show.
  const size = own && fits && { block: 1, queries: own.tokens, keys: own.tokens };
  return size ? planOf({ ...size, show: "weight" }, hiddenOf(null, null), null) : null;
});

/** What was done to it, in words; empty where nothing was. */
export const rolloutChanges = computed(() =>
  rolloutPlan.value && !isPlain(rolloutPlan.value) ? planText(rolloutPlan.value) : "",
);

/** A's, and B's where it has as many tokens and is compared. */
export const rolloutData = computed<readonly Float32Array[]>(() => {
  const [asked, plan] = [askedRollouts.value.value, rolloutPlan.value];
  if (!asked || !plan) return [];
  const compares = showsDifference.value || showsBoth.value;
  const other = compares && asked.other?.tokens === asked.own.tokens ? asked.other : null;
  return [asked.own, ...(other ? [other] : [])].map(({ data }) => readHead(data, plan).data);
});

const maps = computed<readonly { readonly name: string; readonly cells: HeadCells }[]>(() => {
  const [[own, other], plan] = [rolloutData.value, rolloutPlan.value];
  if (!own || !plan) return [];
  const layer = paramsOf(askedRollouts.value.value?.own.layer);
  // After many layers most of it is on a few tokens: what is small is drawn as well.
  const of = (data: Float32Array, from: readonly Float32Array[]): HeadCells =>
    headCells(data, from, plan, layer, { ...limits.value, smallest: 0 });
  if (!other) return [{ name: "", cells: of(own, [own]) }];
  if (showsDifference.value)
    return [{ name: differenceName.value, cells: of(differenceOf(own, other), [own, other]) }];
  return [
    { name: `A: step ${countText(step.value)}`, cells: of(own, [own]) },
    { name: `B: ${withName.value}`, cells: of(other, [other]) },
  ];
});

export const rolloutCells = computed(() => maps.value[0]?.cells ?? null);

const queryLabels = computed(() => (rolloutPlan.value ? queryRowLabels(rolloutPlan.value) : []));
const keyLabels = computed(() => (rolloutPlan.value ? keyRowLabels(rolloutPlan.value) : []));

/** The cell that is pointed at, or the largest of the first map, with its number. */
export const rolloutText = computed(() => {
  const at = pointed.value ?? largest.value;
  const cells = at && maps.value[at.map]?.cells;
  if (!cells) return "";
  const [row, column] = [rowName(queryLabels.value, at.query), rowName(keyLabels.value, at.key)];
  const number = cellText(cells, at.query, at.key);
  return `${pointed.value ? "" : "largest: "}${row} ← ${column} ${number}`;
});

/** Without the first row, which in a causal model is the first token whatever the model does. */
const largest = computed<MapCell | null>(() => {
  const cells = maps.value[0]?.cells;
  const sizes = cells && (cells.signed ? cells.data.map(Math.abs) : cells.data);
  const peak = cells && sizes && peakOf(sizes, cells.keys, cells.queries > 1 ? 1 : 0);
  return peak ? { map: 0, query: peak.row, key: peak.column } : null;
});

function rowOf(rows: Int32Array | undefined, token: number | null): number | null {
  const row = token === null ? undefined : rows?.[token];
  return row === undefined || row < 0 ? null : row;
}

const pinned = computed<Cross>(() => ({
  query: rowOf(rolloutPlan.value?.queries.row, query.value),
  key: rowOf(rolloutPlan.value?.keys.row, key.value),
}));

const heads = computed(() =>
  maps.value.map((each) => ({ ...each, colour: palette(theme.value).muted })),
);

export const rolloutSource: HeatMapSource = {
  shape: () => {
    const plan = rolloutPlan.value;
    return plan && { queries: plan.queries.count, keys: plan.keys.count };
  },
  heads: () => heads.value,
  queryLabels: () => queryLabels.value,
  keyLabels: () => keyLabels.value,
  get titled() {
    return maps.value.some(({ name }) => name !== "");
  },
  number: (map, cell) => {
    const cells = maps.value[map]?.cells;
    return cells ? cellText(cells, cell.query, cell.key) : "";
  },
  pointed: () => pointed.value,
  pinned: () => pinned.value,
  start: () => pinned.value,
  room: null,
  zoom: zoomInAddress("rollout_zoom"),
  point: (cell) => {
    pointed.value = cell;
  },
  press: (cell) => {
    if (cell === null) unpin();
    else pin(cell);
  },
  pressTwice: () => {},
};

/** Pins the first tokens of a cell, or unpins them. */
function pin(cell: Cell): void {
  const plan = rolloutPlan.peek();
  const [i, j] = [plan?.queries.first[cell.query] ?? null, plan?.keys.first[cell.key] ?? null];
  const again = query.value === i && key.value === j;
  pinQuery(again ? null : i);
  pinKey(again ? null : j);
}
