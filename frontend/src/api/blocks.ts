/**
 * In what form weights are asked for: how exact the numbers are, and how many tokens are one cell.
 */

import type { LeftOut } from "../types";
import { leftOutQuery, type Query } from "./address";

/**
 * Up to this many query-key pairs of a head weights travel as float32; above it float16 halves what
 * is sent.
 */
const FULL_PRECISION_PAIRS = 256 * 256;
/**
 * Up to this many weights of a layer, and of one head, come token by token; of longer texts in
 * blocks of tokens.
 */
export const MOST_OF_LAYER = 2 ** 25;
export const MOST_OF_HEAD = 2 ** 22;

/** Size of the layer that is asked for, and how it is to be read. */
export interface Extent {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly leftOut: LeftOut;
  /** Every weight as float32, however many there are: for numbers that somebody takes away. */
  readonly exact: boolean;
}

/** Side of the blocks in tokens, a power of 2, so that `heads` heads have at most `most` cells. */
export function blockFor({ queries, keys }: Extent, heads: number, most: number): number {
  let block = 1;
  while (heads * Math.ceil(queries / block) * Math.ceil(keys / block) > most) block *= 2;
  return block;
}

export function cellsOf(extent: Extent, block: number): Query {
  const small = extent.queries * extent.keys <= FULL_PRECISION_PAIRS;
  const dtype = small || extent.exact ? "float32" : "float16";
  return block === 1 ? { dtype } : { dtype, block, ...leftOutQuery(extent.leftOut) };
}

/** Whether the weights that a query asks for come as float32. */
export function isExact(query: Query): boolean {
  return query.dtype === "float32";
}
