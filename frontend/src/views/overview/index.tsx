/**
 * The overview: where to look. Metrics of all heads now and over the steps, head types, findings,
 * change, and pairs of tokens.
 */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { metrics } from "../../state/histories";
import { type PanelName, panel, typeFilter } from "../../state/overview";
import { hasPair } from "../../state/pair_heads";
import { type IgnoredSettings, off } from "../../state/show_acts";
import { Card } from "../../ui/Card";
import type { Option } from "../../ui/choice";
import { showInBox } from "../../ui/sight";
import { TabPanel, Tabs } from "../../ui/Tabs";
import type { View } from "../view";
import { FindingList } from "./FindingList";
import { MetricMatrix } from "./matrix";
import css from "./overview.css?inline";
import { PairFinder } from "./pair";
import { Ranking } from "./Ranking";
import { Raster } from "./raster";
import { followNumbers } from "./state";
import { Trajectories } from "./Trajectories";
import { TypeChips, TypeScores } from "./TypeChips";
import { overviewTables } from "./tables";

export const overviewView: View = {
  name: "overview",
  label: "Overview",
  hint: "where to look: all heads along all steps",
  ignores: () => IGNORED,
  component: OverviewView,
  css: [css],
  ready: () => metrics.value !== null,
  shows: "model",
  tables: overviewTables,
  reads: () => [],
  load: async () => ({}),
  histories: ["metrics", "findings", "lessons", "change", "pair", "other runs", "compared metrics"],
  historiesLater: false,
  onlyLogged: false,
};

const TABS = "panel";
const PANELS: readonly Option<PanelName>[] = [
  { value: "raster", label: "Heads × steps", hint: "a metric of every head at every step" },
  { value: "pair", label: "Token pair", hint: "which heads link one token to another" },
];

const PARTLY = {
  why: "Acts in “Changed most” and “Token pair”; head metrics are those that were logged.",
  off: false,
};
const IGNORED: IgnoredSettings = {
  show: PARTLY,
  first: PARTLY,
  ...off("Head metrics, changes and pairs are of single tokens, and drawn whatever their size.", [
    "scale",
    "smallest",
    "mass",
    "words",
    "segments",
  ]),
};

function OverviewView(): JSX.Element {
  const view = useRef<HTMLDivElement>(null);
  const card = useRef<HTMLElement>(null);
  useEffect(followNumbers, []);
  const answers = hasPair.value && panel.value === "pair";
  useEffect(() => {
    if (answers && view.current && card.current) showInBox(view.current, card.current);
  }, [answers]);
  return (
    <div ref={view} class="overview-view" data-testid="overview-view">
      <MetricMatrix />
      <Trajectories />
      <Card
        box={card}
        id="overview-raster"
        class="overview-card overview-wide"
        label="Heads and steps"
      >
        <header class="overview-tabs">
          <Tabs label="Heads and steps" id={TABS} options={PANELS} of={panel} look="card" />
          {(panel.value === "raster" || typeFilter.value !== null) && <TypeChips />}
        </header>
        <TabPanel of={TABS} tab={panel.value} class="overview-panel">
          {panel.value === "raster" ? <Raster /> : <PairFinder />}
        </TabPanel>
        {panel.value === "raster" && <TypeScores />}
      </Card>
      <FindingList />
      <Ranking />
    </div>
  );
}
