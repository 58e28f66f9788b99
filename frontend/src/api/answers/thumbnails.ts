/** `thumbnails`: all heads of a stack, small. */

import { unreadable } from "../error";
import { flag, list, number, orNull } from "../json";
import { type Bundle, metadata, octets } from "../safetensors";
import type { Progressing } from "./common";

export function readThumbnails(bundle: Bundle, step: number) {
  const { shape, data } = octets(bundle, "thumbnails", 4);
  const [, heads = 0, rows = 0, columns = 0] = shape;
  const { layers } = metadata(bundle, { layers: list(number) });
  if (layers.length !== shape[0]) throw unreadable("the thumbnails do not fit their layers");
  return { step, layers, heads, rows, columns, data } as const;
}

/** Those of the capture itself are always whole, and do not say so. */
export function thumbnailProgress(bundle: Bundle): Progressing {
  const { progress, done } = metadata(bundle, { progress: orNull(number), done: orNull(flag) });
  return { progress: progress ?? 1, done: done ?? true };
}

/** [layers, heads, rows, columns] of 255 * sqrt(mass); `layers` names the layer of each row of heads. */
export type Thumbnails = ReturnType<typeof readThumbnails>;
