/**
 * Where words begin among the tokens of a sequence, by the rules of Unicode (a dictionary for
 * languages without spaces). Pure.
 */

import type { Sequence } from "../types";
import { runAt, spelled } from "./tokens";

/** A text, and where each token stands in it: UTF-16 units [start, end). */
interface Placed {
  readonly text: string;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Made once it is needed: that takes a browser 10 ms and more. */
let segmenter: Intl.Segmenter | undefined;

const known = new WeakMap<Sequence, Uint8Array>();

/**
 * 1 where a word begins. Special tokens and punctuation are words of their own; so is every token
 * where nothing tells words apart.
 */
export function wordStarts(sequence: Sequence): Uint8Array {
  const found = known.get(sequence);
  if (found) return found;
  const starts = findStarts(sequence);
  known.set(sequence, starts);
  return starts;
}

function findStarts(sequence: Sequence): Uint8Array {
  const placed = placedByOffsets(sequence) ?? placedBySpelling(sequence);
  const within = withinWords(placed.text);
  return Uint8Array.from(sequence.tokens, (token, index) => {
    const run = runAt(sequence, index);
    if (run && index > run.first) return 0;
    if (index === 0 || sequence.special[index] || sequence.special[index - 1]) return 1;
    const start = placed.starts[index] ?? 0;
    const before = placed.ends[index - 1] ?? 0;
    if (start < before && start > (placed.starts[index - 1] ?? 0)) return 0;
    if (sequence.tokens[index - 1] === " " && /^[\p{L}\p{N}]/u.test(token)) return 0;
    return start === before && within[start] === 1 ? 0 : 1;
  });
}

/**
 * Whether a space stands before a token in the text, also where the vocabulary does not hold
 * spaces.
 */
export function spaceBefore(sequence: Sequence, index: number): boolean {
  const { tokens, special, starts, ends } = sequence;
  if (index === 0) return false;
  if (/^\s/u.test(tokens[index] ?? "") || /\s$/u.test(tokens[index - 1] ?? "")) return true;
  if (special[index] || special[index - 1]) return true;
  const run = runAt(sequence, index);
  if (run && index > run.first) return false;
  if (sequence.text !== "" && starts.length > 0)
    return (starts[index] ?? 0) > (ends[index - 1] ?? 0);
  return !isSpaced(sequence) && !sequence.pieces[index]?.startsWith("##");
}

const spacing = new WeakMap<Sequence, boolean>();

/** Whether the tokens hold the spaces between them. */
function isSpaced(sequence: Sequence): boolean {
  const found =
    spacing.get(sequence) ??
    sequence.tokens.some((token, index) => /\s/u.test(token) && !sequence.special[index]);
  spacing.set(sequence, found);
  return found;
}

/**
 * 1 at every place of a text that lies within a word, or within an emoji that is made of several.
 */
function withinWords(text: string): Uint8Array {
  const within = new Uint8Array(text.length + 1);
  segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
  for (const { index, segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike || /\p{ExtPict}/u.test(segment))
      within.fill(1, index + 1, index + segment.length);
  }
  return within;
}

function placedByOffsets({ text, starts, ends }: Sequence): Placed | null {
  if (text === "" || starts.length === 0 || ends.length === 0) return null;
  const units = unitsOf(text);
  const unit = (place: number): number => units[Math.min(place, units.length - 1)] ?? 0;
  return { text, starts: starts.map(unit), ends: ends.map(unit) };
}

/** UTF-16 unit at which each code point begins, and the length. */
function unitsOf(text: string): Uint32Array {
  const units = new Uint32Array([...text].length + 1);
  let [point, at] = [0, 0];
  for (const character of text) {
    units[point++] = at;
    at += character.length;
  }
  units[point] = at;
  return units;
}

/**
 * The tokens one after the other; vocabularies that do not hold spaces mark the tokens that
 * continue a word with "##".
 */
function placedBySpelling(sequence: Sequence): Placed {
  const { tokens, pieces } = sequence;
  const spaced = isSpaced(sequence);
  const marked = pieces.some((piece) => piece.startsWith("##"));
  const starts = new Uint32Array(tokens.length);
  const ends = new Uint32Array(tokens.length);
  let text = "";
  tokens.forEach((_, index) => {
    const run = runAt(sequence, index);
    const continues = spaced || pieces[index]?.startsWith("##");
    if (!continues && (marked || run === undefined || index === run.first)) text += " ";
    starts[index] = text.length;
    if (run === undefined) text += tokens[index] ?? "";
    else if (index === run.first) text += spelled(sequence, run.first, run.last);
    ends[index] = text.length;
  });
  return { text, starts, ends };
}
