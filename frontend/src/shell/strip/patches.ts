/** The patches of a picture among the tokens: they stand as a grid, not as words. */

export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
  /** The token of the first patch; the others follow row by row. */
  readonly first: number;
}

/** null where the tokens are no patches, or do not make a grid. */
export function patchGrid(tokens: readonly string[]): PatchGrid | null {
  const first = tokens.findIndex((token) => placeOf(token) !== null);
  if (first < 0) return null;
  let last = first;
  while (last + 1 < tokens.length && placeOf(tokens[last + 1]) !== null) last++;
  const [rows, columns] = (placeOf(tokens[last]) ?? [0, 0]).map((each) => each + 1);
  if (rows === undefined || columns === undefined || rows * columns !== last - first + 1)
    return null;
  for (let at = first; at <= last; at++) {
    const [row, column] = placeOf(tokens[at]) ?? [-1, -1];
    if (row * columns + column !== at - first) return null;
  }
  return { rows, columns, first };
}

function placeOf(token: string | undefined): readonly [row: number, column: number] | null {
  const found = /^patch (\d{1,4}),(\d{1,4})$/.exec(token ?? "");
  return found ? [Number(found[1]), Number(found[2])] : null;
}
