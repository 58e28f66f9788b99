/** The answers of docs/http.md about all steps of a probe, decoded and checked. In: bundles or JSON. Out: what the views see. */

import { asStack } from "../stacks";
import type {
  Change,
  Finding,
  Findings,
  HeadType,
  HeadTypes,
  LayerRow,
  Life,
  Metrics,
  Pair,
  Progressing,
  Stack,
} from "../types";
import { unreadable } from "./error";
import {
  asNumber,
  asText,
  flag,
  type Json,
  list,
  number,
  numberOrNull,
  record,
  text,
} from "./json";
import { type Bundle, floats, numbersOf, shorts } from "./safetensors";

export function readMetrics(bundle: Bundle): Metrics {
  const { shape, data } = floats(bundle, "metrics", 4);
  const [steps = 0, rows = 0, heads = 0, names = 0] = shape;
  const from = metadata(bundle, ["rows", "names"]);
  const metrics = {
    steps: numbersOf(bundle, "steps"),
    rows: list(from, "rows", readRow),
    heads,
    names: list(from, "names", asText),
    data,
  };
  if (
    metrics.steps.length !== steps ||
    metrics.rows.length !== rows ||
    metrics.names.length !== names
  )
    throw unreadable("the metrics do not fit their steps, rows or names");
  return metrics;
}

export function readTypes(bundle: Bundle): HeadTypes {
  const { shape, data } = shorts(bundle, "types", 3);
  const [steps = 0, rows = 0, heads = 0] = shape;
  const from = metadata(bundle, ["types", "lives", "rows", "notes"]);
  const types = {
    types: list(from, "types", readType),
    lives: list(from, "lives", readLife),
    notes: list(from, "notes", asText),
    steps: numbersOf(bundle, "steps"),
    rows: list(from, "rows", readRow),
    heads,
    data,
  };
  if (types.steps.length !== steps || types.rows.length !== rows)
    throw unreadable("the types do not fit their steps or rows");
  return types;
}

export function readChange(bundle: Bundle): Change {
  const { shape, data } = floats(bundle, "distance", 2);
  const from = metadata(bundle, ["rows", "notes", "progress", "done"]);
  const rows = list(from, "rows", readRow);
  if (rows.length !== shape[0]) throw unreadable("the distances do not fit their rows");
  return {
    rows,
    heads: shape[1] ?? 0,
    notes: list(from, "notes", asText),
    distance: data,
    ...progressOf(from),
  };
}

export function readPair(bundle: Bundle): Pair {
  const { shape, data } = floats(bundle, "weights", 3);
  const from = metadata(bundle, ["layers", "notes", "progress", "done"]);
  const [layers, steps] = [list(from, "layers", asNumber), numbersOf(bundle, "steps")];
  if (steps.length !== shape[0] || layers.length !== shape[1])
    throw unreadable("the weights do not fit their steps or layers");
  return {
    steps,
    layers,
    heads: shape[2] ?? 0,
    notes: list(from, "notes", asText),
    weights: data,
    ...progressOf(from),
  };
}

export function readFindings(value: unknown): Findings {
  const from = record(value, "the findings");
  return { findings: list(from, "findings", readFinding), ...progressOf(from) };
}

function progressOf(from: Json): Progressing {
  return { progress: number(from, "progress"), done: flag(from, "done") };
}

/** Values of the metadata are texts that hold JSON. */
function metadata(bundle: Bundle, names: readonly string[]): Json {
  try {
    return Object.fromEntries(
      names.map((name) => [name, JSON.parse(bundle.metadata.get(name) ?? "null")]),
    );
  } catch {
    throw unreadable("its metadata is not JSON");
  }
}

function readRow(value: unknown, what: string): LayerRow {
  if (!Array.isArray(value) || value.length !== 2)
    throw unreadable(`${what} is not a pair of stack and layer`);
  return { stack: stackOf(asText(value[0], what)), layer: asNumber(value[1], what) };
}

function readType(value: unknown, what: string): HeadType {
  const from = record(value, what);
  return {
    name: text(from, "name"),
    metric: text(from, "metric"),
    comparison: text(from, "comparison"),
    threshold: number(from, "threshold"),
    meaning: text(from, "meaning"),
  };
}

function readLife(value: unknown, what: string): Life {
  const from = record(value, what);
  return {
    type: number(from, "type"),
    row: number(from, "row"),
    head: number(from, "head"),
    born: numberOrNull(from, "born"),
    died: numberOrNull(from, "died"),
  };
}

function readFinding(value: unknown, what: string): Finding {
  const from = record(value, what);
  return {
    kind: text(from, "kind"),
    level: text(from, "level"),
    sentence: text(from, "sentence"),
    stack: stackOf(text(from, "stack")),
    layers: list(from, "layers", asNumber),
    heads: list(from, "heads", readHead),
    steps: list(from, "steps", asNumber),
    metric: from.metric === null ? null : text(from, "metric"),
    query: numberOrNull(from, "query"),
    key: numberOrNull(from, "key"),
  };
}

function readHead(value: unknown, what: string): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2)
    throw unreadable(`${what} is not a pair of layer and head`);
  return [asNumber(value[0], what), asNumber(value[1], what)];
}

function stackOf(name: string): Stack {
  const stack = asStack(name);
  if (stack === null) throw unreadable(`there is no stack ${name}`);
  return stack;
}
