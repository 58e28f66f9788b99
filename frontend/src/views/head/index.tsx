/** The head view: one layer, the chosen heads, as lines, as running text or as matrices. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { weights } from "../../state/data";
import { Card } from "../../ui/Card";
import { SideBySide } from "../../ui/SideBySide";
import type { View } from "../view";
import { DRAWINGS, drawingNow } from "./drawings";
import { followNumbers } from "./focus";
import css from "./head.css?inline";
import { Legend } from "./Legend";
import { loadHead } from "./load";
import { Panel } from "./panel";
import heatCss from "./panel/heat.css?inline";
import panelCss from "./panel/panel.css?inline";
import { Spoken } from "./Spoken";
import { Toolbar } from "./Toolbar";
import { headTables } from "./tables";

export const headView: View = {
  name: "head",
  label: "Head",
  hint: "one layer, token to token",
  component: HeadView,
  css: [css, panelCss, heatCss, ...Object.values(DRAWINGS).flatMap((each) => each.css)],
  ready: () => weights.value !== null,
  shows: "heads",
  tables: headTables,
  reads: ({ leftOut }) => [leftOut],
  load: loadHead,
  histories: ["metrics", "pair"],
  historiesLater: true,
  onlyLogged: false,
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
