"""Sums of rows against the same sums on the dense matrix, for layers of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.repeated_tokens import RepeatedTokens
from tb_attention.attention.row_sums import LOCAL, RowSums


def added_up(layer: AttentionLayer, ids: list[int], **options: Any) -> RowSums:
    sums = RowSums(layer, ids, **options)
    for block in softmax.raised_blocks(layer):
        sums.add(block)
    return sums


def dense(layer: AttentionLayer, ids: list[int]) -> dict[str, np.ndarray]:
    p = np.asarray(softmax.weights(layer), dtype=np.float64)
    i, j = np.indices(p.shape[1:])
    token = np.asarray(ids)
    same, behind = token[i] == token[j], (token[i] == token[j - 1]) & (j > 0)
    parts = {
        "mass": p,
        "first": p * (j == 0),
        "entropy": -p * np.log(np.where(p > 0, p, 1)),
        "distance": p * abs(i - j),
        "own": p * (i == j),
        "previous": p * (i - 1 == j),
        "local": p * (abs(i - j) <= LOCAL),
        "duplicate": p * (same & (j < i)),
        "induction": p * (behind & (j <= i)),
    }
    return {name: part.sum(axis=2) for name, part in parts.items()} | {"top": p.max(axis=2)}


@given(
    seed=st.integers(0, 99),
    tokens=st.sampled_from([1, 2, 5, 63, 64, 65, 140]),
    vocabulary=st.sampled_from([1, 12, 10_000]),
    causal=st.booleans(),
    extras=st.sets(st.sampled_from(["mask", "bias", "sinks", "torch", "weights"])),
)
@settings(max_examples=60, deadline=None)
def test_sums_are_those_of_the_dense_matrix(
    seed: int, tokens: int, vocabulary: int, causal: bool, extras: set[str]
) -> None:
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, vocabulary, tokens).tolist()
    options: dict[str, Any] = {
        "query": rng.normal(size=(4, tokens, 8)),
        "key": rng.normal(size=(2, tokens, 8)),
    }
    if "mask" in extras:
        options["mask"] = rng.random((1, tokens, tokens)) < 0.7
    if "bias" in extras:
        options["bias"] = np.where(
            rng.random((4, tokens, tokens)) < 0.1, -np.inf, rng.normal(size=(4, tokens, tokens))
        )
    if "sinks" in extras:
        options["sinks"] = rng.normal(size=4)
    options = {
        name: array if array.dtype == bool else array.astype(np.float32)
        for name, array in options.items()
    }
    if "torch" in extras:
        options = {name: torch.tensor(array) for name, array in options.items()}
    layer = AttentionLayer(causal=causal, scale=0.7, **options)
    expected = dense(layer, ids)
    if "weights" in extras:
        layer = AttentionLayer(weights=softmax.weights(layer), causal=causal)
    sums = added_up(layer, ids)
    for name, of_rows in expected.items():
        np.testing.assert_allclose(getattr(sums, name), of_rows, atol=2e-5, rtol=1e-5, err_msg=name)
    if "weights" not in extras:
        scores = np.asarray(softmax.scores(layer))
        np.testing.assert_allclose(sums.top_score, scores.max(axis=2), atol=1e-5)
        if "bias" not in extras:
            np.testing.assert_array_equal(sums.support, np.isfinite(scores).sum(axis=2))


def test_cross_attention_has_the_sums_without_places_only() -> None:
    layer = AttentionLayer(weights=np.full((1, 3, 4), 0.25, dtype=np.float32), causal=False)
    sums = added_up(layer, [1, 2, 3, 4], aligned=False)
    assert sums.repeats is None and np.isnan(sums.distance).all()
    np.testing.assert_allclose(sums.entropy, np.log(4))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_rows_that_have_a_repeat(ids: list[int]) -> None:
    again, later, first = RepeatedTokens(tuple(ids)).rows()
    assert again.tolist() == [ids[i] in ids[:i] for i in range(len(ids))]
    assert later.tolist() == [ids[i] in ids[1:i] for i in range(len(ids))]
    assert first.tolist() == [i > 0 and ids[i] == ids[0] for i in range(len(ids))]


def test_pairs_are_kept_while_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tb_attention.attention.repeated_tokens._KEPT", 10)
    few, many = RepeatedTokens((1, 2, 1, 2)), RepeatedTokens((1,) * 9)
    assert few.pairs(0, 4, 4) is few.pairs(0, 4, 4)
    assert many.pairs(0, 9, 9) is not many.pairs(0, 9, 9)
    assert len(many.pairs(0, 9, 9)["duplicate"][0]) == 36
