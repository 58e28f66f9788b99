/** Numbers as text: exact for what is pointed at, short for labels; NaN and infinity are said, never left blank. */

function special(value: number): string | null {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "∞";
  return value === Number.NEGATIVE_INFINITY ? "−∞" : null;
}

function withMinus(text: string): string {
  return text.replace(/-/g, "−");
}

function rounded(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size >= 1e5 || (size !== 0 && size < 0.5 * 10 ** -digits))
    return withMinus(value.toExponential(Math.min(2, digits)));
  // Rounding to zero must not leave a minus sign behind.
  return withMinus((size === 0 ? 0 : value).toFixed(digits));
}

/** Four decimals; very small and very large numbers as powers of ten. */
export function exact(value: number): string {
  return special(value) ?? rounded(value, 4);
}

/** As `exact`, with its sign. */
export function signed(value: number): string {
  return value > 0 ? `+${exact(value)}` : exact(value);
}

/** Two decimals for places with little room; what rounds to zero is 0.00. */
export function short(value: number): string {
  const text = special(value);
  if (text !== null) return text;
  if (Math.abs(value) >= 1e4) return withMinus(value.toExponential(1));
  return withMinus(value.toFixed(2)).replace(/^−(0\.00)$/, "$1");
}

/** A weight for places with little room: three decimals, four where the largest beside it is under 0.1. */
export function weightText(value: number, largest: number): string {
  return (
    special(value) ?? withMinus(value.toFixed(largest < 0.1 ? 4 : 3)).replace(/^−([0.]+)$/, "$1")
  );
}

/** The end of a scale: two significant digits. */
export function limit(value: number): string {
  return value >= 1e4 || value < 1e-3
    ? withMinus(value.toExponential(0))
    : String(Number(value.toPrecision(2)));
}

/** Whole percent; a share that is not defined says so. */
export function percent(share: number): string {
  return Number.isFinite(share)
    ? `${(share * 100).toFixed(share > 0 && share < 0.0095 ? 1 : 0)} %`
    : "NaN";
}
