/** The links of what the head view draws, the strongest of them. */

import { computed } from "@preact/signals";
import { type Edges, type Least, type Region, strongestEdges } from "../../draw/edges";
import { leastOf, series, shape } from "./state";

/** Edges from which the strongest are listed. */
const MOST_LISTED = 400;

/**
 * The strongest edges of a region of the rows, at most `limit`, none weaker than `least` says.
 * Reads signals.
 */
export function edgesOf(
  region: Region,
  keys: number,
  limit: number,
  least: Least = leastOf,
): Edges {
  return strongestEdges(
    series.value.map((each) => each.data),
    keys,
    region,
    least,
    limit,
  );
}

/** The strongest edges of all queries. */
export const strongest = computed<Edges | null>(() => {
  const now = shape.value;
  return now && edgesOf({ queries: [0, now.queries], keys: [0, now.keys] }, now.keys, MOST_LISTED);
});
