/** Beside the strips: one score taken apart into its neurons. */

import type { JSX } from "preact";
import { exactText, shortPercentText, shortText, signedText } from "../../format";
import { withName } from "../../state/compare";
import { explainedKey, pinnedNeuron } from "../../state/neuron";
import { key, pinKey } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import { type Column, Table } from "../../ui/Table";
import { type NeuronFrame, type NeuronNumbers, neuronNumbers } from "./frame";
import { NeuronLink } from "./NeuronLink";
import { neededFor, type Part } from "./rank";
import { scoreSteps } from "./score_steps";
import {
  differs,
  explained,
  keyToken,
  neuronAt,
  type Picture,
  picture,
  pinnedHere,
  pointed,
  queryToken,
  rankedBy,
  toldKey,
} from "./state";

const TOP = 12;
const MOST = 0.9;

export function PairPanel(): JSX.Element | null {
  const now = picture.value;
  if (!now) return null;
  const j = toldKey.value;
  const { frame } = now;
  const pinned = key.value === j;
  return (
    <>
      <div class="neuron-pair">
        <h3>
          <bdi>{displayToken(queryToken.value, 16).label}</bdi> →{" "}
          <bdi>{displayToken(keyToken(j), 16).label}</bdi>
        </h3>
        <button
          type="button"
          class="button"
          aria-pressed={pinned}
          onClick={() => pinKey(pinned ? null : j)}
        >
          {pinned ? "unpin key" : "pin key"}
        </button>
      </div>
      <p class="note">{whichKey(now.own, j, pinned)}</p>
      {frame.seen[j] === 0 ? <p>{unseenText(now.own, j)}</p> : <Score now={now} j={j} />}
      {frame.neurons > 0 && <Neuron now={now} j={j} />}
      {frame.neurons > 0 && <Parts now={now} j={j} />}
    </>
  );
}

/** Why this key is told. */
function whichKey(frame: NeuronFrame, j: number, pinned: boolean): string {
  if (pinned) return `pinned key ${j}`;
  if (j !== explainedKey.value) return `key ${j}, under the pointer`;
  return Number.isFinite(frame.weights[j])
    ? `key ${j}, the one this query looks at most`
    : `key ${j}; the weights of this query are not numbers`;
}

/**
 * From the sum of the products to the weight; beside it the same of the capture that it is compared
 * with.
 */
function Score({ now, j }: { now: Picture; j: number }): JSX.Element {
  const { own, other, layer } = now;
  const theirs = other && scoreSteps(other, layer, j);
  return (
    <Table
      numbers
      class="neuron-score"
      columns={theirs ? comparedColumns() : []}
      testId="neuron-score"
    >
      {scoreSteps(own, layer, j).map(({ name, value, title }, at) => {
        const second = theirs?.[at]?.value;
        return (
          <tr key={name} title={title}>
            <th scope="row">{name}</th>
            <td>{exactText(value)}</td>
            {second !== undefined && <td>{exactText(second)}</td>}
            {second !== undefined && <td>{signedText(value - second)}</td>}
          </tr>
        );
      })}
    </Table>
  );
}

function comparedColumns(): readonly Column[] {
  return [
    { name: "what", head: "" },
    { name: "here" },
    { name: "there", head: withName.value, hint: withName.value },
    { name: "change" },
  ];
}

function unseenText(frame: NeuronFrame, j: number): string {
  return j > frame.reach
    ? "This query comes before this key and does not see it."
    : "A mask hides this key from this query.";
}

/** The pinned neuron, else the one under the pointer, else the largest: the place never jumps. */
function Neuron({ now, j }: { now: Picture; j: number }): JSX.Element | null {
  const under = neuronAt(pointed.value?.place ?? null);
  const largest = explained.value[0]?.neuron ?? null;
  const neuron = pinnedHere.value ?? under ?? largest;
  if (neuron === null) return null;
  const pinned = neuron === pinnedHere.value;
  const at = explained.value.findIndex((part) => part.neuron === neuron);
  const { share, contrast } = explained.value[at] ?? { share: Number.NaN, contrast: Number.NaN };
  const [ranked, whole] = [rankedBy.value, differs.value ? "change" : "score"];
  return (
    <section class="neuron-one" aria-label={`Neuron ${neuron}`} data-testid="neuron-one">
      <div class="neuron-pair">
        <h3>
          Neuron {neuron}
          <span class="note">
            {pinned ? ", pinned" : neuron === under ? "" : ", the largest part"}
          </span>
        </h3>
        <button
          type="button"
          class="button"
          aria-pressed={pinned}
          onClick={() => {
            pinnedNeuron.value = pinned ? null : neuron;
          }}
        >
          {pinned ? "unpin" : "pin"}
        </button>
      </div>
      <Product frame={now.own} neuron={neuron} j={j} name="" />
      {now.other && (
        <Product frame={now.other} neuron={neuron} j={j} name={`${withName.value}: `} />
      )}
      <p class="note">
        {ranked === "contrast" && `contrast ${signedText(contrast)}, `}
        rank {at + 1} of {explained.value.length}
        {Number.isFinite(share) &&
          `, ${shortPercentText(share)} of this ${ranked === "contrast" ? ranked : whole}`}
        ; all together {exactText(now.frame.sums[j] ?? Number.NaN)}
      </p>
    </section>
  );
}

function Product({
  frame,
  neuron,
  j,
  name,
}: {
  frame: NeuronFrame;
  neuron: number;
  j: number;
  name: string;
}): JSX.Element {
  const { q, k, contribution } = neuronNumbers(frame, neuron, j);
  return (
    <p class="neuron-product">
      {name}q <b>{exactText(q)}</b> × k <b>{exactText(k)}</b> × scale{" "}
      <b>{exactText(frame.scale)}</b> = <b>{signedText(contribution)}</b>
    </p>
  );
}

function Parts({ now, j }: { now: Picture; j: number }): JSX.Element {
  const { frame, own, other } = now;
  const score = differs.value ? "change" : "score";
  const what = rankedBy.value === "contrast" ? "contrast" : score;
  const sorted = explained.value;
  const needed = neededFor(MOST, sorted);
  return (
    <>
      <p
        data-testid="neuron-needed"
        title={
          rankedBy.value === "contrast"
            ? "Contrast: what a neuron adds to this key, less what it adds to the keys on average, weighted with this query's attention. What it adds to all keys alike moves no weight."
            : undefined
        }
      >
        {needed === null
          ? `The shares of this ${what} are not defined: it is all zero, or not all numbers.`
          : `${needed} of ${frame.neurons} neurons make 90 % of this ${what}.`}
      </p>
      <Table numbers compact class="neuron-table" columns={partColumns(other !== null)}>
        {sorted.slice(0, TOP).map((part) => (
          <PartRow
            key={part.neuron}
            part={part}
            own={neuronNumbers(own, part.neuron, j)}
            other={other}
            j={j}
          />
        ))}
      </Table>
      <p class="note">
        {rankedBy.value === "contrast" &&
          "Contrast: the part, less the neuron's mean over the keys, weighted with this query's attention. "}
        Shares are of the sum of absolute{" "}
        {what === "contrast" ? "contrasts" : differs.value ? "changes" : "contributions"}.
      </p>
    </>
  );
}

function partColumns(compares: boolean): readonly Column[] {
  return [
    { name: "neuron" },
    { name: "q", head: compares ? "here" : "q" },
    compares ? { name: "k", head: withName.value, hint: withName.value } : { name: "k" },
    {
      name: "part",
      head: differs.value ? "change" : "part",
      sorted: rankedBy.value === "part",
      hint: "q × k × scale: what the neuron adds to the score",
    },
    {
      name: "contrast",
      sorted: rankedBy.value === "contrast",
      hint: "The part, less the neuron's mean over the keys, weighted with this query's attention",
    },
    {
      name: "so far",
      hint: "Share of this neuron and all above it in the sum of sizes",
    },
  ];
}

interface PartProps {
  readonly part: Part;
  readonly own: NeuronNumbers;
  readonly other: NeuronFrame | null;
  readonly j: number;
}

/** q and k; in a comparison the contributions here and there instead. */
function PartRow({ part, own, other, j }: PartProps): JSX.Element {
  const values = other
    ? [own.contribution, neuronNumbers(other, part.neuron, j).contribution]
    : [own.q, own.k];
  return (
    <tr class={pinnedHere.value === part.neuron ? "on" : ""}>
      <th scope="row">
        <NeuronLink neuron={part.neuron} />
      </th>
      <td>{shortText(values[0] ?? Number.NaN)}</td>
      <td>{shortText(values[1] ?? Number.NaN)}</td>
      <td>{signedText(part.contribution)}</td>
      <td>{signedText(part.contrast)}</td>
      <td>{shortPercentText(part.cumulative)}</td>
    </tr>
  );
}
