/** What one must say of a drawing of the head view; each says it in its own index.tsx. */

import type { ComponentType } from "preact";

export interface HeadDrawing {
  /** What its button says in a tooltip. */
  readonly hint: string;
  /** How to read it. */
  readonly reading: string;
  /** What can be pointed at. */
  readonly pointing: string;
  readonly component: ComponentType;
  /** What its colours, widths or opacities mean. */
  readonly legend: ComponentType;
  readonly css: readonly string[];
  /** It names the heads itself. */
  readonly namesHeads: boolean;
  /** What it says of the picture below its title; null: nothing. */
  readonly says: ComponentType | null;
  /**
   * The queries [from, to) that can be seen, once they stand still, and a sentence about which these
   * are; null: all.
   */
  readonly seen: {
    readonly queries: () => readonly [number, number];
    readonly note: () => string;
  } | null;
}
