/**
 * `capture`: tokens and parameters of one (run, tag, step). The words are those of
 * proto/attention.proto.
 */

import { flag, list, number, object, orNull, real, text } from "../json";
import { stackName } from "./common";

const characters = object({ first: number, last: number, text });

const span = object({ name: text, first: number, last: number });

const inContext = object({ of: text, score: real, early: real, late: real, sentence: text });

const sequence = object({
  name: text,
  text,
  tokens: list(text),
  pieces: list(text),
  ids: list(number),
  characters: list(characters),
  /** Where each token begins and ends, in code points of `text`. */
  starts: list(number),
  ends: list(number),
  special: list(flag),
  segments: list(number),
  documents: list(number),
  prompt: orNull(number),
  /** Named runs of tokens, such as the roles of a chat. */
  spans: list(span),
  /** In nats; NaN where the token was not predicted. Empty where they were not measured. */
  losses: list(real),
  /** What the model learns from the text before; null where the text is too short, or not known. */
  in_context: orNull(inContext),
});

const layer = object({
  layer: number,
  module: text,
  heads: number,
  key_heads: number,
  neurons: number,
  scale: real,
  causal: flag,
  query_start: number,
  softcap: orNull(real),
  sinks: list(real),
  mask: orNull(number),
  bias: orNull(number),
  weights_only: flag,
  rotary: flag,
  implementation: text,
  /** The heads whose queries and keys were logged; null: all of them. */
  logged_heads: orNull(list(number)),
  /**
   * Largest difference of weights times values from the model's own output, over the largest value;
   * null: not compared.
   */
  error: orNull(real),
  /**
   * Why it was not compared, in words that follow "not checked, because"; empty where that is not
   * known.
   */
  unchecked: text,
  /** Whether the lengths of values were logged, and the module with W_O in them; "" for none. */
  value_norms: flag,
  projection: text,
  /** Of each head the position that it rests on, null where on none; null: not known. */
  resting: orNull(list(orNull(number))),
});

const stack = object({
  name: stackName,
  query_sequence: number,
  key_sequence: number,
  layers: list(layer),
});

/** One head of the model. */
const place = object({ stack: stackName, layer: number, head: number });

const cut = object({
  /** A head type, "small", "redundant", or "random": as many random heads as the cut before it. */
  name: text,
  heads: list(place),
  /** The number of the output without them. */
  value: real,
  /** Of "loss": that of every token without them; else empty. */
  losses: list(real),
});

const effect = object({
  /** "loss" or "answer". */
  number: text,
  unit: text,
  /** The number with all heads. */
  value: real,
  /** What a head that is cut gives: "zero", or its "mean" over the tokens of the text. */
  replace: text,
  /** The heads that were cut because they were drawn at random. */
  controls: list(place),
  cuts: list(cut),
  /** Of "answer": what is compared, and the token whose prediction is read. */
  answers: orNull(object({ first: list(text), second: list(text), at: number })),
});

const capture = object({
  run: text,
  tag: text,
  step: number,
  wall_time: number,
  model: text,
  kind: text,
  sequences: list(sequence),
  stacks: list(stack),
  metrics: list(text),
  /** Sentences about what is not in it. */
  notes: list(text),
  /** What the heads do to the output, an entry for each number of it that was measured. */
  effects: list(effect),
});

export function readCapture(value: unknown) {
  return capture(value, "the capture");
}

/**
 * Tokens first .. last, of which each shares a character with the next; `text` is what they spell
 * together.
 */
export type Characters = ReturnType<typeof characters>;
/**
 * One sequence of tokens; `pieces`, `starts`, `ends`, `ids`, `special`, `segments` and `spans` are
 * empty where nothing is known.
 */
export type Sequence = ReturnType<typeof sequence>;
/** What the heads do to one number of the output; the effects of single heads are head metrics. */
export type Effect = ReturnType<typeof effect>;
export type Cut = ReturnType<typeof cut>;
export type HeadPlace = ReturnType<typeof place>;
export type Layer = ReturnType<typeof layer>;
export type CaptureStack = ReturnType<typeof stack>;
/** One (run, tag, step). */
export type Capture = ReturnType<typeof readCapture>;
