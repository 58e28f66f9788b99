/**
 * The overview: where to look. Metrics of all heads now and over the steps, head types, findings,
 * change, and pairs of tokens.
 */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type PanelName, panel, typeFilter } from "../../state/overview";
import { hasPair } from "../../state/pair_heads";
import { Card } from "../../ui/Card";
import type { Option } from "../../ui/choice";
import { showInBox } from "../../ui/sight";
import { TabPanel, Tabs } from "../../ui/Tabs";
import type { ViewPart } from "../view";
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

export const part: ViewPart = {
  component: OverviewView,
  css: [css],
  tables: overviewTables,
};

const TABS = "panel";
const PANELS: readonly Option<PanelName>[] = [
  { value: "raster", label: "Heads × steps", hint: "a metric of every head at every step" },
  { value: "pair", label: "Token pair", hint: "which heads link one token to another" },
];

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
