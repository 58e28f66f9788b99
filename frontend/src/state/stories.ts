/**
 * Stories: what stands out most over all runs and probes, in the order in which they were first
 * told, and the one that is on the screen. Written by `load_stories.ts`.
 */

import { batch, computed, signal } from "@preact/signals";
import type { Curves, Stories, Story } from "../types";
import { type Asked, NOT_ASKED } from "./ask";
import {
  activeHeads,
  type HeadAddress,
  head,
  key,
  layer,
  query,
  run,
  stack,
  tag,
  view,
  viewIsChosen,
  wantedStep,
} from "./chosen";
import { compareMode, withRun, withStep, withTag } from "./compare";
import { field } from "./field";
import { inAddress } from "./fields";
import { probeKey } from "./histories";
import { forget, MAY_BE_MISSING } from "./missing";
import { metric } from "./overview";
import { stackNow } from "./scope";
import { offered } from "./token_pair";

/** A story with a name of its own within its probe. */
export interface ToldStory extends Story {
  readonly id: string;
}

export const askedStories = signal<Asked<Stories>>(NOT_ASKED);
export const askedCurves = signal<Asked<Curves>>(NOT_ASKED);
/** As far as they are known. One that comes late stands behind those that were seen before. */
export const stories = signal<readonly ToldStory[]>([]);

/** The story that was opened last; it is on the screen as long as its head is. */
export const chosenStory = signal("");
inAddress("story", field(chosenStory, String, String));

/** The loss of the chosen probe and the scalars of its run; null until they are there. */
export const curves = computed(() =>
  askedCurves.value.of === probeKey(run.value, tag.value) ? askedCurves.value.value : null,
);

/** The story about the head on the screen: the one that was opened, else the strongest. */
export const storyNow = computed<ToldStory | null>(() => {
  const fitting = stories.value.filter(fits);
  return fitting.find((each) => each.id === chosenStory.value) ?? fitting[0] ?? null;
});

function fits(story: ToldStory): boolean {
  if (story.run !== run.value || story.tag !== tag.value) return false;
  if (stackNow.value !== null && stackNow.value.name !== story.stack) return false;
  const heads = headsOf(story);
  return heads.length > 0
    ? heads.some((each) => each.layer === layer.value && each.head === head.value)
    : story.finding.layers.length === 0 || story.finding.layers.includes(layer.value);
}

/** The heads that a story is about, the one to look at first; none where it is about layers. */
export function headsOf(story: Story): readonly HeadAddress[] {
  const all = [...(story.head ? [story.head] : []), ...story.heads];
  return all
    .map(([ofLayer, ofHead]) => ({ layer: ofLayer, head: ofHead }))
    .filter((each, at, those) => those.findIndex((other) => isSame(other, each)) === at);
}

function isSame(a: HeadAddress, b: HeadAddress): boolean {
  return a.layer === b.layer && a.head === b.head;
}

/**
 * `next` in the order of `known`: what was told before stays where it is, what is new comes behind
 * it. What is no longer told goes once the answer is `whole`.
 */
export function inOrderOf(
  known: readonly ToldStory[],
  next: readonly Story[],
  whole: boolean,
): readonly ToldStory[] {
  const told = new Map(named(next).map((each) => [placeOf(each), each]));
  const before = known.flatMap((each) => told.get(placeOf(each)) ?? (whole ? [] : [each]));
  const places = new Set(known.map(placeOf));
  return [...before, ...[...told].flatMap(([place, each]) => (places.has(place) ? [] : [each]))];
}

function placeOf({ run: ofRun, tag: ofTag, id }: ToldStory): string {
  return JSON.stringify([ofRun, ofTag, id]);
}

/**
 * Names hold no steps: those of a story about the newest step change with each one that is logged.
 * A second one of the same kind, metric and head is counted.
 */
function named(all: readonly Story[]): readonly ToldStory[] {
  const counts = new Map<string, number>();
  return all.map((story) => {
    const of = headsOf(story)[0];
    const where = of ? [of.layer, of.head] : [story.finding.layers[0] ?? 0];
    const name = [story.finding.kind, story.metric ?? "", ...where].join(".");
    const place = JSON.stringify([story.run, story.tag, story.stack, name]);
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    return { ...story, id: count === 1 ? name : `${name}.${count}` };
  });
}

/** Shows a story: its run, probe, head and metric, and the steps before and after it beside it. */
export function openStory(story: ToldStory): void {
  const [of] = headsOf(story);
  batch(() => {
    forget(...MAY_BE_MISSING);
    run.value = story.run;
    tag.value = story.tag;
    stack.value = story.stack;
    layer.value = of?.layer ?? story.finding.layers[0] ?? 0;
    head.value = of?.head ?? 0;
    activeHeads.value = [head.peek()];
    wantedStep.value = story.after;
    query.value = story.query;
    key.value = story.key;
    offered.value = { query: story.query, key: story.key };
    metric.value = story.metric ?? story.finding.metric ?? "";
    compareMode.value = story.before === null ? "off" : "both";
    withRun.value = null;
    withTag.value = null;
    withStep.value = story.before ?? "first";
    view.value = "story";
    viewIsChosen.value = true;
    chosenStory.value = story.id;
  });
}

/** The next (+1) or previous (-1) story; after the last one the first. */
export function storyBy(offset: 1 | -1): void {
  const all = stories.peek();
  const now = storyNow.peek();
  const at = now === null ? (offset > 0 ? -1 : 0) : all.indexOf(now);
  const next = all[(at + offset + all.length) % all.length];
  if (next) openStory(next);
}
