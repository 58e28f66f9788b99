/** `findings`: what a reader should look at, in sentences. */

import { list, number, object, orNull, pair, text } from "../json";
import { PROGRESS, stackName } from "./common";

export const finding = object({
  kind: text,
  level: text,
  sentence: text,
  stack: stackName,
  layers: list(number),
  /** [layer, head], the most telling first; none where whole layers are meant. */
  heads: list(pair(number, number)),
  steps: list(number),
  metric: orNull(text),
  query: orNull(number),
  key: orNull(number),
  /** How much changed, or how much of something there is, 0..1; 0: not known. */
  size: number,
});

const findings = object({ ...PROGRESS, findings: list(finding) });

export function readFindings(value: unknown) {
  return findings(value, "the findings");
}

export type Finding = ReturnType<typeof finding>;
export type Findings = ReturnType<typeof readFindings>;
