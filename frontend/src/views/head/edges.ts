/** The links of what the head view draws, the strongest of them. */

import { type Edges, type Least, type Left, type Region, strongestEdges } from "../../draw/edges";
import { leastOf, series } from "./state";

/**
 * The strongest edges of a region of the rows, at most `limit`, none weaker than `least` says, and
 * without those that `left` names. Reads signals.
 */
export function edgesOf(
  region: Region,
  keys: number,
  limit: number,
  least: Least = leastOf,
  left: Left | null = null,
): Edges {
  return strongestEdges(
    series.value.map((each) => each.data),
    keys,
    region,
    least,
    limit,
    left,
  );
}
