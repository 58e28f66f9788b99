/**
 * Numbers and names as text, one spelling for each thing: NaN and infinity are said, never left
 * blank; a minus is a minus sign.
 */

/** "NaN", "∞", "−∞"; null for a number. */
function special(value: number): string | null {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "∞";
  return value === Number.NEGATIVE_INFINITY ? "−∞" : null;
}

function withMinus(text: string): string {
  return text.replace(/-/g, "−");
}

/** Four decimals; very small and very large numbers as powers of ten; "0" is exactly nothing. */
export function exactText(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  const powers = size >= 1e5 || size < 0.00005;
  return special(value) ?? withMinus(powers ? value.toExponential(2) : value.toFixed(4));
}

/** A setting as it was given, with all its digits. */
export function plainText(value: number): string {
  return special(value) ?? withMinus(String(value));
}

/** As `exactText`, with its sign. */
export function signedText(value: number): string {
  return value > 0 ? `+${exactText(value)}` : exactText(value);
}

/** With so many decimals; what rounds to zero has no sign. */
export function fixedText(value: number, digits: number): string {
  return special(value) ?? withMinus(value.toFixed(digits)).replace(/^−([0.]+)$/, "$1");
}

/**
 * An effect, which may be 0.0008 or 4: two decimals, below 0.1 two significant digits; "0" is
 * exactly nothing.
 */
export function effectText(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 0.1) return fixedText(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
  const digits = size < 0.00005 ? value.toExponential(1) : String(Number(value.toPrecision(2)));
  return special(value) ?? withMinus(digits);
}

/** Two decimals for places with little room. */
export function shortText(value: number): string {
  if (Math.abs(value) >= 1e4) return special(value) ?? withMinus(value.toExponential(1));
  return fixedText(value, 2);
}

/**
 * A weight for a cell: ".47", "1", "0"; of a difference "−.05". `strongest`: what the strongest
 * colour stands for; where that is under 0.1 there are three decimals, "−.005".
 */
export function cellText(weight: number, strongest = 1): string {
  return fixedText(weight, strongest < 0.1 ? 3 : 2)
    .replace(/^(−?)0\./, "$1.")
    .replace(/^−?\.0+$/, "0")
    .replace(/\.0+$/, "");
}

/** A small difference for a narrow cell, in thousandths: "11", "−5". */
export function thousandthsText(difference: number): string {
  return fixedText(1000 * difference, 0);
}

/**
 * A weight for places with little room: three decimals, four where the largest beside it is under
 * 0.1.
 */
export function shortWeightText(value: number, largest: number): string {
  return fixedText(value, largest < 0.1 ? 4 : 3);
}

/** A score with two decimals; masked scores are -Infinity. */
export function scoreText(score: number): string {
  return score === Number.NEGATIVE_INFINITY ? "masked" : shortText(score);
}

/** The end of a scale: two significant digits. */
export function limitText(value: number): string {
  return digitsText(value, 2);
}

/** Both ends of an axis, with as many significant digits as tell them apart, two at least. */
export function endTexts([low, high]: readonly [number, number]): readonly [string, string] {
  let digits = 2;
  while (digits < 17 && low !== high && digitsText(low, digits) === digitsText(high, digits))
    digits++;
  return [digitsText(low, digits), digitsText(high, digits)];
}

/** So many significant digits, one less in powers of ten. */
function digitsText(value: number, digits: number): string {
  const size = Math.abs(value);
  return size >= 1e4 || (size < 1e-3 && size > 0)
    ? withMinus(value.toExponential(digits - 2))
    : withMinus(String(Number(value.toPrecision(digits))));
}

/** A share 0..1 as "97 %", never rounded to all or nothing. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.005) return "under 1 %";
  if (share < 1 && share >= 0.995) return "over 99 %";
  return `${fixedText(share * 100, 0)} %`;
}

/** A share for a cell of a table: whole percent, one decimal for small ones. */
export function shortPercentText(share: number): string {
  return Number.isFinite(share)
    ? `${fixedText(share * 100, share > 0 && share < 0.0095 ? 1 : 0)} %`
    : exactText(share);
}

/**
 * 1200 as "1,200": a step, a distance, or how many. By hand, since the first use of Intl takes a
 * browser 10 ms and more, before the first picture.
 */
export function countText(count: number): string {
  return fixedText(count, 0).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * A round number on an axis, with as many digits as its distance to the next one, `step`, asks for.
 */
export function tickText(value: number, step: number): string {
  if (value === 0) return "0";
  const [size, power] = [Math.abs(value), powerOf(step)];
  return withMinus(
    size >= 1e5 || step <= 1e-5
      ? value.toExponential(Math.max(0, powerOf(size) - power))
      : value.toLocaleString("en-US", { maximumFractionDigits: Math.max(0, -power) }),
  );
}

/**
 * 2 for 100 and for 999; a hair below a power of ten, as sums of floats are, counts as that power.
 */
function powerOf(size: number): number {
  return Math.floor(Math.log10(size) + 1e-9);
}

/** "1 token", "12 tokens"; `several`: where it is no mere "s", as of "story". */
export function plural(count: number, noun: string, several = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : several}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split(" ");

/** Seconds since 1970 as local date and time, "7 Sept 2026, 03:04"; by hand, as `countText`. */
export function timeText(seconds: number): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return String(at);
  const [hours, minutes] = [at.getHours(), at.getMinutes()].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}, ${hours}:${minutes}`;
}
