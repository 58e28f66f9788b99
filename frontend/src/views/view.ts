/**
 * What one must say of a view. The page knows each of them at once, by its index.ts; what draws it is
 * a script of its own, which comes when it is shown, or when there is time.
 */

import type { ComponentType } from "preact";
import type { Table } from "../export/table";
import type { ViewName } from "../state/chosen";
import type { IgnoredSettings } from "../state/show_acts";
import type { ViewNeeds } from "../state/view";

export interface View extends ViewNeeds {
  readonly label: string;
  /** What it shows, in a few words, for a tooltip. */
  readonly hint: string;
  /** Settings of SHOW that do not act in all of it. Reads signals. */
  readonly ignores?: () => IgnoredSettings;
  /** Whether its numbers are there. */
  readonly ready: () => boolean;
  /** All layers and heads at once; the chosen heads of one layer; or one head. */
  readonly shows: "model" | "heads" | "head";
  /** Keys that mean something else in it than on the whole page. */
  readonly keys?: ReadonlyMap<string, () => void>;
}

/** What the script of a view has. */
export interface ViewPart {
  readonly component: ComponentType;
  /** Its style sheets. */
  readonly css: readonly string[];
  /** What it is about at this moment, where that says more than its name. */
  readonly title?: () => string;
  /**
   * The numbers under its picture, for export as CSV. The picture itself is taken from the page.
   */
  readonly tables: () => readonly Table[];
}

export type DrawnView = View & ViewPart;

/** Gets the script of a view. */
export type PartOf = (name: ViewName) => Promise<ViewPart>;
