/**
 * The thumbnail of a head as cells: it stands in until the weights are there, so that nothing
 * jumps.
 */

import { thumbnails } from "../../../state/data";
import { type HeadCells, keysSeen } from "../../../state/head_cells";
import { leastChange, leastWeight } from "../../../state/least";
import type { HeadAddress } from "../../../state/selection";
import { smallest } from "../../../state/show";
import { thumbnailOf } from "../bins";
import { changes, fitting, span } from "../changes";
import type { Side } from "../compared";
import { maskedBins } from "../masked";

/** null where there is no thumbnail. */
export function standIn(address: HeadAddress, side: Side): HeadCells | null {
  const now = thumbnails.value;
  const row = now?.layers.indexOf(address.layer) ?? -1;
  if (!now || row < 0 || address.head >= now.heads) return null;
  const shape = { queries: now.rows, keys: now.columns };
  const masked = maskedBins(now, address.layer, address.head);
  if (side === "difference") {
    if (!changes.value) return null;
    const size = now.rows * now.columns;
    const start = (row * now.heads + address.head) * size;
    const least = new Float32Array(now.rows).fill(leastChange(smallest.value, span.value));
    const data = changes.value.subarray(start, start + size);
    return { ...shape, data, signed: true, span: span.value, least, masked };
  }
  const of = side === "a" ? now : fitting.value;
  if (!of) return null;
  return {
    ...shape,
    data: Float32Array.from(thumbnailOf(of, row, address.head), (value) => (value / 255) ** 2),
    signed: false,
    span: 1,
    least: Float32Array.from(keysSeen(now.rows, now.columns, masked), (keys) =>
      leastWeight(smallest.value, keys),
    ),
    masked,
  };
}
