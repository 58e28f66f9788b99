/**
 * Neuron view: one head, one query token; q, k, q x k, score and softmax as aligned strips, and one
 * score taken apart.
 */

import type { JSX } from "preact";
import { differenceName, withName } from "../../state/compare";
import { keysBy, type NeuronOrder, order, queryStrips } from "../../state/neuron";
import { displayToken } from "../../state/tokens";
import { BrokenSign } from "../../ui/BrokenSign";
import { Card } from "../../ui/Card";
import type { Option } from "../../ui/choice";
import { Segments } from "../../ui/Segments";
import { SideBySide } from "../../ui/SideBySide";
import type { ViewPart } from "../view";
import { BesidePanel } from "./Beside";
import css from "./neuron.css?inline";
import { Strips } from "./Strips";
import { keyHead, layout, queriesPossible } from "./scene";
import {
  below,
  broken,
  differs,
  isSame,
  keysByWeight,
  type Picture,
  picture,
  queryToken,
} from "./state";
import { neuronTables } from "./tables";
import { headNotes, unseenNote } from "./words";

export const part: ViewPart = {
  component: NeuronView,
  css: [css],
  tables: neuronTables,
};

function NeuronView(): JSX.Element | null {
  const now = picture.value;
  if (!now) return null;
  return (
    <SideBySide class="neuron-view" testId="neuron-view" side={<BesidePanel />}>
      <Card id="neuron-strips" class="neuron-main" label="Neurons">
        <Head now={now} />
        {now.layer.weights_only && <WeightsOnly module={now.layer.module} />}
        <Strips />
      </Card>
    </SideBySide>
  );
}

function Head({ now }: { now: Picture }): JSX.Element {
  const { frame, layer, sharing } = now;
  const notes = [...headNotes(layer, sharing, frame.head, keyHead.value), unseenNote(frame)].filter(
    (note) => note !== "",
  );
  return (
    <header class="neuron-head">
      <div>
        <h2>
          Layer {frame.layer}, head {frame.head}: query{" "}
          <b>
            <bdi>{displayToken(queryToken.value, 20).label}</bdi>
          </b>
        </h2>
        <p class="note">
          {frame.neurons > 0 && `${frame.neurons} neurons; ${colourWords()} `}
          {broken.value && (
            <>
              <BrokenSign>not a number, or infinite.</BrokenSign>{" "}
            </>
          )}
          {notes.join(" ")} <QueryStrips />
        </p>
      </div>
      <div class="neuron-tools">
        {frame.neurons > 0 && <Orders />}
        <KeyOrders />
      </div>
    </header>
  );
}

function colourWords(): string {
  if (isSame.value) return `A and B are the same: nothing differs from ${withName.value}.`;
  if (differs.value) return `${differenceName.value}: red more, blue less.`;
  const beneath = below.value ? ` Below in each row: ${withName.value}.` : "";
  return `blue positive, orange negative.${beneath}`;
}

const ORDERS: readonly Option<NeuronOrder>[] = [
  {
    value: "contrast",
    label: "contrast",
    hint: "By what sets this key off from the others: the contribution, less the neuron's mean over the keys, weighted with this query's attention",
  },
  {
    value: "pair",
    label: "contribution",
    hint: "By the size of the contribution to the score taken apart beside, largest first",
  },
  { value: "index", label: "index", hint: "Neurons as in the model" },
  {
    value: "distance",
    label: "distance",
    hint: "By how steeply the contribution changes with distance, |slope| × r², largest first",
  },
  {
    value: "text",
    label: "whole text",
    hint: "By the mean size of the contribution over all pairs of the text, largest first",
  },
];

function Orders(): JSX.Element {
  return (
    <Segments
      label="Order of the neurons"
      caption="neurons by"
      id="neuron-order"
      options={ORDERS}
      of={order}
      apart
    />
  );
}

const KEY_ORDERS: readonly Option<boolean>[] = [
  { value: false, label: "text", hint: "Keys in the order of the text" },
  { value: true, label: "weight", hint: "The keys with the largest weights first" },
];

/** Whether the keys stand by weight. */
const byWeight = {
  get value(): boolean {
    return keysByWeight.value;
  },
  set value(wanted: boolean) {
    keysBy.value = wanted ? "weight" : "text";
  },
};

function KeyOrders(): JSX.Element {
  return (
    <Segments
      label="Order of the keys"
      caption="keys by"
      id="neuron-keys"
      options={KEY_ORDERS}
      of={byWeight}
      apart
    />
  );
}

/** Gives each token the strip of its query, or takes them away. */
function QueryStrips(): JSX.Element | null {
  const at = layout.value;
  if (at === null || !queriesPossible.value) return null;
  const all = at.queries !== null;
  return (
    <button
      type="button"
      class="link"
      data-testid="neuron-queries"
      data-export="off"
      title="A strip for the q of each token; a click in it makes that token the query"
      onClick={() => {
        queryStrips.value = all ? "one" : "all";
      }}
    >
      {all ? "q of one query" : "q of every token"}
    </button>
  );
}

const HOW_TO_LOG = `from tb_attention import AttentionLogger, log_arrays

with AttentionLogger("runs/mine") as logger:
    log_arrays(logger, tokens, query=query, key=key, tag="probe", step=step)`;

function WeightsOnly({ module }: { module: string }): JSX.Element {
  return (
    <div class="neuron-none" data-testid="neuron-weights-only">
      <p>
        <b>Only the weights of this layer were logged</b>, so there is no q and no k to take apart:
        its attention code
        {module === "" ? "" : ` (${module})`} computes the weights by itself, out of reach of the
        capture.
      </p>
      <p>
        q and k are logged by themselves where attention goes through transformers' attention
        interface (load the model with <code>attn_implementation="sdpa"</code>) or through{" "}
        <code>torch.nn.functional.scaled_dot_product_attention</code>. From attention code of your
        own, log them as arrays, [heads, tokens, neurons] for each layer, as they enter the softmax:
      </p>
      <pre>{HOW_TO_LOG}</pre>
    </div>
  );
}
