/**
 * The one selection that every view shares: signals to read, actions to change it. No action leaves
 * an impossible choice.
 */

import { batch, computed } from "@preact/signals";
import {
  type ActiveHeads,
  activeHeads,
  type HeadAddress,
  head,
  key,
  layer,
  pins,
  query,
  view,
  wantedStep,
} from "./chosen";
import { forget } from "./missing";
import { nearest } from "./nearest";
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
  headsOf(activeHeads.value, head.value, headCount.value),
);

/** The query that a view explains when none is pinned: the last one. */
export const activeQuery = computed(
  () => query.value ?? Math.max(0, (querySequence.value?.tokens.length ?? 1) - 1),
);

/**
 * The heads that are on, without what a layer of `count` heads lacks; the focused one where nothing
 * is left.
 */
export function headsOf(active: ActiveHeads, focused: number, count: number): readonly number[] {
  if (active === "all") return Array.from({ length: count }, (_, index) => index);
  const kept = active?.filter((each) => each < count) ?? [];
  return kept.length > 0 || count === 0 ? kept : [Math.min(focused, count - 1)];
}

export function chooseLayer(wanted: number): void {
  batch(() => {
    forget("layer");
    layer.value = nearest(layers.value, wanted);
  });
}

/** The next layer up (+1) or down (-1) that exists. */
export function layerBy(offset: 1 | -1): void {
  chooseLayer(neighbour(layers.value, layer.value, offset));
}

/**
 * Switches a head on or off; the last active one stays on. The head that other views show is the
 * one that was switched on last, and never one that is off.
 */
export function toggleHead(wanted: number): void {
  if (wanted < 0 || wanted >= headCount.value) return;
  const now = heads.value;
  batch(() => {
    if (!now.includes(wanted)) {
      setHeads([...now, wanted].sort((a, b) => a - b));
      focus(wanted);
    } else if (now.length > 1) {
      const left = now.filter((each) => each !== wanted);
      setHeads(left);
      if (!left.includes(head.value)) focus(nearest(left, head.value));
    }
  });
}

/** Leaves only this head; all heads again where it is already alone. */
export function isolateHead(wanted: number): void {
  if (wanted < 0 || wanted >= headCount.value) return;
  const alone = heads.value.length === 1 && heads.value[0] === wanted;
  batch(() => {
    activeHeads.value = alone ? "all" : null;
    focus(wanted);
  });
}

export function setHeads(wanted: readonly number[]): void {
  activeHeads.value = wanted.length > 1 && wanted.length === headCount.value ? "all" : wanted;
}

/** Every head of the layer is on. */
export function allHeads(): void {
  activeHeads.value = "all";
}

/** The focused head is the only one that is on. */
export function oneHead(): void {
  activeHeads.value = null;
}

/** Chooses a head of the model, for every view: the head view has it alone. */
export function focusHead(wantedLayer: number, wantedHead: number): void {
  batch(() => {
    chooseLayer(wantedLayer);
    focus(Math.max(0, Math.min(wantedHead, headCount.value - 1)));
    oneHead();
  });
}

/**
 * The next head; it wraps at the ends. Where the head view shows several, the next of them is the
 * one that other views show.
 */
export function headBy(offset: 1 | -1): void {
  const count = headCount.value;
  if (count === 0) return;
  const among = heads.value;
  if (view.value === "head" && among.length > 1) {
    const at = Math.max(0, among.indexOf(nearest(among, head.value)));
    focus(among[(at + offset + among.length) % among.length] ?? head.value);
  } else focusHead(layer.value, (head.value + offset + count) % count);
}

function focus(wanted: number): void {
  batch(() => {
    forget("head");
    head.value = wanted;
  });
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
  batch(() => {
    forget("query");
    query.value = within(wanted, querySequence.value?.tokens.length);
  });
}

export function pinKey(wanted: number | null): void {
  batch(() => {
    forget("key");
    key.value = within(wanted, keySequence.value?.tokens.length);
  });
}

export function unpin(): void {
  batch(() => {
    forget("query", "key");
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
