"""Random layers, and the weights of a layer by the definition."""

from __future__ import annotations

import numpy as np

from tb_attention.attention.layer import AttentionLayer


def random_layer(
    seed: int = 0,
    heads: int = 4,
    key_heads: int = 2,
    queries: int = 9,
    keys: int = 9,
    **options: object,
) -> AttentionLayer:
    rng = np.random.default_rng(seed)
    query = rng.normal(size=(heads, queries, 8)).astype(np.float32)
    key = rng.normal(size=(key_heads, keys, 8)).astype(np.float32)
    return AttentionLayer(query=query, key=key, scale=0.7, **options)  # type: ignore[arg-type]


def dense(layer: AttentionLayer) -> np.ndarray:
    """The definition, in float64, on whole matrices."""
    key = np.repeat(np.asarray(layer.key, dtype=np.float64), layer.heads // layer.key_heads, axis=0)
    scores = np.einsum("hid,hjd->hij", np.asarray(layer.query, dtype=np.float64), key) * layer.scale
    if layer.softcap is not None:
        scores = layer.softcap * np.tanh(scores / layer.softcap)
    if layer.bias is not None:
        scores = scores + layer.bias
    seen = np.ones(scores.shape, dtype=bool)
    if layer.causal:
        seen &= np.tri(layer.queries, layer.keys, layer.query_start, dtype=bool)
    if layer.mask is not None:
        seen &= layer.mask
    raised = np.where(seen, np.exp(scores), 0)
    total = raised.sum(axis=2, keepdims=True)
    if layer.sinks is not None:
        total = total + np.exp(np.asarray(layer.sinks, dtype=np.float64))[:, None, None]
    return np.divide(raised, total, out=np.zeros_like(raised), where=total > 0)
