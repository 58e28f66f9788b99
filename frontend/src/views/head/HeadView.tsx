/** The head view: one layer, the chosen heads, as lines, as running text or as matrices. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { weights } from "../../state/data";
import { Card } from "../../ui/Card";
import { SideBySide } from "../../ui/SideBySide";
import type { ViewPart } from "../view";
import { DRAWINGS, drawingNow } from "./drawings";
import { followNumbers } from "./focus";
import css from "./head.css?inline";
import { Legend } from "./Legend";
import { Panel } from "./panel";
import heatCss from "./panel/heat.css?inline";
import panelCss from "./panel/panel.css?inline";
import { Spoken } from "./Spoken";
import { Toolbar } from "./Toolbar";
import { headTables } from "./tables";

export const part: ViewPart = {
  component: HeadView,
  css: [css, panelCss, heatCss, ...Object.values(DRAWINGS).flatMap((each) => each.css)],
  tables: headTables,
};

function HeadView(): JSX.Element | null {
  useEffect(followNumbers, []);
  if (weights.value === null) return null;
  return (
    <SideBySide class="head-view" testId="head-view" side={<Panel />}>
      <Card id="head-drawing" class="head-card" label="Head view">
        <Toolbar />
        <DrawingNow />
        <Legend />
      </Card>
      <Spoken />
    </SideBySide>
  );
}

function DrawingNow(): JSX.Element {
  const Component = drawingNow().component;
  return <Component />;
}
