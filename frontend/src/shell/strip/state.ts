/**
 * The strips of text as signals: their words, where these stand, what is found in them. One strip
 * where queries and keys are the same text, else one for each.
 */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { canvasFont } from "../../draw/style";
import { textWidth } from "../../draw/text";
import { NO_VIEWPORT, type Viewport } from "../../draw/viewport";
import { otherKeySequence, otherQuerySequence } from "../../state/compare";
import { field, flag } from "../../state/field";
import { inAddress } from "../../state/fields";
import { hiddenOf } from "../../state/hidden";
import { type RowLabel, textLabels } from "../../state/row_labels";
import { head, keySequence, layerNow, querySequence } from "../../state/selection";
import { oneText, type WordSide } from "../../state/token_pair";
import type { Sequence } from "../../types";
import { readable, textTokens } from "../../ui/readable";
import { type Boxes, layPatches, layWords, tokensIn } from "./layout";
import { marksOf, type TextMark } from "./marks";
import { type PatchGrid, patchGrid } from "./patches";
import { findTokens, type Hit } from "./search";

/** What is looked for in the text. */
export const find = signal("");
inAddress("find", field(find, String, String));
/** Long texts take several lines. */
export const open = signal(false);
inAddress("text_open", flag(open));
/** The word of the keyboard. */
export const active = signal<{ readonly strip: Strip; readonly place: number } | null>(null);
/** Which of the hits is looked at. */
export const hitNow = signal(0);

export const FONT = 14;
const MARK_FONT = 11;
const LINE = 26;
const WORD = 22;
/** How high a picture is, and how high while the text is open. */
const PICTURE = { closed: 84, open: 308 };

/** One strip. */
export interface Strip {
  readonly side: WordSide;
  readonly sequence: ReadonlySignal<Sequence | null>;
  /** As in the text, and as the other views name them. */
  readonly labels: ReadonlySignal<readonly RowLabel[]>;
  readonly marks: ReadonlySignal<readonly TextMark[]>;
  readonly grid: ReadonlySignal<PatchGrid | null>;
  readonly boxes: ReadonlySignal<Boxes>;
  readonly hits: ReadonlySignal<readonly Hit[]>;
  /** Tokens that are in sight, or nearly so. */
  readonly seen: ReadonlySignal<readonly number[]>;
  readonly view: Signal<Viewport>;
  scroller: HTMLElement | null;
}

const BOTH = stripOf("both");
const QUERIES = stripOf("query");
const KEYS = stripOf("key");

export const strips = computed<readonly Strip[]>(() => (oneText.value ? [BOTH] : [QUERIES, KEYS]));

function stripOf(side: WordSide): Strip {
  const view = signal(NO_VIEWPORT);
  const width = computed(() => view.value.width);
  const sequence = computed(() => (side === "key" ? keySequence : querySequence).value);
  const other = computed(() => (side === "key" ? otherKeySequence : otherQuerySequence).value);
  const text = kept(() => sequence.value, sameText);
  const compared = kept(() => other.value, sameText);
  const hidden = kept(
    () => (side === "query" ? null : hiddenOf(layerNow.value, head.value)),
    (a, b) => String(a) === String(b),
  );
  const labels = computed(() =>
    text.value === null ? [] : textLabels(text.value, compared.value, hidden.value),
  );
  const marks = computed(() => (text.value === null ? [] : marksOf(text.value)));
  const grid = computed(() => (text.value === null ? null : patchGrid(text.value.tokens)));
  const measured = computed(() => {
    const font = canvasFont(MARK_FONT);
    return {
      tokens: textTokens(labels.value, canvasFont(FONT)),
      marks: marks.value.map(({ at, label }) => ({ at, width: textWidth(label, font) + 8 })),
      lineHeight: LINE,
      height: WORD,
    };
  });
  const boxes = computed(() => {
    if (grid.value)
      return layPatches(measured.value, grid.value, open.value ? PICTURE.open : PICTURE.closed);
    return layWords(measured.value, open.value ? Math.max(60, width.value) : null);
  });
  const hits = computed(() => (text.value === null ? [] : findTokens(text.value, find.value)));
  const part = kept(
    () => partOf(view.value),
    (a, b) => String(a) === String(b),
  );
  const seen = computed(() => {
    const [left, top, width, height] = part.value;
    return tokensIn(boxes.value, { left, top, width, height });
  });
  return { side, sequence, labels, marks, grid, boxes, hits, seen, view, scroller: null };
}

/** Words are drawn by the page, as many as stand within so many pixels of what is seen. */
const AHEAD = { across: 400, down: 5 * LINE };

/** The part of the text that is drawn; the same while one scrolls a little. */
function partOf({ left, top, width, height }: Viewport) {
  const from = (at: number, ahead: number): number => (Math.floor(at / ahead) - 1) * ahead;
  return [
    from(left, AHEAD.across),
    from(top, AHEAD.down),
    width + 3 * AHEAD.across,
    height + 3 * AHEAD.down,
  ] as const;
}

/** The label as it stands in the text. */
export function wordOf({ labels }: Strip, place: number): RowLabel | null {
  const label = labels.value[place];
  return label ? readable(label) : null;
}

/** All hits, in the order of the strips. */
export const hits = computed(() =>
  strips.value.flatMap((strip) => strip.hits.value.map((hit) => ({ strip, hit }))),
);

/** A computed value that stays the same object while nothing of it changes. */
function kept<T>(read: () => T, same: (a: T, b: T) => boolean): ReadonlySignal<T> {
  let last: { readonly value: T } | null = null;
  return computed(() => {
    const next = read();
    if (last === null || !same(last.value, next)) last = { value: next };
    return last.value;
  });
}

/** Most steps have the same text: it is not laid anew for each of them. */
function sameText(a: Sequence | null, b: Sequence | null): boolean {
  if (a === null || b === null) return a === b;
  const parts = (of: Sequence): readonly unknown[] => [
    ...of.tokens,
    of.prompt,
    of.special,
    of.segments,
    of.documents,
    JSON.stringify(of.spans),
  ];
  const [one, two] = [parts(a), parts(b)];
  return one.length === two.length && one.every((each, at) => String(each) === String(two[at]));
}
