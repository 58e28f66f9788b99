/** Beside the strips: one score taken apart into its neurons. */

import type { JSX } from "preact";
import { key, pinKey } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import { neuronNumbers } from "./actions";
import type { NeuronFrame } from "./frame";
import { exact, percent, signed } from "./numbers";
import { explained, explainedKey, keyToken, neuronAt, picture, pinnedHere, pinnedNeuron, pointed, queryToken } from "./picture";
import { neededFor, type Part } from "./rank";
import { scoreNote } from "./words";

const TOP = 12;
const MOST = 0.9;

export function PairPanel(): JSX.Element | null {
  const now = picture.value;
  if (!now) return null;
  const j = explainedKey.value;
  const { frame } = now;
  const pinned = key.value === j;
  return (
    <aside class="neuron-side card" aria-label="One score taken apart" data-testid="neuron-side">
      <div class="neuron-pair">
        <h3>
          {displayToken(queryToken.value, 16).label} → {displayToken(keyToken(j), 16).label}
        </h3>
        <button
          type="button"
          class={pinned ? "button on" : "button"}
          aria-pressed={pinned}
          onClick={() => pinKey(pinned ? null : j)}
        >
          {pinned ? "unpin key" : "pin key"}
        </button>
      </div>
      <p class="note">{pinned ? `pinned key ${j}` : strongestNote(frame, j)}</p>
      {frame.seen[j] === 0 ? <p>This query does not see this key.</p> : <Score frame={frame} j={j} note={scoreNote(now.layer)} />}
      {frame.neurons > 0 && <Neuron j={j} />}
      {frame.neurons > 0 && <Parts frame={frame} j={j} />}
    </aside>
  );
}

function strongestNote(frame: NeuronFrame, j: number): string {
  return Number.isFinite(frame.weights[j])
    ? `key ${j}, the one this query looks at most`
    : `key ${j}; the weights of this query are not numbers`;
}

function Score({ frame, j, note }: { frame: NeuronFrame; j: number; note: string }): JSX.Element {
  const score = frame.scores?.[j];
  return (
    <dl class="neuron-facts" data-testid="neuron-score">
      {frame.neurons > 0 && note !== "" && (
        <>
          <dt>sum of q × k × scale</dt>
          <dd>{exact(frame.sums[j] ?? Number.NaN)}</dd>
        </>
      )}
      {score !== undefined && (
        <>
          <dt>{note === "" ? "score q·k × scale" : `score after ${note}`}</dt>
          <dd>{exact(score)}</dd>
        </>
      )}
      <dt>softmax</dt>
      <dd>{exact(frame.weights[j] ?? Number.NaN)}</dd>
    </dl>
  );
}

/** The pinned neuron, else the one under the pointer, else the largest: the place never jumps. */
function Neuron({ j }: { j: number }): JSX.Element | null {
  const under = neuronAt(pointed.value?.place ?? null);
  const largest = explained.value[0]?.neuron ?? null;
  const neuron = pinnedHere.value ?? under ?? largest;
  const numbers = neuron === null ? null : neuronNumbers(neuron, j);
  if (neuron === null || !numbers) return null;
  const pinned = neuron === pinnedHere.value;
  const at = explained.value.findIndex((part) => part.neuron === neuron);
  const share = explained.value[at]?.share ?? Number.NaN;
  return (
    <section class="neuron-one" aria-label={`Neuron ${neuron}`} data-testid="neuron-one">
      <div class="neuron-pair">
        <h3>
          Neuron {neuron}
          <span class="note">{pinned ? ", pinned" : neuron === under ? "" : ", the largest part"}</span>
        </h3>
        <button
          type="button"
          class={pinned ? "button on" : "button"}
          aria-pressed={pinned}
          onClick={() => {
            pinnedNeuron.value = pinned ? null : neuron;
          }}
        >
          {pinned ? "unpin" : "pin"}
        </button>
      </div>
      <p class="neuron-product">
        q <b>{exact(numbers.q)}</b> × k <b>{exact(numbers.k)}</b> × scale <b>{exact(picture.value?.frame.scale ?? 1)}</b> ={" "}
        <b>{signed(numbers.contribution)}</b>
      </p>
      <p class="note">
        rank {at + 1} of {explained.value.length}
        {Number.isFinite(share) && `, ${percent(share)} of this score`}
      </p>
    </section>
  );
}

function Parts({ frame, j }: { frame: NeuronFrame; j: number }): JSX.Element {
  const sorted = explained.value;
  const needed = neededFor(MOST, sorted);
  return (
    <>
      <p data-testid="neuron-needed">
        {needed === null
          ? "The shares of this score are not defined: it is all zero, or not all numbers."
          : `${needed} of ${frame.neurons} neurons make 90 % of this score.`}
      </p>
      <table class="table neuron-table">
        <thead>
          <tr>
            <th scope="col">neuron</th>
            <th scope="col">q</th>
            <th scope="col">k</th>
            <th scope="col">part</th>
            <th scope="col" title="Share of this neuron and all above it in the sum of absolute contributions">
              so far
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, TOP).map((part) => (
            <PartRow key={part.neuron} part={part} j={j} />
          ))}
        </tbody>
      </table>
      <p class="note">Shares are of the sum of absolute contributions.</p>
    </>
  );
}

function PartRow({ part, j }: { part: Part; j: number }): JSX.Element {
  const numbers = neuronNumbers(part.neuron, j);
  const pinned = pinnedHere.value === part.neuron;
  return (
    <tr class={pinned ? "on" : ""}>
      <th scope="row">
        <button
          type="button"
          class="neuron-link"
          aria-pressed={pinned}
          aria-label={`neuron ${part.neuron}, ${pinned ? "pinned" : "pin it"}`}
          onClick={() => {
            pinnedNeuron.value = pinned ? null : part.neuron;
          }}
        >
          {part.neuron}
        </button>
      </th>
      <td>{numbers ? exact(numbers.q) : ""}</td>
      <td>{numbers ? exact(numbers.k) : ""}</td>
      <td>{signed(part.contribution)}</td>
      <td>{percent(part.cumulative)}</td>
    </tr>
  );
}
