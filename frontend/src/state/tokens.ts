/**
 * How a token is shown: everything in it that could not be seen, or would move the text around it,
 * gets a visible sign.
 */

import type { Characters, Sequence } from "../types";

/**
 * `label` is plain text for textContent or fillText; `quiet` says that it stands for something
 * invisible as a whole.
 */
export interface TokenLabel {
  readonly label: string;
  readonly quiet: boolean;
  /** True where `label` is shorter than the token; `full` then belongs in a tooltip. */
  readonly cut: boolean;
  readonly full: string;
  /**
   * Which part of a character that is spread over several tokens this is, such as "1/3"; shown
   * quietly behind the label.
   */
  readonly part?: string;
  /** What to call the token in a sentence, where `label` alone does not say it: "🙂 2/3". */
  readonly named?: string;
  readonly special?: boolean;
}

/** Longest label in characters. */
export const LONGEST = 40;
/** Longest text of a tooltip: a token of 10,000 characters must not fill the screen. */
const LONGEST_FULL = 400;

// Controls, separators, direction marks and isolates, zero-width characters, soft hyphen, tags, and
// the byte order mark; not the joiner within an emoji, which is seen as one picture.
const INVISIBLE =
  /(?<=\p{ExtPict}[\u{fe0f}\u{1f3fb}-\u{1f3ff}]?)\u{200d}(?=\p{ExtPict})|([\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{3164}\u{ffa0}]|\u{34f})/gu;

/** The label of a text, such as "·doctor" for " doctor". At most `longest` characters. */
export function displayToken(text: string, longest = LONGEST): TokenLabel {
  if (text === "") return { label: "∅", quiet: true, cut: false, full: "∅" };
  const [full, whole] = shorten(
    visibleText(text.length > LONGEST_FULL * 2 ? text.slice(0, LONGEST_FULL * 2) : text),
    LONGEST_FULL,
  );
  const [label] = shorten(full, longest);
  const cut = label !== full || !whole || text.length > LONGEST_FULL * 2;
  return { label, quiet: !/[^\s·↵→␣]/u.test(full), cut, full };
}

/**
 * The label of token `index`: a character that is spread over several tokens stands with the first
 * of them.
 */
export function tokenLabel(sequence: Sequence, index: number, longest = LONGEST): TokenLabel {
  const run = runAt(sequence, index);
  const special = sequence.special[index] === true;
  if (run === undefined) {
    const shown = displayToken(sequence.tokens[index] ?? `#${index}`, longest);
    return special ? { ...shown, special } : shown;
  }
  const part = partOf(run, index);
  const whole = displayToken(run.text, longest);
  const full = `${whole.full}: ${part} of its bytes, ${displayToken(sequence.tokens[index] ?? "").full}`;
  const named = `${whole.label} ${part}`;
  return index === run.first
    ? { ...whole, cut: true, full, part, named }
    : { label: part, quiet: true, cut: true, full, named };
}

const texts = new WeakMap<Sequence, readonly string[]>();

/**
 * The tokens as texts for `displayToken`: a character that is spread over several stands with the
 * first of them, which all are counted.
 */
export function tokenTexts(sequence: Sequence | null): readonly string[] {
  if (sequence === null || sequence.characters.length === 0) return sequence?.tokens ?? [];
  const known =
    texts.get(sequence) ??
    sequence.tokens.map((token, index) => {
      const run = runAt(sequence, index);
      if (run === undefined) return token;
      return index === run.first ? `${run.text} ${partOf(run, index)}` : partOf(run, index);
    });
  texts.set(sequence, known);
  return known;
}

function partOf({ first, last }: Characters, index: number): string {
  return `${index - first + 1}/${last - first + 1}`;
}

/**
 * What tokens first .. last spell together; a character that is spread over several of them once.
 */
export function spelled(sequence: Sequence, first: number, last: number): string {
  let text = "";
  for (let index = first; index <= last; index++) {
    const run = runAt(sequence, index);
    if (run === undefined) text += sequence.tokens[index] ?? "";
    else if (index === run.first || index === first) text += run.text;
  }
  return text;
}

/**
 * What the first `most` tokens spell together, for a caption. Of a text of nothing but numbers,
 * without spaces, nobody could tell where one token ends: they stand apart.
 */
export function spelledForReaders(sequence: Sequence, most: number): string {
  const last = Math.min(sequence.tokens.length, most) - 1;
  const shown = sequence.tokens
    .slice(0, last + 1)
    .filter((_, index) => sequence.special[index] !== true);
  const isDigits = shown.length > 1 && shown.every((each) => /^[\p{N}.,+\-−]*\p{N}$/u.test(each));
  return isDigits ? sequence.tokens.slice(0, last + 1).join(" ") : spelled(sequence, 0, last);
}

const runs = new WeakMap<Sequence, ReadonlyMap<number, Characters>>();

/** The run of tokens with shared characters that a token belongs to. */
export function runAt(sequence: Sequence, index: number): Characters | undefined {
  let known = runs.get(sequence);
  if (!known) {
    const places = sequence.characters.flatMap((run) =>
      Array.from(
        { length: run.last - run.first + 1 },
        (_, place) => [run.first + place, run] as const,
      ),
    );
    known = new Map(places);
    runs.set(sequence, known);
  }
  return known.get(index);
}

const NUMBER = /^[·\s]*[+\-−]?[\p{N}.,:/%]*\p{N}[\p{N}.,:/%]*[·\s]*$/u;
/** Labels are asked about in every frame, and are those of a vocabulary. */
const readAsNumbers = new Map<string, boolean>();

/** Whether a token could be taken for an index or a weight. */
export function readsAsNumber(label: string): boolean {
  const known = readAsNumbers.get(label);
  if (known !== undefined) return known;
  const reads = NUMBER.test(label);
  readAsNumbers.set(label, reads);
  return reads;
}

/** A label in a sentence: one that could be taken for a number is quoted. */
export function inWords(label: string): string {
  return readsAsNumber(label) ? `“${label}”` : label;
}

/**
 * `text` with every invisible character as a sign: space "·", newline "↵", tab "→", others as
 * escapes such as \x07 or \u202e.
 */
function visibleText(text: string): string {
  return (
    text
      .replace(INVISIBLE, (joiner: string, character: string | undefined) =>
        character === undefined ? joiner : escaped(character),
      )
      .replace(/^ +| +$/g, (spaces) => "·".repeat(spaces.length))
      .replace(/ {2,}/g, (spaces) => "·".repeat(spaces.length))
      // An accent without its letter would land on whatever stands before it.
      .replace(/^(?=\p{M})/u, "◌")
  );
}

function escaped(character: string): string {
  if (character === "\n") return "↵";
  if (character === "\t") return "→";
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

function shorten(text: string, longest: number): [string, boolean] {
  const characters = [...text.slice(0, longest * 2 + 2)];
  if (characters.length <= longest && text.length <= longest * 2 + 2) return [text, true];
  return [`${characters.slice(0, longest - 1).join("")}…`, false];
}
