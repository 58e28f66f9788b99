/**
 * What the overview shows: choices, one signal each, mirrored in the address, and what follows from
 * them.
 */

import { computed, signal } from "@preact/signals";
import { choice, field } from "./field";
import { inAddress } from "./fields";
import { headTypes, metrics, probeKey, stackRows } from "./histories";
import { metricAt, metricRow } from "./metric_at";
import { mostTelling } from "./most_telling";
import { run, stackNow, step, tag } from "./selection";

/** Order of the heads: layers down and heads across as in the model, or by the metric's value. */
export type HeadsBy = "model" | "value";

/** Name of the head metric that the panels show. Empty: the most telling one that is defined. */
export const metric = signal("");
export const headsBy = signal<HeadsBy>("model");
/**
 * Name of a head type: only heads that are of it at this step are shown. null: all. Every view may
 * obey it, through `ofType`.
 */
export const typeFilter = signal<string | null>(null);

/** Beside the findings: the raster of a metric, or the heads that link two words. */
export type PanelName = "raster" | "pair";
export const panel = signal<PanelName>("raster");

inAddress("panel", choice(panel, ["raster", "pair"]));
inAddress("metric", field(metric, String, String));
inAddress("heads_by", choice(headsBy, ["model", "value"]));
inAddress(
  "type",
  field(typeFilter, (value) => value ?? "", String),
);

/** What was shown where nothing was chosen, by probe and stack: a new step does not exchange it. */
const shown = new Map<string, string>();

/** The metric that is shown: the chosen one, or another one where this probe lacks it. */
export const metricNow = computed(() => {
  const known = metrics.value;
  const names = known?.names ?? [];
  if (known === null || names.includes(metric.value)) return metric.value;
  const of = `${probeKey(run.value, tag.value)} ${stackNow.value?.name ?? ""}`;
  const before = shown.get(of);
  if (before !== undefined && names.includes(before)) return before;
  const found = mostTelling(known, stackRows(known.rows));
  if (found === null) return names[0] ?? metric.value;
  shown.set(of, found);
  return found;
});

/** Bit of the type that is filtered by; 0 where there is no filter, or no such type. */
const filterBit = computed(() => {
  const index = headTypes.value?.types.findIndex((each) => each.name === typeFilter.value) ?? -1;
  return index < 0 ? 0 : 1 << index;
});

/**
 * For each head of the stack on the screen, "layer.head" -> bits of its types at this step. Empty
 * until the types are known.
 */
export const typeBits = computed<ReadonlyMap<string, number>>(() => {
  const known = headTypes.value;
  const at = known?.steps.indexOf(step.value) ?? -1;
  if (!known || at < 0) return new Map();
  return new Map(
    stackRows(known.rows).flatMap((row) =>
      Array.from({ length: known.heads }, (_, head) => {
        const bits = known.data[(at * known.rows.length + row) * known.heads + head] ?? 0;
        return [`${known.rows[row]?.layer}.${head}`, bits] as const;
      }),
    ),
  );
});

/** Whether a head passes the filter by type. */
export function ofType(layer: number, head: number): boolean {
  return (
    filterBit.value === 0 || ((typeBits.value.get(`${layer}.${head}`) ?? 0) & filterBit.value) !== 0
  );
}

/** Names of the types of a head at this step, the most telling first. */
export function typesOf(layer: number, head: number): readonly string[] {
  const bits = typeBits.value.get(`${layer}.${head}`) ?? 0;
  return (headTypes.value?.types ?? []).flatMap((each, index) =>
    (bits >> index) & 1 ? [each.name] : [],
  );
}

/**
 * A metric of a head of the stack on the screen at this step; NaN where it is not defined or not
 * known.
 */
export function metricOf(name: string, ofLayer: number, ofHead: number): number {
  const known = metrics.value;
  if (!known) return Number.NaN;
  const row = metricRow(known, stackNow.value?.name, ofLayer);
  return metricAt(known, known.steps.indexOf(step.value), row, ofHead, known.names.indexOf(name));
}
