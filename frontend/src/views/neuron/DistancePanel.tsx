/**
 * The head by distance: its mean weight, and what its neurons contribute, with the lines that name
 * those that fall or rise.
 */

import type { JSX } from "preact";
import { LineChart } from "../../draw/chart/LineChart";
import { LineLegend } from "../../draw/chart/LineLegend";
import { exactText, shortPercentText, shortText, signedText } from "../../format";
import { askedDistances, axis } from "../../state/neuron";
import type { DistanceAxis, Distances, Line } from "../../types";
import type { Option } from "../../ui/choice";
import { Segments } from "../../ui/Segments";

import { type Column, Table } from "../../ui/Table";
import { curveOf, neuronsOf } from "./distance_curves";
import { colourOf, drawnCurves, leastPairs, neuronLines, weightLines } from "./distance_lines";

import { NeuronLink } from "./NeuronLink";
import { distancesHere, pinnedHere, sameTokens } from "./state";
import { commonText, lineText, namedNeurons, per } from "./trend";

const ROWS = 10;
const AXES: readonly Option<DistanceAxis>[] = [
  { value: "linear", label: "linear", hint: "Slopes are per token of distance" },
  {
    value: "log",
    label: "log",
    hint: "Slopes are per doubling of the distance: of log2(1 + distance)",
  },
];

export function DistancePanel(): JSX.Element {
  const known = distancesHere.value;
  if (!sameTokens.value)
    return (
      <p>Queries and keys are tokens of different texts: there is no distance between them.</p>
    );
  if (askedDistances.value.problem !== null)
    return <p class="neuron-problem">{askedDistances.value.problem}</p>;
  return (
    <div data-testid="neuron-distance" aria-busy={known === null}>
      <Segments
        label="Axis of the distance"
        caption="distance"
        id="neuron-axis"
        options={AXES}
        of={axis}
        apart
      />
      {known === null ? (
        <p class="note">Computing means over all pairs of tokens …</p>
      ) : (
        <Known known={known} />
      )}
    </div>
  );
}

function Known({ known }: { known: Distances }): JSX.Element {
  const log = known.axis === "log";
  const named = known.neurons > 0 ? namedNeurons(known) : "";
  return (
    <>
      {named !== "" && <p data-testid="neuron-named">{named}</p>}
      <LineChart
        lines={weightLines}
        height={128}
        place="distance"
        across="distance"
        up="mean weight"
        log={log}
        readsAll
        format={exactText}
        label={`Mean weight of the head by distance. ${named}`}
        testId="neuron-distance-weights"
      />
      {weightLines.value.length > 1 && (
        <p class="note">
          <LineLegend entries={weightLines.value} />
        </p>
      )}
      <RareNote known={known} />
      {known.neurons > 0 && (
        <>
          <LineChart
            lines={neuronLines}
            height={176}
            place="distance"
            across="distance, query − key"
            up="contribution"
            log={log}
            readsAll
            format={signedText}
            label="Mean contribution by distance of the neurons with the steepest lines, dashed the lines"
            testId="neuron-distance-neurons"
          />
          <p class="note">
            Mean score: {lineText(known.scoreLine, known.axis)}. {commonText(known)}
          </p>
          <Ranking known={known} />
        </>
      )}
    </>
  );
}

function RareNote({ known }: { known: Distances }): JSX.Element | null {
  const least = leastPairs(known);
  const rare = known.pairs.filter((count) => count > 0 && count < least).length;
  if (rare === 0) return null;
  const which = rare === 1 ? "1 distance" : `${rare} distances`;
  return (
    <p class="note">
      {which} of few pairs not drawn: fewer than {Math.ceil(least)}. The exported table has them.
    </p>
  );
}

function Ranking({ known }: { known: Distances }): JSX.Element {
  const drawn = drawnCurves.value;
  const pinned = pinnedHere.value === null ? null : curveOf(known, pinnedHere.value);
  const shown = known.order.slice(0, ROWS);
  const rows = pinned === null || shown.includes(pinned) ? shown : [...shown, pinned];
  return (
    <Table numbers class="neuron-table" columns={columnsOf(known)} testId="neuron-ranking">
      {rows.map((curve) => {
        const line = known.lines[curve] as Line;
        const place = drawn.indexOf(curve);
        const colour = place < 0 ? {} : { colour: colourOf(place) };
        return (
          <tr
            key={curve}
            class={`${curve === pinned ? "on" : ""} ${known.clear[curve] ? "" : "unclear"}`}
          >
            <td>{known.order.indexOf(curve) + 1}</td>
            <th scope="row">
              {neuronsOf(known, curve).map((neuron, at) => (
                <NeuronLink key={neuron} neuron={neuron} {...(at === 0 ? colour : {})} />
              ))}
            </th>
            <td>{signedText(line.slope)}</td>
            <td>{shortText(line.r2)}</td>
            <td>{shortPercentText(known.turnsBack[curve] ?? Number.NaN)}</td>
          </tr>
        );
      })}
    </Table>
  );
}

function columnsOf(known: Distances): readonly Column[] {
  return [
    { name: "rank", hint: "Place in the order of |slope| × r²" },
    known.partners
      ? {
          name: "neurons",
          hint: "Partners that rotary embedding turns: their contributions together",
        }
      : { name: "neuron" },
    {
      name: `change ${per(known.axis)}`,
      hint: "Slope of the robust line through the neuron's mean contributions",
    },
    { name: "r²", hint: "Share of the variance over distance that the line explains" },
    {
      name: "back",
      hint: "How far the curve comes back against its line, as a share of its range, of the means over eight stretches. Named are those with r² of 0.8 and more that come back by a quarter at most",
    },
  ];
}
