/**
 * Which cells the grid shows, and in which order: layers down and heads across, or one after the
 * other. Pure.
 */

/** A head: row of the thumbnails (not the number of the layer) and head. */
export interface Place {
  readonly row: number;
  readonly head: number;
}

/** Cells row by row; null where a layer has no such head, or the head is filtered out. */
export interface Arrangement {
  readonly slots: readonly (Place | null)[];
  /** Cells of a row; null where they stand one after the other, as many as fit. */
  readonly across: number | null;
  /** Layers are columns and heads are rows. */
  readonly layersAcross: boolean;
  /** Groups of columns: the layers of a row stand in so many columns beside each other. */
  readonly blocks: number;
}

export interface Wanted {
  readonly rows: number;
  /** Heads that the layer in a row has. */
  readonly heads: (row: number) => number;
  readonly showsRow: (row: number) => boolean;
  readonly showsHead: (head: number) => boolean;
  /** Whether a head passes the other filters. */
  readonly shows: (place: Place) => boolean;
  /**
   * Cells stand one after the other, the largest first, those that are not a number last; null: as
   * in the model.
   */
  readonly score: ((place: Place) => number) | null;
  /** Sorts those whose score is not a number among themselves; NaN: they keep their order. */
  readonly second?: (place: Place) => number;
  readonly ascending: boolean;
}

export function arrange(wanted: Wanted): Arrangement {
  const rows = numbers(wanted.rows).filter(wanted.showsRow);
  const most = rows.reduce((count, row) => Math.max(count, wanted.heads(row)), 0);
  const heads = numbers(most).filter(wanted.showsHead);
  const slots = rows.flatMap((row) =>
    heads.map((head) => {
      const place = { row, head };
      return head < wanted.heads(row) && wanted.shows(place) ? place : null;
    }),
  );
  if (wanted.score === null) return withoutEmpty(slots, heads.length);
  return {
    slots: sorted(slots, wanted, wanted.score),
    across: null,
    layersAcross: false,
    blocks: 1,
  };
}

/** Rows and columns of which nothing is left are not shown. */
function withoutEmpty(slots: readonly (Place | null)[], across: number): Arrangement {
  const columns = numbers(across).filter((column) =>
    slots.some((slot, at) => slot && at % across === column),
  );
  const rows = numbers(slots.length / Math.max(1, across)).filter((row) =>
    slots.slice(row * across, (row + 1) * across).some((slot) => slot),
  );
  return {
    slots: rows.flatMap((row) => columns.map((column) => slots[row * across + column] ?? null)),
    across: columns.length,
    layersAcross: false,
    blocks: 1,
  };
}

/** Layers as columns instead of rows; cells that stand one after the other stay. */
export function transposed(arrangement: Arrangement): Arrangement {
  const { slots, across, layersAcross } = arrangement;
  if (across === null) return arrangement;
  const down = slots.length / Math.max(1, across);
  return {
    slots: Array.from(
      slots,
      (_, at) => slots[(at % down) * across + Math.floor(at / down)] ?? null,
    ),
    across: down,
    layersAcross: !layersAcross,
    blocks: 1,
  };
}

/** Rows that go on in so many columns beside each other, the first ones in the first column. */
export function folded(arrangement: Arrangement, blocks: number): Arrangement {
  const { slots, across } = arrangement;
  if (across === null || across === 0) return arrangement;
  const down = Math.ceil(slots.length / across / blocks);
  const all = across * blocks;
  return {
    ...arrangement,
    slots: Array.from({ length: all * down }, (_, at) => {
      const [row, column] = [Math.floor(at / all), at % all];
      const layer = Math.floor(column / across) * down + row;
      return slots[layer * across + (column % across)] ?? null;
    }),
    across: all,
    blocks,
  };
}

function sorted(
  slots: readonly (Place | null)[],
  { second, ascending }: Wanted,
  score: (place: Place) => number,
): readonly Place[] {
  const scored = slots.flatMap((place) =>
    place ? [{ place, score: score(place), second: second?.(place) ?? Number.NaN }] : [],
  );
  const sign = ascending ? 1 : -1;
  const order = (a: number, b: number): number =>
    Number.isNaN(a) || Number.isNaN(b)
      ? Number(Number.isNaN(a)) - Number(Number.isNaN(b))
      : sign * (a - b);
  scored.sort((a, b) => order(a.score, b.score) || order(a.second, b.second));
  return scored.map(({ place }) => place);
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}
