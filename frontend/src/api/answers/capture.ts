/**
 * `capture`: tokens and parameters of one (run, tag, step). The words are those of
 * proto/attention.proto.
 */

import { flag, list, number, object, orNull, real, text } from "../json";
import { stackName } from "./common";

const characters = object({ first: number, last: number, text });

const span = object({ name: text, first: number, last: number });

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
});

const stack = object({
  name: stackName,
  query_sequence: number,
  key_sequence: number,
  layers: list(layer),
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
export type Layer = ReturnType<typeof layer>;
export type CaptureStack = ReturnType<typeof stack>;
/** One (run, tag, step). */
export type Capture = ReturnType<typeof readCapture>;
