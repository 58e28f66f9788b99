/** The neuron view's numbers for export: score and weight of each key, and what each neuron adds to the scores. */

import { PLACE_COLUMNS, placeCells } from "../../export/place";
import type { Cell, Table } from "../../export/table";
import { displayToken } from "../../state/tokens";
import type { NeuronFrame } from "./frame";
import { keyToken, picture, queryToken } from "./picture";

const PAIR = [...PLACE_COLUMNS, "layer", "head", "query", "query_token", "key", "key_token"];

export function neuronTables(): readonly Table[] {
  const frame = picture.value?.frame;
  if (!frame) return [];
  return frame.neurons > 0 ? [keyTable(frame), neuronTable(frame)] : [keyTable(frame)];
}

function pairCells(frame: NeuronFrame): (key: number) => readonly Cell[] {
  const first = [...placeCells(), frame.layer, frame.head, frame.query, displayToken(queryToken.value).full];
  const keys = Array.from({ length: frame.keys }, (_, key) => displayToken(keyToken(key)).full);
  return (key) => [...first, key, keys[key] ?? ""];
}

function keyTable(frame: NeuronFrame): Table {
  const pair = pairCells(frame);
  return {
    name: "scores",
    label: "score and weight of each key",
    columns: [...PAIR, "seen", "sum_of_products", "score", "weight"],
    rows: frame.keys,
    note: "",
    row: (key) => {
      const sum = frame.neurons > 0 ? (frame.sums[key] ?? null) : null;
      return [...pair(key), frame.seen[key] ?? 0, sum, frame.scores?.[key] ?? null, frame.weights[key] ?? null];
    },
  };
}

function neuronTable(frame: NeuronFrame): Table {
  const pair = pairCells(frame);
  const { neurons } = frame;
  return {
    name: "neurons",
    label: "query, key and product of each neuron",
    columns: [...PAIR, "neuron", "query_value", "key_value", "contribution"],
    rows: frame.keys * neurons,
    note: "",
    row: (index) => {
      const [key, neuron] = [Math.floor(index / neurons), index % neurons];
      const values = [frame.queryVector[neuron] ?? null, frame.key[index] ?? null, frame.products[index] ?? null];
      return [...pair(key), neuron, ...values];
    },
  };
}
