/**
 * One attention layer, from whose tensors its weights follow: what AttentionLayer is in Python
 * (tb_attention/attention/layer.py), with its words.
 */

/** An array of one entry for all heads, or of one for each. */
export interface Shared<T> {
  /** 1, or the number of heads. */
  readonly heads: number;
  /** [heads, queries, keys] */
  readonly data: T;
}

export interface AttentionLayer {
  readonly heads: number;
  /** Query head h uses key head floor(h / (heads / keyHeads)). */
  readonly keyHeads: number;
  readonly queries: number;
  readonly keys: number;
  readonly neurons: number;
  /** [heads, queries, neurons]; null where only weights are known. */
  readonly query: Float32Array | null;
  /** [keyHeads, keys, neurons]; null where only weights are known. */
  readonly key: Float32Array | null;
  /** [heads, queries, keys], where there are no query and key. */
  readonly weights: Float32Array | null;
  /** What q . k is multiplied with. */
  readonly scale: number;
  /** Whether query i sees key j only where j <= i + queryStart. */
  readonly causal: boolean;
  readonly queryStart: number;
  /** Scores become softcap * tanh(score / softcap), before bias and masks. */
  readonly softcap: number | null;
  /** One logit a head that takes part in the softmax and is then dropped; empty: none. */
  readonly sinks: ArrayLike<number>;
  /** 1 where a key may be seen. */
  readonly mask: Shared<Uint8Array> | null;
  /** Added to the scores after the soft cap. */
  readonly bias: Shared<Float32Array> | null;
  /** [heads, keys], the length of what each key gives; null where values are not known. */
  readonly valueNorms: Float32Array | null;
}

/** How many of the first keys a query may see at most. */
export function reach(layer: AttentionLayer, query: number): number {
  if (!layer.causal) return layer.keys;
  return Math.min(Math.max(query + layer.queryStart + 1, 0), layer.keys);
}

/** Where the keys of a query begin in an array that is one for all heads, or one for each. */
export function rowOf(
  { heads }: { readonly heads: number },
  { queries, keys }: AttentionLayer,
  head: number,
  query: number,
): number {
  return ((heads === 1 ? 0 : head) * queries + query) * keys;
}
