/** Text in parts that a font has all characters of, and parts that it has not. */

export interface Segment {
  readonly part: string;
  readonly known: boolean;
}

/** Scripts that run from the right, and marks that stand on the letter before: not to be parted. */
const TOGETHER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|\u200d|\p{M}/u;

export function segmentsOf(text: string, has: (character: string) => boolean): readonly Segment[] {
  if (TOGETHER.test(text)) return [{ part: text, known: false }];
  const segments: { part: string; known: boolean }[] = [];
  for (const character of text) {
    const last = segments.at(-1);
    const known = has(character);
    if (last?.known === known) last.part += character;
    else segments.push({ part: character, known });
  }
  return segments;
}
