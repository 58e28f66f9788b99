/**
 * The rows or columns of what is shown: tokens, or words of several, without what is filtered out.
 * Pure.
 */

/**
 * Row r shows the tokens first[r] .. last[r]; row[t] is the row of token t, -1 where it is filtered
 * out.
 */
export interface Axis {
  readonly count: number;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly row: Int32Array;
  /** Every token has a row of its own. */
  readonly plain: boolean;
}

/** Rows of `block` tokens each, counted over those that are shown. */
export function blockAxis(
  tokens: number,
  block: number,
  kept: ((token: number) => boolean) | null = null,
): Axis {
  let shown = 0;
  const begins = (): boolean => shown++ % block === 0;
  return axisOf(tokens, begins, kept, true);
}

/**
 * `begins(token)`: a row begins there, asked once for each token that is shown; `kept(token)`: it
 * is shown. `across`: rows reach across gaps.
 */
export function axisOf(
  tokens: number,
  begins: ((token: number) => boolean) | null = null,
  kept: ((token: number) => boolean) | null = null,
  across = false,
): Axis {
  const first = new Uint32Array(tokens);
  const last = new Uint32Array(tokens);
  const row = new Int32Array(tokens).fill(-1);
  let count = 0;
  for (let token = 0; token < tokens; token++) {
    if (kept && !kept(token)) continue;
    const begun = begins === null || begins(token);
    const joins = !begun && count > 0 && (across || row[token - 1] !== -1);
    if (!joins) first[count++] = token;
    last[count - 1] = token;
    row[token] = count - 1;
  }
  return {
    count,
    first: first.slice(0, count),
    last: last.slice(0, count),
    row,
    plain: count === tokens,
  };
}
