/** `thumbnails`: all heads of a stack, small. */

import { unreadable } from "../error";
import { list, number } from "../json";
import { type Bundle, metadata, octets } from "../safetensors";

export function readThumbnails(bundle: Bundle, step: number) {
  const { shape, data } = octets(bundle, "thumbnails", 4);
  const [, heads = 0, rows = 0, columns = 0] = shape;
  const { layers } = metadata(bundle, { layers: list(number) });
  if (layers.length !== shape[0]) throw unreadable("the thumbnails do not fit their layers");
  return { step, layers, heads, rows, columns, data } as const;
}

/**
 * [layers, heads, rows, columns] of 255 * sqrt(mass); `layers` names the layer of each row of
 * heads.
 */
export type Thumbnails = ReturnType<typeof readThumbnails>;
