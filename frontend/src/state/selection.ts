/**
 * The one selection that every view shares: signals to read, actions to change it. No action leaves
 * an impossible choice.
 */

import { batch, computed } from "@preact/signals";
import { activeHeads, type HeadAddress, head, key, layer, pins, query, wantedStep } from "./chosen";
import { headCount, keySequence, layers, querySequence, steps } from "./scope";

export {
  drawing,
  type HeadAddress,
  head,
  key,
  layer,
  pins,
  query,
  run,
  stack,
  tag,
  view,
} from "./chosen";
export {
  headCount,
  keySequence,
  layerNow,
  layers,
  querySequence,
  stackNow,
  steps,
  tagNow,
} from "./scope";

/**
 * The step that is chosen: the logged one that is nearest to what was asked for. Change it with
 * `chooseStep` and `stepBy`.
 */
export const step = computed<number>(() => {
  const logged = steps.value;
  return wantedStep.value === null
    ? (logged[logged.length - 1] ?? 0)
    : nearest(logged, wantedStep.value);
});

/** Heads chosen in the head view, ascending; never empty where the layer has heads. */
export const heads = computed<readonly number[]>(() =>
  validHeads(activeHeads.value, headCount.value),
);

/** The query that a view explains when none is pinned: the last one. */
export const activeQuery = computed(
  () => query.value ?? Math.max(0, (querySequence.value?.tokens.length ?? 1) - 1),
);

/** `chosen` without what a layer of `count` heads lacks; all heads where nothing is left. */
export function validHeads(chosen: readonly number[] | null, count: number): readonly number[] {
  const kept = chosen?.filter((each) => each < count) ?? [];
  return kept.length > 0 ? kept : Array.from({ length: count }, (_, index) => index);
}

/**
 * The entry of ascending `values` that is nearest to `wanted`, the lower one of two; `wanted`
 * itself where there are none.
 */
export function nearest(values: readonly number[], wanted: number): number {
  let best = values[0] ?? wanted;
  for (const value of values) if (Math.abs(value - wanted) < Math.abs(best - wanted)) best = value;
  return best;
}

export function chooseLayer(wanted: number): void {
  layer.value = nearest(layers.value, wanted);
}

/** The next layer up (+1) or down (-1) that exists. */
export function layerBy(offset: 1 | -1): void {
  layer.value = neighbour(layers.value, layer.value, offset);
}

/** Switches a head on or off; the last active one stays on. */
export function toggleHead(wanted: number): void {
  if (wanted < 0 || wanted >= headCount.value) return;
  const now = heads.value;
  if (!now.includes(wanted)) setHeads([...now, wanted].sort((a, b) => a - b));
  else if (now.length > 1) setHeads(now.filter((each) => each !== wanted));
}

/** Leaves only this head; all heads again where it is already alone. */
export function isolateHead(wanted: number): void {
  if (wanted < 0 || wanted >= headCount.value) return;
  const alone = heads.value.length === 1 && heads.value[0] === wanted;
  batch(() => {
    activeHeads.value = alone ? null : [wanted];
    head.value = wanted;
  });
}

export function setHeads(wanted: readonly number[] | null): void {
  activeHeads.value = wanted !== null && wanted.length === headCount.value ? null : wanted;
}

/** Makes a head the focused one, switched on. */
export function focusHead(wantedLayer: number, wantedHead: number): void {
  batch(() => {
    chooseLayer(wantedLayer);
    head.value = Math.max(0, Math.min(wantedHead, headCount.value - 1));
    if (!heads.value.includes(head.value))
      setHeads([...heads.value, head.value].sort((a, b) => a - b));
  });
}

/** The next focused head; it wraps at the ends. */
export function headBy(offset: 1 | -1): void {
  const count = headCount.value;
  if (count > 0) head.value = (head.value + offset + count) % count;
}

export function chooseStep(wanted: number): void {
  wantedStep.value = nearest(steps.value, wanted);
}

/** The newest step, also when a newer one comes. */
export function followSteps(): void {
  wantedStep.value = null;
}

/** The next (+1) or previous (-1) logged step; stays at the ends. */
export function stepBy(offset: 1 | -1): void {
  wantedStep.value = neighbour(steps.value, step.value, offset);
}

export function pinQuery(wanted: number | null): void {
  query.value = within(wanted, querySequence.value?.tokens.length);
}

export function pinKey(wanted: number | null): void {
  key.value = within(wanted, keySequence.value?.tokens.length);
}

export function unpin(): void {
  batch(() => {
    query.value = null;
    key.value = null;
  });
}

/** Keeps a head enlarged in the model view, or lets it go. */
export function togglePin(wanted: HeadAddress): void {
  const others = pins.value.filter(
    (each) => each.layer !== wanted.layer || each.head !== wanted.head,
  );
  pins.value = others.length < pins.value.length ? others : [...others, wanted];
}

function neighbour(values: readonly number[], now: number, offset: 1 | -1): number {
  const at = values.indexOf(nearest(values, now));
  return values[Math.max(0, Math.min(values.length - 1, at + offset))] ?? now;
}

function within(wanted: number | null, length: number | undefined): number | null {
  return wanted !== null && length !== undefined && wanted >= 0 && wanted < length ? wanted : null;
}
