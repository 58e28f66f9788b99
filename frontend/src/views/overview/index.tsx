/** The overview: where to look. Metrics of all heads now and over the steps, head types, findings, change, and pairs of tokens. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { choice } from "../../state/field";
import { inAddress } from "../../state/fields";
import { FindingList } from "./FindingList";
import { MetricMatrix } from "./matrix";
import { PairFinder } from "./PairFinder";
import { Ranking } from "./Ranking";
import { Raster } from "./raster";
import { followNumbers } from "./state";
import { Trajectories } from "./Trajectories";
import { TypeChips, TypeScores } from "./TypeChips";

const panel = signal<"raster" | "pair">("raster");
inAddress("panel", choice(panel, ["raster", "pair"]));

const PANELS = [
  ["raster", "Heads × steps"],
  ["pair", "Token pair"],
] as const;

export function OverviewView(): JSX.Element {
  useEffect(followNumbers, []);
  return (
    <div class="overview-view" data-testid="overview-view">
      <MetricMatrix />
      <Trajectories />
      <section class="card overview-card overview-wide" aria-label="Heads and steps">
        <header class="overview-tabs">
          {PANELS.map(([name, label]) => (
            <button
              key={name}
              type="button"
              class="overview-tab"
              aria-pressed={panel.value === name}
              data-testid={`panel-${name}`}
              onClick={() => {
                panel.value = name;
              }}
            >
              {label}
            </button>
          ))}
          <TypeChips />
        </header>
        {panel.value === "raster" ? <Raster /> : <PairFinder />}
        <TypeScores />
      </section>
      <FindingList />
      <Ranking />
    </div>
  );
}
