/** How large the letters of the running text are. */

export const SMALLEST_LETTERS = 14;
const LARGEST_LETTERS = 32;
/** A line of so many letters' heights is still easy to follow, about 120 letters. */
const LONGEST_LINE = 64;
/** Of the height: words that end a line early take a little more. */
const FILLED = 0.9;

/**
 * For a card of `width` x `height` CSS pixels; `tall` is asked for the height of the text in the
 * smallest letters, where larger ones come into question.
 */
export function letterSize(width: number, height: number, tall: () => number): number {
  const wide = Math.min(LARGEST_LETTERS, Math.floor(width / LONGEST_LINE));
  if (wide <= SMALLEST_LETTERS) return SMALLEST_LETTERS;
  // The text takes up the square of the size of its letters.
  const fits = SMALLEST_LETTERS * Math.sqrt((FILLED * height) / Math.max(1, tall()));
  return Math.max(SMALLEST_LETTERS, Math.min(wide, Math.floor(fits)));
}
