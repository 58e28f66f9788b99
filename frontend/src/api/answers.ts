/** The JSON answers of docs/http.md, checked: `runs` and `capture`. */

import { asStack } from "../stacks";
import type {
  Capture,
  CaptureStack,
  Characters,
  FileProblem,
  Layer,
  Run,
  Runs,
  Sequence,
  Stack,
  Tag,
} from "../types";
import { ApiError, unreadable } from "./error";
import { asFlag, asNumber, asText, flag, list, number, numberOrNull, record, text } from "./json";

/** The version of the answers that this bundle was written for. */
const VERSION = 1;

export function readRuns(value: unknown): Runs {
  const from = record(value, "the list of runs");
  const version = number(from, "version");
  if (version !== VERSION) {
    throw new ApiError("The plugin is of another version than this page. Reload the page.", 0);
  }
  return {
    version,
    loading: flag(from, "loading"),
    runs: list(from, "runs", readRun),
    problems: list(from, "problems", readProblem),
  };
}

function readRun(value: unknown, what: string): Run {
  const from = record(value, what);
  return { run: text(from, "run"), tags: list(from, "tags", readTag) };
}

function readTag(value: unknown, what: string): Tag {
  const from = record(value, what);
  return {
    tag: text(from, "tag"),
    steps: list(from, "steps", asNumber),
    wall_times: list(from, "wall_times", asNumber),
    versions: list(from, "versions", asText),
  };
}

function readProblem(value: unknown, what: string): FileProblem {
  const from = record(value, what);
  return { run: text(from, "run"), file: text(from, "file"), problem: text(from, "problem") };
}

export function readCapture(value: unknown): Capture {
  const from = record(value, "the capture");
  return {
    run: text(from, "run"),
    tag: text(from, "tag"),
    step: number(from, "step"),
    wall_time: number(from, "wall_time"),
    model: text(from, "model"),
    kind: text(from, "kind"),
    sequences: list(from, "sequences", readSequence),
    stacks: list(from, "stacks", readStack),
    metrics: list(from, "metrics", asText),
  };
}

function readSequence(value: unknown, what: string): Sequence {
  const from = record(value, what);
  return {
    name: text(from, "name"),
    text: text(from, "text"),
    tokens: list(from, "tokens", asText),
    pieces: list(from, "pieces", asText),
    ids: list(from, "ids", asNumber),
    characters: list(from, "characters", readCharacters),
    starts: list(from, "starts", asNumber),
    ends: list(from, "ends", asNumber),
    special: list(from, "special", asFlag),
    segments: list(from, "segments", asNumber),
    prompt: numberOrNull(from, "prompt"),
  };
}

function readCharacters(value: unknown, what: string): Characters {
  const from = record(value, what);
  return { first: number(from, "first"), last: number(from, "last"), text: text(from, "text") };
}

function readStack(value: unknown, what: string): CaptureStack {
  const from = record(value, what);
  return {
    name: stackName(text(from, "name")),
    query_sequence: number(from, "query_sequence"),
    key_sequence: number(from, "key_sequence"),
    layers: list(from, "layers", readLayer),
  };
}

function stackName(name: string): Stack {
  const stack = asStack(name);
  if (stack === null) throw unreadable(`there is no stack ${name}`);
  return stack;
}

function readLayer(value: unknown, what: string): Layer {
  const from = record(value, what);
  return {
    layer: number(from, "layer"),
    module: text(from, "module"),
    heads: number(from, "heads"),
    key_heads: number(from, "key_heads"),
    neurons: number(from, "neurons"),
    scale: number(from, "scale"),
    causal: flag(from, "causal"),
    query_start: number(from, "query_start"),
    softcap: numberOrNull(from, "softcap"),
    sinks: list(from, "sinks", asNumber),
    mask: numberOrNull(from, "mask"),
    bias: numberOrNull(from, "bias"),
    weights_only: flag(from, "weights_only"),
    rotary: flag(from, "rotary"),
    implementation: text(from, "implementation"),
    logged_heads: from.logged_heads == null ? null : list(from, "logged_heads", asNumber),
  };
}
