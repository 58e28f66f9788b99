/** The rows or columns of what is shown: tokens, or words of several, without what is filtered out. Pure. */

/** Row r shows the tokens first[r] .. last[r]; row[t] is the row of token t, -1 where it is filtered out. */
export interface Axis {
  readonly count: number;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly row: Int32Array;
  /** Every token has a row of its own. */
  readonly plain: boolean;
}

/** `begins(token)`: a row begins there; `kept(token)`: the token is shown. */
export function axisOf(
  tokens: number,
  begins: ((token: number) => boolean) | null = null,
  kept: ((token: number) => boolean) | null = null,
): Axis {
  const first = new Uint32Array(tokens);
  const last = new Uint32Array(tokens);
  const row = new Int32Array(tokens).fill(-1);
  let count = 0;
  for (let token = 0; token < tokens; token++) {
    if (kept && !kept(token)) continue;
    const joins = token > 0 && row[token - 1] !== -1 && begins !== null && !begins(token);
    if (!joins) first[count++] = token;
    last[count - 1] = token;
    row[token] = count - 1;
  }
  return { count, first: first.slice(0, count), last: last.slice(0, count), row, plain: count === tokens };
}
