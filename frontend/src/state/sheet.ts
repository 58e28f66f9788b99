/**
 * What the contact sheet reads of single heads: it says which ones, `load_sheet.ts` asks for them.
 */

import { signal } from "@preact/signals";
import type { HeadWeights, Neurons } from "../types";
import type { HeadAddress } from "./chosen";

/** Heads whose weights, or queries and keys, are wanted, the nearest first. */
export interface SheetWants {
  readonly weights: readonly HeadAddress[];
  readonly neurons: readonly HeadAddress[];
}

export interface SheetWeights {
  readonly own: HeadWeights;
  /** B's; null where nothing is compared. */
  readonly other: HeadWeights | null;
}

/** What is there, by `headKey`; all of one capture. */
export interface SheetHeads {
  readonly weights: ReadonlyMap<string, SheetWeights>;
  readonly neurons: ReadonlyMap<string, Neurons>;
  /** Why some are missing: a sentence, or null. */
  readonly problem: string | null;
}

export const NO_WANTS: SheetWants = { weights: [], neurons: [] };
export const NO_HEADS: SheetHeads = { weights: new Map(), neurons: new Map(), problem: null };

/** null while there is no sheet on the screen. */
export const sheetWants = signal<SheetWants | null>(null);
export const sheetHeads = signal<SheetHeads>(NO_HEADS);

export function headKey({ layer, head }: HeadAddress): string {
  return `${layer}.${head}`;
}
