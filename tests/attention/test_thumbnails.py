"""Thumbnails against pooling done directly on the dense matrix."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.thumbnails import SIZE, Thumbnails, bins, encode


def pooled(layer: AttentionLayer) -> np.ndarray:
    thumbnails = Thumbnails(layer)
    for block in softmax.raised_blocks(layer):
        thumbnails.add(block)
    return thumbnails.result()


@given(tokens=st.integers(1, 150), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_cell_is_the_mean_over_queries_of_the_mass_on_its_keys(tokens: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    layer = AttentionLayer(
        query=rng.normal(size=(2, tokens, 4)).astype("f4"),
        key=rng.normal(size=(2, tokens, 4)).astype("f4"),
    )
    size, weights = min(SIZE, tokens), softmax.weights(layer)
    expected = np.zeros((2, size, size))
    for a in range(size):
        for b in range(size):
            rows = [i for i in range(tokens) if i * size // tokens == a]
            columns = [j for j in range(tokens) if j * size // tokens == b]
            expected[:, a, b] = weights[:, rows][:, :, columns].sum(axis=2).mean(axis=1)
    assert np.abs(pooled(layer).astype(int) - encode(expected).astype(int)).max() <= 1


def test_up_to_32_tokens_are_the_weights_themselves() -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(20), size=(3, 20)).astype(np.float32)
    np.testing.assert_array_equal(
        pooled(AttentionLayer(weights=weights)), np.rint(255 * np.sqrt(weights))
    )


def test_rows_keep_their_mass_at_any_length() -> None:
    weights = np.eye(1000, dtype=np.float32)[None]
    thumbnail = pooled(AttentionLayer(weights=weights))[0]
    np.testing.assert_array_equal(thumbnail, 255 * np.eye(SIZE, dtype=np.uint8))


def test_bins_are_almost_equally_full() -> None:
    for tokens in (1, 31, 32, 33, 100, 1023):
        counts = np.bincount(bins(tokens))
        assert len(counts) == min(tokens, SIZE) and counts.max() - counts.min() <= 1


def test_what_is_not_a_number_is_dark() -> None:
    assert encode([np.nan, np.inf, -1.0, 0.25, 2.0]).tolist() == [0, 255, 0, 128, 255]


@given(st.floats(0, 1, width=32))
def test_square_roots_come_back_within_half_a_level(weight: float) -> None:
    level = float(encode(np.array([weight], np.float32))[0])
    assert abs(level - 255 * np.sqrt(weight)) <= 0.5 + 1e-4


def test_square_roots_of_what_is_no_weight() -> None:
    assert list(encode(np.array([np.nan, np.inf, -np.inf, -0.1, 1.2], np.float32))) == [
        0,
        255,
        0,
        0,
        255,
    ]
