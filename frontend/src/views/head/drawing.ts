/** What one must say of a drawing of the head view; each says it in its own index.tsx. */

import type { ComponentType } from "preact";
import type { Edges } from "../../draw/edges";

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
  /** The links that can be seen, and a sentence about which these are; null: all of them. */
  readonly seen: { readonly edges: () => Edges | null; readonly note: () => string } | null;
}
