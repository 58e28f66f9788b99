/** The head by distance: its mean weight, and what its neurons contribute, with the lines that name those that fall or rise. */

import type { JSX } from "preact";
import { Chart, type ChartLine } from "../../draw/Chart";
import { headColour } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { shortText, signedText } from "../../format";
import { compared, withName } from "../../state/compare";
import { theme } from "../../state/host";
import { askedDistances, axis, otherDistances } from "../../state/neuron";
import type { DistanceAxis, Distances, Line } from "../../types";
import { NeuronLink } from "./NeuronLink";
import { distancesHere, neuronAt, pinnedHere, pointed, sameTokens } from "./state";
import { commonText, lineText, lineValues, namedNeurons, per } from "./trend";

const ROWS = 10;
const DRAWN = 3;
const AXES: readonly {
  readonly axis: DistanceAxis;
  readonly label: string;
  readonly title: string;
}[] = [
  { axis: "linear", label: "linear", title: "Slopes are per token of distance" },
  {
    axis: "log",
    label: "log",
    title: "Slopes are per doubling of the distance: of log2(1 + distance)",
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
      <Axes />
      {known === null ? (
        <p class="note">Computing means over all pairs of tokens …</p>
      ) : (
        <Known known={known} />
      )}
    </div>
  );
}

function Axes(): JSX.Element {
  return (
    <fieldset class="neuron-orders">
      <legend>distance</legend>
      {AXES.map((each) => (
        <button
          key={each.axis}
          type="button"
          class={axis.value === each.axis ? "button on" : "button"}
          aria-pressed={axis.value === each.axis}
          title={each.title}
          data-testid={`neuron-axis-${each.axis}`}
          onClick={() => {
            axis.value = each.axis;
          }}
        >
          {each.label}
        </button>
      ))}
    </fieldset>
  );
}

function Known({ known }: { known: Distances }): JSX.Element {
  const places = Array.from({ length: known.count }, (_, place) => known.first + place);
  const log = known.axis === "log" && known.first === 0;
  const named = known.neurons > 0 ? namedNeurons(known) : "";
  return (
    <>
      {named !== "" && <p data-testid="neuron-named">{named}</p>}
      <Chart
        places={places}
        lines={weightLines(known)}
        height={128}
        across="distance"
        up="mean weight"
        log={log}
        label={`Mean weight of the head by distance. ${named}`}
        testId="neuron-distance-weights"
      />
      <RareNote known={known} />
      {known.neurons > 0 && (
        <>
          <Chart
            places={places}
            lines={neuronLines(known)}
            height={176}
            across="distance, query − key"
            up="contribution"
            log={log}
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

function weightLines(known: Distances): readonly ChartLine[] {
  const colours = palette(theme.value);
  const own = {
    label: "mean weight",
    colour: colours.text,
    values: drawable(known, known.weights),
  };
  const other = otherDistances.value;
  const fits =
    compared.value !== null && other?.count === known.count && other.first === known.first;
  return fits && other
    ? [
        own,
        {
          label: withName.value,
          colour: colours.focus,
          dash: [4, 3],
          values: drawable(other, other.weights),
        },
      ]
    : [own];
}

/** Means over a few pairs jump, and would take all the room: distances with less than this share of the pairs are not drawn. */
const RARE = 0.02;

function drawable(known: Distances, values: Float32Array): Float32Array {
  const least = leastPairs(known);
  return values.map((value, place) => ((known.pairs[place] ?? 0) < least ? Number.NaN : value));
}

function leastPairs(known: Distances): number {
  return RARE * known.pairs.reduce((most, count) => Math.max(most, count), 0);
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

/** The steepest neurons, the pinned one or the one under the pointer, each with its line. */
function drawnNeurons(known: Distances): readonly number[] {
  const chosen = pinnedHere.value ?? neuronAt(pointed.value?.place ?? null);
  const steepest = known.order.slice(0, DRAWN);
  return chosen === null || steepest.includes(chosen) ? steepest : [...steepest, chosen];
}

function colourOf(place: number): string {
  return headColour(place, theme.value);
}

function neuronLines(known: Distances): readonly ChartLine[] {
  return drawnNeurons(known).flatMap((neuron, place) => {
    const values = drawable(
      known,
      known.contributions.subarray(neuron * known.count, (neuron + 1) * known.count),
    );
    const line = known.lines[neuron] as Line;
    const colour = colourOf(place);
    const width = neuron === pinnedHere.value ? 2.5 : 1.5;
    return [
      { label: `neuron ${neuron}`, colour, width, values },
      {
        label: `line of ${neuron}`,
        colour,
        width: 1,
        dash: [4, 3],
        values: lineValues(line, known.first, known.count, known.axis),
      },
    ];
  });
}

function Ranking({ known }: { known: Distances }): JSX.Element {
  const drawn = drawnNeurons(known);
  const pinned = pinnedHere.value;
  const shown = known.order.slice(0, ROWS);
  const rows = pinned === null || shown.includes(pinned) ? shown : [...shown, pinned];
  return (
    <table class="table neuron-table" data-testid="neuron-ranking">
      <thead>
        <tr>
          <th scope="col" title="Place in the order of |slope| × r²">
            rank
          </th>
          <th scope="col">neuron</th>
          <th scope="col" title="Slope of the robust line through the neuron's mean contributions">
            change {per(known.axis)}
          </th>
          <th scope="col" title="Share of the variance over distance that the line explains">
            r²
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((neuron) => {
          const line = known.lines[neuron] as Line;
          const place = drawn.indexOf(neuron);
          return (
            <tr key={neuron} class={neuron === pinned ? "on" : ""}>
              <td>{known.order.indexOf(neuron) + 1}</td>
              <th scope="row">
                <NeuronLink neuron={neuron} {...(place < 0 ? {} : { colour: colourOf(place) })} />
              </th>
              <td>{signedText(line.slope)}</td>
              <td>{shortText(line.r2)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
