/** Everything that a link holds: one line for each signal that decides what is on the screen. */

import { asStack } from "../stacks";
import type { Drawing, ViewName } from "../types";
import {
  activeHeads,
  drawing,
  type HeadAddress,
  head,
  key,
  layer,
  pins,
  query,
  run,
  stack,
  tag,
  view,
  viewIsChosen,
  wantedStep,
} from "./chosen";
import {
  type CompareMode,
  compareMode,
  type WithStep,
  withRun,
  withStep,
  withTag,
} from "./compare";
import {
  choice,
  count,
  countOrNull,
  counts,
  type Field,
  field,
  flag,
  integerOrNull,
  oneOf,
  orEmpty,
  share,
} from "./field";

import { axis, beside, order, pinnedNeuron } from "./neuron";

import { type HeadsBy, headsBy, metric, oneRun, typeFilter } from "./overview";

import {
  type FirstToken,
  first,
  mass,
  mean,
  type Scale,
  type Segments,
  scale,
  segmentShare,
  segments,
  smallest,
  special,
  words,
} from "./show";

const VIEWS: readonly ViewName[] = ["overview", "model", "head", "neuron"];
const DRAWINGS: readonly Drawing[] = ["lines", "text", "matrix"];
const SCALES: readonly Scale[] = ["linear", "sqrt"];
const FIRST: readonly FirstToken[] = ["show", "hide", "renormalise"];
const SEGMENTS: readonly Segments[] = ["all", "AA", "AB", "BA", "BB"];

const ORDERS: readonly HeadsBy[] = ["model", "value"];
const MODES: readonly CompareMode[] = ["off", "difference", "both"];

const FIELDS = new Map<string, Field>([
  ["run", field(run, String, String)],
  ["tag", field(tag, String, String)],
  ["step", field(wantedStep, orEmpty, integerOrNull)],
  ["stack", field(stack, (value) => value ?? "", asStack)],
  ["layer", field(layer, String, count)],
  ["heads", field(activeHeads, (value) => value?.join(".") ?? "", counts)],
  ["head", field(head, String, count)],
  ["query", field(query, orEmpty, countOrNull)],
  ["key", field(key, orEmpty, countOrNull)],
  [
    "pins",
    field(
      pins,
      (value) => value.map((each) => `${each.layer}.${each.head}`).join("_"),
      headAddresses,
    ),
  ],
  ["view", written(choice(view, VIEWS))],
  ["drawing", choice(drawing, DRAWINGS)],
  ["scale", choice(scale, SCALES)],
  ["mean", flag(mean)],
  ["smallest", field(smallest, String, share)],
  ["mass", field(mass, String, share)],
  ["first", choice(first, FIRST)],
  ["special", flag(special)],
  ["words", flag(words)],
  ["segments", choice(segments, SEGMENTS)],
  ["segmentShare", flag(segmentShare)],
  ["neuron", field(pinnedNeuron, orEmpty, countOrNull)],
  ["order", choice(order, ["index", "pair", "text", "distance"])],
  ["beside", choice(beside, ["score", "distance", "steps"])],
  ["axis", choice(axis, ["linear", "log"])],
  ["compare", choice(compareMode, MODES)],
  ["with_run", field(withRun, (value) => value ?? "", String)],
  ["with_tag", field(withTag, (value) => value ?? "", String)],
  ["with_step", field(withStep, String, withStepOf)],
  ["metric", field(metric, String, String)],
  ["heads_by", choice(headsBy, ORDERS)],
  ["one_run", flag(oneRun)],
  ["type", field(typeFilter, (value) => value ?? "", String)],
]);

/** Every field by its name in the address. */
export function fields(): ReadonlyMap<string, Field> {
  return FIELDS;
}

/** Adds what only one view chooses; called beside the signal, when the view is loaded. */
export function inAddress(name: string, added: Field): void {
  if (FIELDS.has(name)) throw new Error(`two things are called ${name} in the address`);
  FIELDS.set(name, added);
}

function headAddresses(text: string): readonly HeadAddress[] {
  return text.split("_").flatMap((each) => {
    const found = /^(\d{1,9})\.(\d{1,9})$/.exec(each);
    return found ? [{ layer: Number(found[1]), head: Number(found[2]) }] : [];
  });
}

/** Also the default is written: which view opens without a word in the address depends on the probe. */
function written(of: Field): Field {
  return {
    print: () => (viewIsChosen.value ? view.value : ""),
    parse: (text) => {
      viewIsChosen.value = oneOf(VIEWS, text) !== null;
      of.parse(text);
    },
  };
}

function withStepOf(text: string): WithStep {
  return oneOf(["first", "previous", "same"] as const, text) ?? integerOrNull(text) ?? "first";
}
