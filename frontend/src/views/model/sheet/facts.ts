/**
 * What is told of each head beside its picture, looked up once for a step and not in every frame.
 */

import { computed } from "@preact/signals";
import { thumbnails } from "../../../state/data";
import { controls, effectOf, numberNow } from "../../../state/effects";
import { headTypes } from "../../../state/histories";
import { theme } from "../../../state/host";
import { typesOf } from "../../../state/overview";
import type { HeadAddress } from "../../../state/selection";
import type { Place } from "../arrange";
import { picked } from "./choices";
import { addressOf, sparks } from "./state";
import { typeColour } from "./type_colours";

/** Effects are shown up to so many times the largest random head, or in whole. */
const EFFECT_SPAN = 10;
/** Nats or logits that fill the bar at least. */
const LEAST_SPAN = 0.1;

export interface HeadFacts {
  readonly address: HeadAddress;
  /** The most telling type; null where it has none. */
  readonly type: { readonly name: string; readonly colour: string } | null;
  /** -1..1, how far its bar goes, and whether it was measured; null where it is not known. */
  readonly effect: { readonly share: number; readonly exact: boolean } | null;
  readonly spark: Float32Array | null;
  readonly isPicked: boolean;
}

/** By place. Reads signals. */
export function factsOf({ row, head }: Place): HeadFacts | undefined {
  return all.value[row * (thumbnails.value?.heads ?? 0) + head];
}

const all = computed<readonly HeadFacts[]>(() => {
  const now = thumbnails.value;
  const colours = new Map(
    (headTypes.value?.types ?? []).map(({ name }) => [name, typeColour(name, theme.value)]),
  );
  const chosen = new Set(picked.value.map(({ layer, head }) => `${layer}.${head}`));
  return (now?.layers ?? []).flatMap((_, row) =>
    Array.from({ length: now?.heads ?? 0 }, (_, head) => {
      const address = addressOf({ row, head });
      const name = typesOf(address.layer, head)[0];
      return {
        address,
        type: name === undefined ? null : { name, colour: colours.get(name) ?? "" },
        effect: effectNow(address),
        spark: sparks.value?.of(address.layer, head) ?? null,
        isPicked: chosen.has(`${address.layer}.${head}`),
      };
    }),
  );
});

function effectNow({ layer, head }: HeadAddress): HeadFacts["effect"] {
  const number = numberNow.value;
  if (number === null) return null;
  const { value, exact } = effectOf(number, layer, head);
  if (Number.isNaN(value) || value === 0) return null;
  const span = Math.max(EFFECT_SPAN * (controls.value.get(number)?.largest ?? 0), LEAST_SPAN);
  return { share: Math.sign(value) * Math.min(1, Math.sqrt(Math.abs(value) / span)), exact };
}
