/** The head view: one layer, the chosen heads, as lines, as running text or as matrices. */

import type { JSX } from "preact";
import { weights } from "../../state/data";
import { Announcer } from "./Announcer";
import { Legend } from "./Legend";
import { LinesDrawing } from "./LinesDrawing";
import { Panel } from "./Panel";
import { Toolbar } from "./Toolbar";

export { default as css } from "./head.css?inline";

export function HeadView(): JSX.Element | null {
  if (weights.value === null) return null;
  return (
    <div class="head-view" data-testid="head-view">
      <section class="card head-card" aria-label="Head view">
        <Toolbar />
        <LinesDrawing />
        <Legend />
      </section>
      <Panel />
      <Announcer />
    </div>
  );
}
