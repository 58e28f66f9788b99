/** `stories`: the strongest findings of all runs and probes, each with what to look at. */

import { list, number, object, orNull, pair, text } from "../json";
import { PROGRESS, stackName } from "./common";
import { finding } from "./findings";

const head = pair(number, number);

const story = object({
  run: text,
  tag: text,
  /** One sentence. */
  headline: text,
  /** What that does to the output, or the numbers behind it; may be empty. */
  detail: text,
  finding,
  stack: stackName,
  /** [layer, head] to look at; null where whole layers are meant. */
  head: orNull(head),
  heads: list(head),
  /** Defined for this head and text. */
  metric: orNull(text),
  /** A logged step at which it was not so; null where there is none. */
  before: orNull(number),
  /** The logged step at which it is. */
  after: number,
  query: orNull(number),
  key: orNull(number),
  strength: number,
  /** Name of what explains it. */
  lesson: text,
  /** What the metric is called; empty where there is none. */
  label: text,
  /** The metric of the head before and after; null where it is not known. */
  values: pair(orNull(number), orNull(number)),
});

const stories = object({ ...PROGRESS, notes: list(text), stories: list(story) });

export function readStories(value: unknown) {
  return stories(value, "the stories");
}

export type Story = ReturnType<typeof story>;
export type Stories = ReturnType<typeof readStories>;
