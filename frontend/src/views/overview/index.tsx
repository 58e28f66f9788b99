/** The overview: where to look. Metrics of all heads now and over the steps, head types, findings, change, and pairs of tokens. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { choice } from "../../state/field";
import { inAddress } from "../../state/fields";
import type { Option } from "../../ui/choice";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { FindingList } from "./FindingList";
import { MetricMatrix } from "./matrix";
import { PairFinder } from "./PairFinder";
import { Ranking } from "./Ranking";
import { Raster } from "./raster";
import { followNumbers } from "./state";
import { Trajectories } from "./Trajectories";
import { TypeChips, TypeScores } from "./TypeChips";

type PanelName = "raster" | "pair";

const panel = signal<PanelName>("raster");
inAddress("panel", choice(panel, ["raster", "pair"]));

const TABS = "panel";
const PANELS: readonly Option<PanelName>[] = [
  { value: "raster", label: "Heads × steps", hint: "a metric of every head at every step" },
  { value: "pair", label: "Token pair", hint: "which heads link one token to another" },
];

export function OverviewView(): JSX.Element {
  useEffect(followNumbers, []);
  return (
    <div class="overview-view" data-testid="overview-view">
      <MetricMatrix />
      <Trajectories />
      <section class="card overview-card overview-wide" aria-label="Heads and steps">
        <header class="overview-tabs">
          <Tabs label="Heads and steps" id={TABS} options={PANELS} of={panel} look="card" />
          <TypeChips />
        </header>
        <TabPanel of={TABS} tab={panel.value} class="overview-panel">
          {panel.value === "raster" ? <Raster /> : <PairFinder />}
        </TabPanel>
        <TypeScores />
      </section>
      <FindingList />
      <Ranking />
    </div>
  );
}
