"""Captures for the tests of answers, and what is true of them."""

from __future__ import annotations

import numpy as np

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence


def plain_softmax(layer: AttentionLayer) -> tuple[np.ndarray, np.ndarray]:
    """(scores, weights) float64 [heads, queries, keys], the plain way.

    Of queries and keys as they are stored: float16.
    """
    query, key = (
        layer.query.astype(np.float16).astype(float),
        layer.key.astype(np.float16).astype(float),
    )
    scores = (
        query
        @ np.repeat(key, layer.heads // layer.key_heads, axis=0).transpose(0, 2, 1)
        * np.float32(layer.scale)
    )
    if layer.softcap is not None:
        scores = layer.softcap * np.tanh(scores / layer.softcap)
    if layer.bias is not None:
        scores = scores + layer.bias.astype(np.float16)
    allowed = (
        np.tri(layer.queries, layer.keys, layer.query_start, dtype=bool)
        if layer.causal
        else np.ones(scores.shape[1:], bool)
    )
    if layer.mask is not None:
        allowed = allowed & layer.mask
    scores = np.where(allowed, scores, -np.inf)
    raised = np.exp(scores)
    total = raised.sum(axis=-1, keepdims=True) + (
        0 if layer.sinks is None else np.exp(layer.sinks)[:, None, None]
    )
    return scores, np.divide(raised, total, out=np.zeros_like(raised), where=total > 0)


def rich() -> Capture:
    """A capture with all that a layer can have.

    Grouped queries, mask, bias of each head, soft cap, sinks; and weights only.
    """
    random = np.random.default_rng(1)
    tokens, heads = 7, 4

    def vectors(count: int) -> np.ndarray:
        return random.standard_normal((count, tokens, 8)).astype(np.float32)

    mask = random.random((1, tokens, tokens)) < 0.7
    mask[0, 3] = False
    layers = {
        0: AttentionLayer(query=vectors(heads), key=vectors(2), scale=0.3),
        2: AttentionLayer(
            query=vectors(heads), key=vectors(heads), scale=0.4, causal=False,
            mask=np.repeat(mask, heads, axis=0), softcap=2.0,
        ),
        3: AttentionLayer(
            query=vectors(heads), key=vectors(1), scale=0.5, mask=mask,
            bias=random.standard_normal((heads, tokens, tokens)),
            sinks=random.standard_normal(heads).astype(np.float32),
        ),
    }  # fmt: skip
    weights = random.random((heads, tokens, tokens)).astype(np.float32)
    only = {0: AttentionLayer(weights=weights / weights.sum(axis=2, keepdims=True), causal=False)}
    sequence = TokenSequence(
        tokens=(b"The", b" \xe2\x82", b"\xac", b"\n", b"<s>", "é".encode(), b"\xff\xfe"),
        text="The €", ids=tuple(range(tokens)),
        pieces=("The", "a", "b", "c", "d", "e", "f"), special=(False,) * 4 + (True,) + (False,) * 2,
        segments=(0,) * 7, prompt=3,
    )  # fmt: skip
    return Capture("rich", (sequence,), (Stack("decoder", layers), Stack("encoder", only)))


def looking(*targets: list[int], ids: tuple[int, ...] = (), layers: int = 1) -> Capture:
    """A capture of weights only.

    In each layer a head for each of the lists, which has the key that each query looks at.
    """
    weights = np.stack([np.eye(len(target), dtype=np.float32)[target] for target in targets])
    tokens = len(targets[0])
    sequence = TokenSequence(
        tokens=tuple(b" t%d" % place for place in range(tokens)), ids=ids or tuple(range(tokens))
    )
    stack = Stack("decoder", {layer: AttentionLayer(weights=weights) for layer in range(layers)})
    return Capture("constructed", (sequence,), (stack,))
