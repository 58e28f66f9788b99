/** What one must say of a view; each says it in its own index.tsx. */

import type { ComponentType } from "preact";
import type { Table } from "../export/table";
import type { IgnoredSettings } from "../state/show_acts";
import type { ViewNeeds } from "../state/view";

export interface View extends ViewNeeds {
  readonly label: string;
  /** What it shows, in a few words, for a tooltip. */
  readonly hint: string;
  readonly component: ComponentType;
  /** Settings of SHOW that do not act in all of it. Reads signals. */
  readonly ignores?: () => IgnoredSettings;
  /** Its style sheets. */
  readonly css: readonly string[];
  /** Whether its numbers are there. */
  readonly ready: () => boolean;
  /** All layers and heads at once; the chosen heads of one layer; or one head. */
  readonly shows: "model" | "heads" | "head";
  /** What it is about at this moment, where that says more than its name. */
  readonly title?: () => string;
  /** Keys that mean something else in it than on the whole page. */
  readonly keys?: ReadonlyMap<string, () => void>;
  /**
   * The numbers under its picture, for export as CSV. The picture itself is taken from the page.
   */
  readonly tables: () => readonly Table[];
}
