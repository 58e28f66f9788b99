"""Pooled weights, and weights with something left out, against the dense matrix."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.answers.pool import Kept, pool_weights
from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer


@st.composite
def layers(draw: st.DrawFn) -> AttentionLayer:
    queries, keys, heads = (
        draw(st.integers(1, 150)),
        draw(st.integers(1, 150)),
        draw(st.integers(1, 3)),
    )
    random = np.random.default_rng(draw(st.integers(0, 99)))
    if draw(st.booleans()):
        return AttentionLayer(
            weights=random.dirichlet(np.ones(keys), size=(heads, queries)).astype("f4"),
            causal=False,
        )
    query, key = (random.normal(size=(heads, count, 4)).astype("f4") for count in (queries, keys))
    return AttentionLayer(
        query=query, key=key, causal=draw(st.booleans()), query_start=draw(st.integers(0, 5))
    )


def dense(weights: np.ndarray, rows: np.ndarray, columns: np.ndarray, kept: Kept) -> np.ndarray:
    """What pool does, in the plain way: float64 [heads, rows, columns]."""
    _, queries, keys = weights.shape
    shown = np.ones(keys, bool) if kept.keys is None else kept.keys
    hidden = np.zeros((1, keys), bool) if kept.hidden is None else kept.hidden
    gone = ((hidden & kept.share_hidden) | (~shown & kept.share_keys))[:, None]
    total = np.where(gone, 0, weights).sum(axis=2, keepdims=True)
    visible = np.where(hidden[:, None], 0, weights)
    if kept.share_hidden or kept.share_keys:
        visible = np.divide(visible, total, out=np.zeros_like(visible), where=total != 0)
    visible = visible[:, np.ones(queries, bool) if kept.queries is None else kept.queries][
        :, :, shown
    ]
    return np.stack(
        [
            np.stack(
                [
                    visible[:, rows == a][:, :, columns == b].sum(axis=2).mean(axis=1)
                    for b in range(columns.max() + 1)
                ],
                axis=-1,
            )
            for a in range(rows.max() + 1)
        ],
        axis=1,
    )


@given(layer=layers(), block=st.integers(1, 40), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_cell_is_the_mean_over_queries_of_the_mass_on_its_keys(
    layer: AttentionLayer, block: int, seed: int
) -> None:
    random = np.random.default_rng(seed)

    def some(count: int) -> np.ndarray | None:
        flags = random.random(count) < 0.6
        flags[random.integers(count)] = True
        return flags if random.random() < 0.5 else None

    def some_of_heads(layer: AttentionLayer) -> np.ndarray | None:
        heads = layer.heads if random.random() < 0.5 else 1
        flags = random.random((heads, layer.keys)) < 0.4
        return flags if random.random() < 0.7 else None

    kept = Kept(
        some(layer.queries),
        some(layer.keys),
        some_of_heads(layer),
        bool(random.random() < 0.5),
        bool(random.random() < 0.5),
    )
    rows, columns = (np.arange(count) // block for count in kept.shape(layer))
    weights = softmax.weights(layer).astype(float)
    np.testing.assert_allclose(
        pool_weights(layer, rows, columns, kept), dense(weights, rows, columns, kept), atol=2e-5
    )


def test_nothing_is_changed_in_the_layer() -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(9), size=(2, 9)).astype("f4")
    layer = AttentionLayer(weights=weights.copy(), causal=False)
    cells = pool_weights(
        layer, np.arange(9), np.arange(9), Kept(hidden=(np.arange(9) == 0)[None], share_hidden=True)
    )
    np.testing.assert_array_equal(layer.weights, weights)
    np.testing.assert_allclose(cells.sum(axis=2), 1, atol=1e-6)
    assert not cells[:, :, 0].any()


def test_a_row_of_which_nothing_is_left_is_zero() -> None:
    weights = np.zeros((1, 2, 2), np.float32)
    weights[0, :, 0] = 1
    cells = pool_weights(
        AttentionLayer(weights=weights),
        np.arange(2),
        np.arange(2),
        Kept(hidden=np.array([[True, False]]), share_hidden=True),
    )
    assert not cells.any()
