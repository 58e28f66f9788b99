"""Distances of heads, against the Jensen-Shannon distance row by row on dense matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.attention import softmax
from tb_attention.attention.head_distance import head_distances, head_distances_within
from tb_attention.attention.layer import AttentionLayer


def direct(p: np.ndarray, q: np.ndarray) -> float:
    """The distance of two rows that each sum to 1."""
    m = (p + q) / 2
    divergence = sum(
        sum(
            x * math.log2(x / y)
            for x, y in zip(row.astype(float), m.astype(float), strict=True)
            if x > 0
        )
        / 2
        for row in (p, q)
    )
    return math.sqrt(max(divergence, 0))


def layer(seed: int, tokens: int = 9, heads: int = 3, **options: object) -> AttentionLayer:
    random = np.random.default_rng(seed)
    query, key = (random.normal(size=(heads, tokens, 8)).astype(np.float32) for _ in range(2))
    return AttentionLayer(query=query, key=key, scale=8**-0.5, **options)


@given(seed=st.integers(0, 1000), tokens=st.integers(2, 90), causal=st.booleans())
@settings(max_examples=20, deadline=None)
def test_the_definition(seed: int, tokens: int, causal: bool) -> None:
    first, second = layer(seed, tokens, causal=causal), layer(seed + 1, tokens)
    p, q = softmax.weights(first), softmax.weights(second)
    expected = [
        np.mean([direct(p[head, i], q[head, i]) for i in range(1, tokens)]) for head in range(3)
    ]
    np.testing.assert_allclose(head_distances(first, second), expected, atol=1e-4)
    *_, within = head_distances_within(second)
    assert (
        within[0, 2]
        == within[2, 0]
        == pytest.approx(np.mean([direct(q[0, i], q[2, i]) for i in range(1, tokens)]), abs=1e-4)
    )


@given(seed=st.integers(0, 1000), tokens=st.integers(2, 150), near=st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_it_ends_early_only_where_no_two_heads_can_be_nearer(
    seed: int, tokens: int, near: float
) -> None:
    of_layer = layer(seed, tokens)
    *_, every = head_distances_within(of_layer)
    *_, early = head_distances_within(of_layer, near=near)
    pairs = np.triu_indices(of_layer.heads, 1)
    np.testing.assert_array_equal(early[pairs] < near, every[pairs] < near)
    if (early[pairs] < near).any():
        np.testing.assert_array_equal(early, every)


def test_the_same_is_zero_and_nothing_in_common_is_one() -> None:
    one, other = np.zeros((2, 6, 6), np.float32), np.zeros((2, 6, 6), np.float32)
    one[:, :, 0] = other[:, :, 1] = 1
    other[1] = one[1]
    assert head_distances(AttentionLayer(weights=one), AttentionLayer(weights=other)).tolist() == [
        1,
        0,
    ]
    assert head_distances(layer(3), layer(3)).max() < 1e-3


def test_rows_that_are_nan_are_left_out_and_a_head_without_rows_is_nan() -> None:
    first, second = softmax.weights(layer(0)), softmax.weights(layer(1))
    expected = [
        np.mean([direct(first[head, i], second[head, i]) for i in range(1, 9) if i != 4])
        for head in range(3)
    ]
    second[:, 4] = np.nan
    second[2] = np.nan
    measured = head_distances(AttentionLayer(weights=first), AttentionLayer(weights=second))
    np.testing.assert_allclose(measured[:2], expected[:2], atol=1e-4)
    assert np.isnan(measured[2])
    *_, within = head_distances_within(AttentionLayer(weights=second))
    assert np.isnan(within[0, 2])


@pytest.mark.parametrize("other", [-1.0, None])
def test_what_a_sink_takes_is_a_key(other: float | None) -> None:
    sinks = np.array([0.0, 1.0, 2.0], np.float32)
    first, second = layer(0, sinks=sinks), layer(0, sinks=None if other is None else sinks + other)
    p, q = softmax.weights(first), softmax.weights(second)
    p, q = (np.concatenate([w, 1 - w.sum(axis=2, keepdims=True)], axis=2) for w in (p, q))
    expected = [np.mean([direct(p[head, i], q[head, i]) for i in range(1, 9)]) for head in range(3)]
    np.testing.assert_allclose(head_distances(first, second), expected, atol=1e-4)


def test_long_texts_are_sampled() -> None:
    first, second = layer(0, 200, heads=1), layer(1, 200, heads=1)
    assert head_distances(first, second, rows=64)[0] == pytest.approx(
        head_distances(first, second)[0], rel=0.1
    )
