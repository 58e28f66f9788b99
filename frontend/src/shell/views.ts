/** The views, in the order of their tabs and of the keys 1 to 4. */

import type { ComponentType } from "preact";
import type { Table } from "../export/table";
import { row, thumbnails, weights } from "../state/data";
import { metrics } from "../state/histories";
import type { ViewName } from "../types";
import { HeadView } from "../views/head";
import { headTables } from "../views/head/tables";
import { ModelView } from "../views/model";
import { modelTables } from "../views/model/tables";
import { NeuronView } from "../views/neuron";
import { neuronTables } from "../views/neuron/tables";
import { OverviewView } from "../views/overview";
import { overviewTables } from "../views/overview/tables";

export interface View {
  readonly name: ViewName;
  readonly label: string;
  readonly hint: string;
  readonly component: ComponentType;
  /** Whether its numbers are there. */
  readonly ready: () => boolean;
  /** Whether it shows all layers at once. */
  readonly whole: boolean;
  /** The numbers under its picture, for export as CSV. The picture itself is taken from the page. */
  readonly tables: () => readonly Table[];
}

export const VIEWS: readonly View[] = [
  {
    name: "overview",
    label: "Overview",
    hint: "where to look: all heads along all steps",
    component: OverviewView,
    ready: () => metrics.value !== null,
    whole: true,
    tables: overviewTables,
  },
  {
    name: "model",
    label: "Model",
    hint: "all layers and heads",
    component: ModelView,
    ready: () => thumbnails.value !== null,
    whole: true,
    tables: modelTables,
  },
  {
    name: "head",
    label: "Head",
    hint: "one layer, token to token",
    component: HeadView,
    ready: () => weights.value !== null,
    whole: false,
    tables: headTables,
  },
  {
    name: "neuron",
    label: "Neuron",
    hint: "one head, from query and key to weight",
    component: NeuronView,
    ready: () => row.value !== null,
    whole: false,
    tables: neuronTables,
  },
];

/** The view of that name; the head view for one that this version does not have. */
export function viewOf(name: ViewName): View {
  const found =
    VIEWS.find((each) => each.name === name) ?? VIEWS.find((each) => each.name === "head");
  if (!found) throw new Error("there is no view");
  return found;
}
