/**
 * The thumbnail of a head as cells: it stands in until the weights are there, so that nothing
 * jumps.
 */

import { thumbnails } from "../../../state/data";
import { type HeadCells, keysSeen } from "../../../state/head_cells";
import { leastWeight } from "../../../state/least";
import type { HeadAddress } from "../../../state/selection";
import { smallest } from "../../../state/show";
import { thumbnailOf } from "../bins";
import { maskedBins } from "../masked";

/** null where there is no thumbnail. */
export function standIn(address: HeadAddress): HeadCells | null {
  const now = thumbnails.value;
  const row = now?.layers.indexOf(address.layer) ?? -1;
  if (!now || row < 0 || address.head >= now.heads) return null;
  const masked = maskedBins(now, address.layer, address.head);
  return {
    queries: now.rows,
    keys: now.columns,
    data: Float32Array.from(thumbnailOf(now, row, address.head), (value) => (value / 255) ** 2),
    signed: false,
    least: Float32Array.from(keysSeen(now.rows, now.columns, masked), (keys) =>
      leastWeight(smallest.value, keys),
    ),
    masked,
  };
}
