/** The head view: one layer, the chosen heads, as lines, as running text or as matrices. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { weights } from "../../state/data";
import { drawing } from "../../state/selection";
import { SideBySide } from "../../ui/SideBySide";
import { followNumbers } from "./focus";
import { Legend } from "./Legend";
import { LinesDrawing } from "./lines";
import { MatrixDrawing } from "./matrix";
import { Panel } from "./panel";
import { Spoken } from "./Spoken";
import { Toolbar } from "./Toolbar";
import { TextDrawing } from "./text";

export function HeadView(): JSX.Element | null {
  useEffect(followNumbers, []);
  if (weights.value === null) return null;
  return (
    <SideBySide class="head-view" testId="head-view" side={<Panel />}>
      <section class="card head-card" aria-label="Head view">
        <Toolbar />
        <DrawingNow />
        <Legend />
      </section>
      <Spoken />
    </SideBySide>
  );
}

function DrawingNow(): JSX.Element {
  if (drawing.value === "matrix") return <MatrixDrawing />;
  return drawing.value === "text" ? <TextDrawing /> : <LinesDrawing />;
}
