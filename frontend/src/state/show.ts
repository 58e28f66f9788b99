/** How weights are shown, in every view. */

import { computed, signal } from "@preact/signals";
import { choice, countOrNull, field, flag, oneOf, orEmpty, share, shareOrNull } from "./field";
import { inAddress } from "./fields";
import type { Limits } from "./head_cells";

export type Show = "weight" | "arriving";
export type Scale = "linear" | "sqrt";
/**
 * "hide" leaves the weights of other keys as they are; "renormalise" divides them by what remains,
 * so that rows sum to 1 again.
 */
export type FirstToken = "show" | "hide" | "renormalise";
/**
 * Which token that is: the first one, the one that each head rests on (another for each head, and
 * none for most), or one at a position.
 */
export type MeantToken = "first" | "resting" | number;
/** Segments of a pair of sentences: queries of the first letter to keys of the second. */
export type Segments = "all" | "AA" | "AB" | "BA" | "BB";

/** Colour or width follows the weight, or its square root so that small weights stay visible. */
export const scale = signal<Scale>("sqrt");
inAddress("scale", choice(scale, ["linear", "sqrt"]));
/** Smaller weights are not drawn; null: it scales with the text, as `leastWeight` says. */
export const smallest = signal<number | null>(null);
inAddress("smallest", field(smallest, orEmpty, shareOrNull));
/**
 * Of each query only the largest weights are drawn that together make this share of what is shown
 * of it; 1: all of them.
 */
export const mass = signal(1);
inAddress("mass", field(mass, String, share));
/** Which weights are too small to be drawn. */
export const limits = computed<Limits>(() => ({ smallest: smallest.value, share: mass.value }));
/** The mean of the chosen heads instead of each of them. */
export const mean = signal(false);
inAddress("mean", flag(mean));
/**
 * "arriving": in the place of a weight its share of what arrives, weight times length of the value;
 * what can be shown is `showNow` in `arriving.ts`.
 */
export const show = signal<Show>("weight");
inAddress("show", choice(show, ["weight", "arriving"]));
/** What becomes of the token where heads leave the weight that they do not need. */
export const first = signal<FirstToken>("show");
inAddress("first", choice(first, ["show", "hide", "renormalise"]));
/** Which token that is. */
export const token = signal<MeantToken>("first");
inAddress("token", field(token, String, parseToken));
/** Special tokens are treated as the first one is. */
export const special = signal(false);
inAddress("special", flag(special));
/** Whole words instead of tokens: the sum over the keys of a word, the mean over its queries. */
export const words = signal(false);
inAddress("words", flag(words));
export const segments = signal<Segments>("all");
inAddress("segments", choice(segments, ["all", "AA", "AB", "BA", "BB"]));
/** Weights of one pair of segments are divided by their sum, so that rows sum to 1 again. */
export const segmentShare = signal(false);
inAddress("segmentShare", flag(segmentShare));

function parseToken(text: string): MeantToken {
  return oneOf(["first", "resting"] as const, text) ?? countOrNull(text) ?? "first";
}

/** Strength 0..1 with which a weight 0..1 is drawn; 0 where it is below `least`. Reads the scale. */
export function strength(weight: number, least: number): number {
  if (!(weight >= least)) return 0;
  const bounded = Math.min(1, weight);
  return scale.value === "sqrt" ? Math.sqrt(bounded) : bounded;
}
