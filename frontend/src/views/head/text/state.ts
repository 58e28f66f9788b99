/**
 * The drawing as running text as signals: the passages, where their tokens stand, and what shades
 * them.
 */

import { computed, signal } from "@preact/signals";
import { leastRatio } from "../../../draw/ratio";
import { canvasFont } from "../../../draw/style";
import { NO_VIEWPORT } from "../../../draw/viewport";
import { choice, field } from "../../../state/field";
import { inAddress } from "../../../state/fields";
import type { RowLabel } from "../../../state/row_labels";
import { readable, textTokens } from "../../../ui/readable";
import { layText, type TextLayout } from "../../../ui/running_text";
import { focus } from "../focus";
import { keyLabels, lossOf, queryLabels, sameRows } from "../rows";
import { series } from "../state";
import { letterSize, SMALLEST_LETTERS } from "./letters";

/**
 * "key": the token under the pointer attends, what it attends to is shaded. "query": what attends
 * to it is shaded.
 */
export const shaded = signal<"query" | "key">("key");
inAddress("shaded", choice(shaded, ["key", "query"]));
/** Lines under the words, the thicker the larger their loss. */
export const showsLosses = signal(true);
inAddress(
  "losses",
  field(
    showsLosses,
    (value) => (value ? "" : "0"),
    (text) => text !== "0",
  ),
);
export const viewport = signal(NO_VIEWPORT);
/** Its width alone: what is scrolled by does not lay the text anew. */
const width = computed(() => viewport.value.width);
const viewportHeight = computed(() => viewport.value.height);

export const PADDING = 4;
/** Stripes below a token: the heads with the largest weights. */
export const STRIPES = 3;
export const STRIPE_HEIGHT = 4;
/** Of the line under the word with the largest loss, in CSS pixels. */
export const LOSS_HEIGHT = 6;

/** Losses of the rows of a passage, in nats, and the largest of them; null where none is known. */
export interface PassageLosses {
  readonly values: readonly number[];
  readonly largest: number;
}

function lossesOf(side: "query" | "key", rows: number): PassageLosses | null {
  const values = Array.from({ length: rows }, (_, row) => lossOf(side, row));
  const largest = values.reduce((most, each) => (each > most ? each : most), 0);
  return largest > 0 ? { values, largest } : null;
}

/** Whether the losses of the text are known. */
export const knowsLosses = computed(
  () =>
    lossesOf("query", queryLabels.value.length) !== null ||
    lossesOf("key", keyLabels.value.length) !== null,
);

/** Room below the words for their losses. */
export const lossRoom = computed(() =>
  showsLosses.value && knowsLosses.value ? LOSS_HEIGHT + 2 : 0,
);

/** Size of the letters: larger on a wide card, as far as all of the text stays in sight. */
export const fontSize = computed(() => {
  // Figures have the letters of their captions.
  if (leastRatio.value > 0) return SMALLEST_LETTERS;
  const room = width.value - 2 * PADDING;
  const font = canvasFont(SMALLEST_LETTERS);
  const sides = sameRows.value ? [keyLabels] : [queryLabels, keyLabels];
  const lines = (): number =>
    sides
      .map((labels) => layText(textTokens(labels.value, font), room).lines)
      .reduce((sum, each) => sum + each, 0);
  return letterSize(width.value, viewportHeight.value, () => lines() * lineOf(SMALLEST_LETTERS));
});

function lineOf(size: number): number {
  const stripes = series.value.length > 1 ? Math.min(STRIPES, series.value.length) : 0;
  return size + 12 + stripes * STRIPE_HEIGHT + lossRoom.value;
}

export const lineHeight = computed(() => lineOf(fontSize.value));

/** A passage: one for self-attention, two where queries and keys are different tokens. */
export interface Passage {
  readonly side: "query" | "key";
  readonly labels: readonly RowLabel[];
  readonly layout: TextLayout;
  /** Null where they are not shown. */
  readonly losses: PassageLosses | null;
  /** Upper edge in CSS pixels. */
  readonly top: number;
}

export const passages = computed<readonly Passage[]>(() => {
  const room = width.value - 2 * PADDING;
  if (room <= 0) return [];
  const font = canvasFont(fontSize.value);
  const passage = (side: "query" | "key", labels: readonly RowLabel[], top: number): Passage => ({
    side,
    labels: labels.map(readable),
    layout: layText(textTokens(labels, font), room),
    losses: lossRoom.value > 0 ? lossesOf(side, labels.length) : null,
    top,
  });
  const first = passage("query", sameRows.value ? keyLabels.value : queryLabels.value, PADDING);
  if (sameRows.value) return [first];
  const title = 24;
  const below = first.top + title + first.layout.lines * lineHeight.value + 14;
  return [{ ...first, top: first.top + title }, passage("key", keyLabels.value, below + title)];
});

export const contentHeight = computed(() => {
  const last = passages.value[passages.value.length - 1];
  return last ? last.top + last.layout.lines * lineHeight.value + PADDING : 0;
});

/** The token that explains the shading, and the side it stands on. */
export const source = computed<{ readonly side: "query" | "key"; readonly row: number } | null>(
  () => {
    const { query, key, anchor } = focus.value;
    if (anchor === "key" && key !== null) return { side: "key", row: key };
    return query === null ? null : { side: "query", row: query };
  },
);
