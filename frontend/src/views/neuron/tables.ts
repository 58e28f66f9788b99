/**
 * The neuron view's numbers for export: scores, neurons, and, where they stand beside the strips,
 * distances or steps.
 */

import { PLACE_COLUMNS, placeCells } from "../../export/place";
import type { Cell, Table } from "../../export/table";
import { beside, contributions } from "../../state/neuron";
import { displayToken } from "../../state/tokens";
import type { Contributions, Distances } from "../../types";
import type { NeuronFrame } from "./frame";
import { distancesHere, keyToken, picture, queryToken } from "./state";

const PAIR = [...PLACE_COLUMNS, "layer", "head", "query", "query_token", "key", "key_token"];

export function neuronTables(): readonly Table[] {
  const now = picture.value;
  if (!now) return [];
  const { own, other } = now;
  const [distances, steps] = [distancesHere.value, contributions.value];
  return [
    keyTable(own, other),
    ...(own.neurons > 0 ? [neuronTable(own, other)] : []),
    ...(beside.value === "distance" && distances ? [distanceTable(distances)] : []),
    ...(beside.value === "steps" && steps ? [stepTable(steps)] : []),
  ];
}

function pairCells(frame: NeuronFrame): (key: number) => readonly Cell[] {
  const first = [
    ...placeCells(),
    frame.layer,
    frame.head,
    frame.query,
    displayToken(queryToken.value).full,
  ];
  const keys = Array.from({ length: frame.keys }, (_, key) => displayToken(keyToken(key)).full);
  return (key) => [...first, key, keys[key] ?? ""];
}

/** `other`: the capture that is compared with, in the columns with_score and with_weight. */
function keyTable(own: NeuronFrame, other: NeuronFrame | null): Table {
  const pair = pairCells(own);
  const numbers = (frame: NeuronFrame, key: number): Cell[] => [
    frame.scores?.[key] ?? null,
    frame.weights[key] ?? null,
  ];
  return {
    name: "scores",
    label: "score and weight of each key",
    columns: [
      ...PAIR,
      "seen",
      "sum_of_products",
      "score",
      "weight",
      ...(other ? ["with_score", "with_weight"] : []),
    ],
    rows: own.keys,
    exact: true,
    note: "",
    row: (key) => {
      const sum = own.neurons > 0 ? (own.sums[key] ?? null) : null;
      return [
        ...pair(key),
        own.seen[key] ?? 0,
        sum,
        ...numbers(own, key),
        ...(other ? numbers(other, key) : []),
      ];
    },
  };
}

function neuronTable(own: NeuronFrame, other: NeuronFrame | null): Table {
  const pair = pairCells(own);
  const { neurons } = own;
  return {
    name: "neurons",
    label: "query, key and product of each neuron",
    columns: [
      ...PAIR,
      "neuron",
      "query_value",
      "key_value",
      "contribution",
      ...(other ? ["with_contribution"] : []),
    ],
    rows: own.keys * neurons,
    exact: true,
    note: "",
    row: (index) => {
      const [key, neuron] = [Math.floor(index / neurons), index % neurons];
      const values = [
        own.queryVector[neuron] ?? null,
        own.key[index] ?? null,
        own.products[index] ?? null,
      ];
      return [...pair(key), neuron, ...values, ...(other ? [other.products[index] ?? null] : [])];
    },
  };
}

function distanceTable(known: Distances): Table {
  const first = [...placeCells(), known.layer, known.head];
  return {
    name: "distances",
    label: "mean weight and contributions by distance",
    columns: [
      ...PLACE_COLUMNS,
      "layer",
      "head",
      "distance",
      "pairs",
      "weight",
      "score",
      ...numbered(known.neurons),
    ],
    rows: known.count,
    exact: true,
    note: "",
    row: (place) => {
      const of = Array.from(
        { length: known.neurons },
        (_, n) => known.contributions[n * known.count + place] ?? null,
      );
      const [pairs, weight, score] = [known.pairs, known.weights, known.scores].map(
        (each) => each[place] ?? null,
      );
      return [...first, known.first + place, pairs ?? null, weight ?? null, score ?? null, ...of];
    },
  };
}

function stepTable(all: Contributions): Table {
  const [run = "", tag = "", , stack = ""] = placeCells();
  const place = [all.layer, all.head, all.query, all.key];
  return {
    name: "contributions",
    label: "contributions to this score at all steps",
    columns: [
      ...PLACE_COLUMNS,
      "layer",
      "head",
      "query",
      "key",
      "score",
      "weight",
      ...numbered(all.neurons),
    ],
    rows: all.steps.length,
    exact: true,
    note: all.done ? "" : "Not all steps have been read yet.",
    row: (at) => {
      const of = [...all.contributions.subarray(at * all.neurons, (at + 1) * all.neurons)];
      return [
        run,
        tag,
        all.steps[at] ?? null,
        stack,
        ...place,
        all.scores[at] ?? null,
        all.weights[at] ?? null,
        ...of,
      ];
    },
  };
}

function numbered(neurons: number): readonly string[] {
  return Array.from({ length: neurons }, (_, n) => `neuron_${n}`);
}
