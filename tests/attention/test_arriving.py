"""Shares of what arrives against their definition on dense arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.measure import measure_layer
from tb_attention.errors import InvalidInput, NotLogged
from tests.support.layers import dense, random_layer


def shares(weights: np.ndarray, norms: np.ndarray) -> np.ndarray:
    arrives = weights.astype(np.float64) * norms[:, None, :]
    total = arrives.sum(2, keepdims=True)
    return np.divide(arrives, total, out=np.zeros_like(arrives), where=total > 0)


@given(
    seed=st.integers(0, 99),
    heads=st.sampled_from([(1, 1), (4, 2), (6, 1)]),
    causal=st.booleans(),
    extras=st.sets(st.sampled_from(["mask", "bias", "sinks", "zeros", "torch", "weights"])),
)
@settings(max_examples=60, deadline=None)
def test_shares_are_weight_times_length_over_their_sum(
    seed: int, heads: tuple[int, int], causal: bool, extras: set[str]
) -> None:
    rng = np.random.default_rng(seed)
    norms = rng.random((heads[0], 9)).astype(np.float32) * 50
    options: dict[str, object] = {"causal": causal, "query_start": 2}
    if "zeros" in extras:
        norms[:, ::2] = 0
    if "mask" in extras:
        options["mask"] = rng.random((1, 7, 9)) < 0.7
    if "bias" in extras:
        options["bias"] = rng.normal(size=(heads[0], 7, 9)).astype(np.float32)
    if "sinks" in extras:
        options["sinks"] = rng.normal(size=heads[0]).astype(np.float32)
    layer = random_layer(seed, *heads, 7, 9, **options)
    expected = shares(dense(layer), norms)
    if "weights" in extras:
        layer = AttentionLayer(weights=dense(layer))
    layer = replace(layer, value_norms=norms)
    if "torch" in extras:
        names = ("query", "key", "weights", "mask", "bias", "sinks", "value_norms")
        given = {name: getattr(layer, name) for name in names}
        layer = replace(
            layer, **{name: torch.as_tensor(one) for name, one in given.items() if one is not None}
        )
    found = np.asarray(softmax.weights(layer.arrived()))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    one = softmax.weights(layer.head(heads[0] - 1).arrived(), slice(3, 5))
    np.testing.assert_allclose(one, expected[-1:, 3:5], atol=1e-6)
    sums = found.sum(2)
    assert np.all((np.abs(sums - 1) < 1e-5) | (sums == 0)), "a row is 1, or nothing arrives"


def test_scores_stay_what_they_are() -> None:
    layer = random_layer()
    layer = replace(layer, value_norms=np.full((layer.heads, layer.keys), 3.0, np.float32))
    np.testing.assert_array_equal(softmax.scores(layer), softmax.scores(layer.arrived()))


def test_a_sink_from_which_nothing_arrives() -> None:
    """0.9 of the weight on a key whose value has nearly no length."""
    tokens = 12
    weights = np.tril(np.full((tokens, tokens), 0.1)) / np.maximum(np.arange(tokens), 1)[:, None]
    weights[:, 0] = 0.9
    weights[0, 0] = 1
    norms = np.ones((1, tokens))
    norms[0, 0] = 1e-3
    layer = AttentionLayer(weights=weights[None], value_norms=norms)
    found = softmax.weights(layer.arrived())
    assert found[0, 1:, 0].max() < 0.01
    np.testing.assert_allclose(found.sum(2), 1, rtol=1e-6)
    measured = dict(zip(METRIC_NAMES, measure_layer(layer)[0][0], strict=True))
    assert measured["first_token"] == pytest.approx(0.9)
    assert measured["first_token_arriving"] == pytest.approx(0.9e-3 / (0.9e-3 + 0.1), rel=1e-5)


def test_lengths_that_are_not_known() -> None:
    layer = random_layer()
    with pytest.raises(NotLogged, match="What arrives is not known: the lengths of values were"):
        layer.arrived()
    measured = measure_layer(layer)[0]
    assert np.isnan(measured[:, METRIC_NAMES.index("first_token_arriving")]).all()
    with pytest.raises(InvalidInput, match=r"value_norms must be \[\d+ heads, \d+ keys\]; they"):
        replace(layer, value_norms=np.ones((1, 1)))
