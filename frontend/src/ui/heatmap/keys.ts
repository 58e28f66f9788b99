/** What a key does in a heat map. Knows no page. */

export interface Cell {
  readonly query: number;
  readonly key: number;
}

/** A row, a column, or both. */
export interface Cross {
  readonly query: number | null;
  readonly key: number | null;
}

export type KeyAction =
  | ({ readonly kind: "move" } & Cell)
  | ({ readonly kind: "press" } & Cell)
  | { readonly kind: "leave" }
  | { readonly kind: "zoom"; readonly direction: 1 | -1 };

const FAR = Number.POSITIVE_INFINITY;
const MOVES: Readonly<Record<string, readonly [queries: number, keys: number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [10, 0],
  PageUp: [-10, 0],
  Home: [0, -FAR],
  End: [0, FAR],
};
const ZOOMS: Readonly<Record<string, 1 | -1>> = { "+": 1, "=": 1, "-": -1, "−": -1 };

/**
 * What a key means while `from` is where to go on from; a side of it that is null begins at its
 * first token. `pointed`: pointer or keyboard are at a cell, which can be left. null: the key is
 * for somebody else.
 */
export function keyAction(
  key: string,
  from: Cross,
  { queries, keys }: { readonly queries: number; readonly keys: number },
  pointed: boolean,
): KeyAction | null {
  const move = MOVES[key];
  if (move) {
    const [query, column] = [next(from.query, move[0], queries), next(from.key, move[1], keys)];
    return { kind: "move", query, key: column };
  }
  if (key === "Enter" || key === " ") {
    const { query, key: column } = from;
    return query === null || column === null ? null : { kind: "press", query, key: column };
  }
  if (key === "Escape") return pointed ? { kind: "leave" } : null;
  const direction = ZOOMS[key];
  return direction ? { kind: "zoom", direction } : null;
}

function next(at: number | null, by: number, count: number): number {
  return at === null ? 0 : Math.max(0, Math.min(count - 1, at + by));
}
