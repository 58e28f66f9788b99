/**
 * What a page holds: parts of bytes, and the index that says what each one is. Written by
 * tb_attention/standalone/held.py.
 */

import { ApiError, unreadable } from "../api/error";
import { isRecord, list, number, object, orNull, type Reader, text } from "../api/json";

/** The version of the index that this bundle was written for. */
const VERSION = 1;

const version: Reader<number> = (value, what) => {
  if (number(value, what) === VERSION) return VERSION;
  throw new ApiError("This page was made by another version of tb_attention: make it anew.", 0);
};

/** A number of a part or a sentence; a field that is not there is null. */
const part: Reader<number | null> = (value, what) => orNull(number)(value ?? null, what);
const problem: Reader<string | null> = (value, what) => orNull(text)(value ?? null, what);

const query: Reader<Readonly<Record<string, string>>> = (value, what) => {
  if (!isRecord(value)) throw unreadable(`${what} is not an object`);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, text(each, name)]));
};

const index = object({
  version,
  /** Files of the font of the page, by its weight. */
  fonts: list(object({ weight: number, part: number })),
  answers: list(object({ route: text, query, part, problem })),
  layers: list(
    object({
      run: text,
      tag: text,
      step: number,
      stack: text,
      layer: number,
      tensors: part,
      mask: part,
      bias: part,
      problem,
    }),
  ),
});

export function readIndex(value: unknown) {
  return index(value, "the index of the page");
}

export type PageIndex = ReturnType<typeof readIndex>;
export type HeldAnswer = PageIndex["answers"][number];
export type HeldLayer = PageIndex["layers"][number];

/** Where the parts are. */
export interface Held {
  index(): Promise<PageIndex>;
  part(number: number): Promise<ArrayBuffer>;
}

/** One text for each question, in whatever order its parameters stand. */
export function questionKey(route: string, asked: Iterable<readonly [string, string]>): string {
  const named = [...asked].filter(([name]) => name !== "v").sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([route, named]);
}

export function layerKey(of: Pick<HeldLayer, "run" | "tag" | "step" | "stack" | "layer">): string {
  return JSON.stringify([of.run, of.tag, of.step, of.stack, of.layer]);
}
