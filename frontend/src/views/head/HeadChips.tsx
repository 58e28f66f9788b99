/** What is known of the one head that is shown: its types, and what it does to the output. */

import type { JSX } from "preact";
import { effectMetric, effectNumbers, effectOf, type NumberName } from "../../state/effects";
import { headTypes } from "../../state/histories";
import { typeBits, typesOf } from "../../state/overview";
import { controlsText } from "../../ui/effect_words";
import { metricUnitText, metricWords } from "../../ui/metric_words";
import { shape, shownHeads } from "./state";

export function HeadChips(): JSX.Element | null {
  const [layer, heads] = [shape.value?.layer, shownHeads.value];
  const head = heads[0];
  if (layer === undefined || head === undefined || heads.length > 1) return null;
  return (
    <>
      <Types layer={layer} head={head} />
      {effectNumbers.value.map((number) => (
        <EffectChip key={number} number={number} layer={layer} head={head} />
      ))}
    </>
  );
}

interface Of {
  readonly layer: number;
  readonly head: number;
}

function Types({ layer, head }: Of): JSX.Element | null {
  if (!typeBits.value.has(`${layer}.${head}`)) return null;
  const types = typesOf(layer, head);
  return (
    <>
      {types.length === 0 && (
        <span class="head-fact" title="No head metric reaches the threshold of a type at this step">
          no type
        </span>
      )}
      {types.map((name) => (
        <span
          key={name}
          class="head-fact"
          title={headTypes.value?.types.find((each) => each.name === name)?.meaning}
        >
          {name}
        </span>
      ))}
    </>
  );
}

/** "effect on the loss +0.84 nats". */
function EffectChip({
  number,
  layer,
  head,
}: Of & { readonly number: NumberName }): JSX.Element | null {
  const { value, exact } = effectOf(number, layer, head);
  if (Number.isNaN(value)) return null;
  const metric = effectMetric(number);
  const words = metricWords(metric);
  return (
    <span
      class="head-fact"
      title={[words.sentence, controlsText(number)].filter(Boolean).join("\n")}
    >
      {words.label} {exact ? "" : "about "}
      {metricUnitText(value, metric)}
    </span>
  );
}
