/** The shapes that the views see. Those of answers are what the readers in api/answers return. */

export type {
  Capture,
  CaptureStack,
  Characters,
  Effect,
  Layer,
  Sequence,
} from "./api/answers/capture";
export type { Change } from "./api/answers/change";
export type { LayerRow } from "./api/answers/common";
export type { Contributions } from "./api/answers/contributions";
export type { Curve, Curves } from "./api/answers/curves";
export type { DistanceAxis, Distances, Line } from "./api/answers/distances";
export type { Finding, Findings } from "./api/answers/findings";
export type { Lesson, Lessons } from "./api/answers/lessons";
export type { Metrics, OutputNumber } from "./api/answers/metrics";
export type { Neurons } from "./api/answers/neurons";
export type { Pair } from "./api/answers/pair";
export type { Rollout } from "./api/answers/rollout";
export type { Row } from "./api/answers/row";
export type { FileProblem, Run, Runs, Tag } from "./api/answers/runs";
export type { Stories, Story } from "./api/answers/stories";
export type { Thumbnails } from "./api/answers/thumbnails";
export type { HeadType, HeadTypes, Life } from "./api/answers/types";
export type { HeadWeights, Weights } from "./api/answers/weights";
export type { Stack, StackKind } from "./stacks";

export type Theme = "light" | "dark";

/**
 * What stands in the place of weights, and what of it the server leaves out; the words are those of
 * docs/http.md.
 */
export interface LeftOut {
  readonly show: "weight" | "arriving";
  readonly first: "show" | "hide" | "renormalise";
  readonly token: "first" | "resting" | number;
  readonly special: boolean;
  readonly segments: "all" | "AA" | "AB" | "BA" | "BB";
  readonly segmentShare: boolean;
}
