/** How weights are shown, in every view. */

import { signal } from "@preact/signals";

export type Scale = "linear" | "sqrt";

/** Colour or width follows the weight, or its square root so that small weights stay visible. */
export const scale = signal<Scale>("sqrt");
/** Smaller weights are not drawn. */
export const smallest = signal(0.02);
/** The mean of the chosen heads instead of each of them. */
export const mean = signal(false);

/** Strength 0..1 with which a weight 0..1 is drawn; 0 where it is below `smallest`. Reads both signals. */
export function strength(weight: number): number {
  if (!(weight >= smallest.value)) return 0;
  const bounded = Math.min(1, weight);
  return scale.value === "sqrt" ? Math.sqrt(bounded) : bounded;
}
