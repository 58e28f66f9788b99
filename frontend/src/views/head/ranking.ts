/**
 * The numbers behind one token: which tokens it is linked to, how strongly in each head, and how
 * much is too small to be drawn.
 */

/** One linked token: its position, and its weight in each series. */
export interface Link {
  readonly index: number;
  readonly weights: readonly number[];
  /** Which of the weights are drawn. */
  readonly drawn: readonly boolean[];
}

export interface Ranking {
  /** Tokens with at least one weight that is drawn, strongest first. */
  readonly links: readonly Link[];
  /** Tokens with a weight above 0 that is too small in every series. */
  readonly below: number;
  /** Sum of the weights in all series, and of those that are drawn. */
  readonly mass: number;
  readonly drawn: number;
  /** Weights that are not numbers. */
  readonly broken: number;
}

/**
 * Which weights belong to a token: those of a query stand beside each other, those of a key one row
 * apart.
 */
export interface Line {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

export function queryLine(query: number, keys: number): Line {
  return { start: query * keys, stride: 1, count: keys };
}

export function keyLine(key: number, queries: number, keys: number): Line {
  return { start: key, stride: keys, count: queries };
}

/** The smallest weight that is drawn of token `index` of the line in one series. */
export type LeastOf = (series: number, index: number) => number;

/**
 * Ranks by the weight in series `by`, or by the sum of all where `by` is null; equal ones keep the
 * order of the text.
 */
export function rankLinks(
  series: readonly Float32Array[],
  line: Line,
  least: LeastOf,
  by: number | null,
): Ranking {
  const links: (Link & { readonly order: number })[] = [];
  let [below, mass, drawn, broken] = [0, 0, 0, 0];
  for (let index = 0; index < line.count; index++) {
    const at = line.start + index * line.stride;
    let [sum, isDrawn] = [0, false];
    for (const [place, data] of series.entries()) {
      const weight = data[at] ?? 0;
      if (Number.isNaN(weight)) broken++;
      if (!(weight > 0)) continue;
      sum += weight;
      if (weight < least(place, index)) continue;
      isDrawn = true;
      drawn += weight;
    }
    mass += sum;
    if (sum === 0) continue;
    if (!isDrawn) below++;
    else {
      const weights = series.map((data) => data[at] ?? 0);
      const shown = weights.map((weight, place) => weight > 0 && weight >= least(place, index));
      links.push({ index, weights, drawn: shown, order: by === null ? sum : (weights[by] ?? 0) });
    }
  }
  links.sort((a, b) => b.order - a.order || a.index - b.index);
  return { links, below, mass, drawn, broken };
}
