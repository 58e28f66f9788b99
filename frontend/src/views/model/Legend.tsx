/** What the colours of the cells mean, with the scale and the smallest weight that are set. */

import type { JSX } from "preact";
import { changeEntry, changeRamp, rampStops, sequential } from "../../draw/colour";
import { plural } from "../../format";
import { numberName } from "../../state/arriving";
import { differenceName } from "../../state/compare";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { leastChangeText, leastText } from "../../state/least";
import { modelDrawing } from "../../state/model_drawing";
import { scale, smallest, strength } from "../../state/show";
import { BrokenSign } from "../../ui/BrokenSign";
import { MaskedSign } from "../../ui/heatmap/MaskedSign";
import { RampLegend } from "../../ui/RampLegend";
import { differs, halves, span } from "./changes";
import { maskedBins } from "./masked";
import { rolloutCells } from "./rollout/source";
import { brokenHeads } from "./scores";
import { SheetLegend } from "./sheet/Legend";
import { least, shownKeys } from "./state";

const WIDTH = 100;
const STOPS = 21;

export function Legend(): JSX.Element {
  if (modelDrawing.value === "rollout") return <RolloutLegend />;
  if (modelDrawing.value === "sheet")
    return (
      <>
        {differs.value ? <ChangeLegend /> : <WeightLegend />}
        <SheetLegend />
      </>
    );
  return differs.value ? <ChangeLegend /> : <WeightLegend />;
}

function WeightLegend(): JSX.Element {
  const lines = modelDrawing.value === "lines";
  const colours = lines
    ? inks()
    : rampStops(sequential(theme.value), STOPS, (weight) => 255 * strength(weight, least.value));
  const how = scale.value === "sqrt" && !lines ? "by square root" : "linear";
  const what = lines
    ? "Opacity of lines, queries left and keys right,"
    : "Colour of cells, queries down and keys across,";
  return (
    <RampLegend
      colours={colours}
      width={WIDTH}
      low={`${grouping() === "" ? "" : "pooled "}${numberName.value} 0`}
      high="1"
      title={`${what} by ${numberName.value}, ${how}; under ${leastText(smallest.value)} not drawn. ${grouping()}`}
      testId="model-legend"
    >
      {!lines && <Masked />}
      <Broken />
      {halves.value && <span title="in each cell">A left, B right</span>}
    </RampLegend>
  );
}

function RolloutLegend(): JSX.Element {
  const root = scale.value === "sqrt";
  const signed = rolloutCells.value?.signed === true;
  const colours = signed
    ? rampStops(changeRamp(theme.value), STOPS, (at) => changeEntry(2 * at - 1, root))
    : rampStops(sequential(theme.value), STOPS, (at) => 255 * (root ? Math.sqrt(at) : at));
  return (
    <RampLegend
      colours={colours}
      width={WIDTH}
      low={signed ? `−${rolloutCells.value?.span} and less` : "0"}
      high={signed ? `${rolloutCells.value?.span} and more` : "1"}
      title={`Colour of cells by share, ${root ? "by square root" : "linear"}; everything is drawn`}
      testId="model-legend"
    >
      <MaskedSign masked={rolloutCells.value?.masked ?? null} signed={signed} />
    </RampLegend>
  );
}

/** The colours of A less B. */
function ChangeLegend(): JSX.Element {
  const root = scale.value === "sqrt";
  return (
    <RampLegend
      colours={rampStops(changeRamp(theme.value), STOPS, (at) => changeEntry(2 * at - 1, root))}
      width={WIDTH}
      low={`−${span.value} and less`}
      high={`${span.value} and more`}
      title={`${differenceName.value}; changes under ${leastChangeText(smallest.value)} not drawn`}
      testId="model-legend"
    >
      {modelDrawing.value !== "lines" && <Masked />}
    </RampLegend>
  );
}

/** A thumbnail that is white may be one of NaN: those are marked in their corner. */
function Broken(): JSX.Element | null {
  const heads = brokenHeads();
  return heads > 0 ? <BrokenSign>NaN in {plural(heads, "head")}</BrokenSign> : null;
}

function Masked(): JSX.Element | null {
  const now = thumbnails.value;
  return <MaskedSign masked={now && maskedBins(now, now.layers[0])} signed={differs.value} />;
}

/** Opacities of lines from weight 0 to 1. */
function inks(): readonly string[] {
  return Array.from({ length: STOPS }, (_, at) => {
    const weight = at / (STOPS - 1);
    return `rgb(from var(--text) r g b / ${weight >= least.value ? weight : 0})`;
  });
}

/** Says that a cell of a thumbnail stands for several tokens. */
function grouping(): string {
  const now = thumbnails.value;
  if (!now || shownKeys.value.length <= now.columns) return "";
  return `Pooled: each of ${now.rows} × ${now.columns} cells is the mean over its queries of the weight on its keys.`;
}
