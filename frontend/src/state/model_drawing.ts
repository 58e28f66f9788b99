/**
 * How the model view draws the model: a picture of each head, in a grid or on a contact sheet, or
 * one of all layers, the rollout.
 * What the rollout shows is asked for by `load_histories.ts`.
 */

import { signal } from "@preact/signals";
import type { Rollout } from "../types";
import { type Asked, NOT_ASKED } from "./ask";
import { choice, countOrNull, field, orEmpty } from "./field";
import { inAddress } from "./fields";

export type ModelDrawing = "maps" | "lines" | "sheet" | "rollout";

export const modelDrawing = signal<ModelDrawing>("maps");
inAddress("cells", choice(modelDrawing, ["maps", "lines", "sheet", "rollout"]));
/** The last layer that the rollout goes through; null: the last one there is. */
export const rolloutLayer = signal<number | null>(null);
inAddress("up_to", field(rolloutLayer, orEmpty, countOrNull));

/** A's, and B's where they are compared. */
export interface Rollouts {
  readonly own: Rollout;
  readonly other: Rollout | null;
}

export const askedRollouts = signal<Asked<Rollouts>>(NOT_ASKED);
