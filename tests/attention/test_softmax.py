"""Weights against torch's own attention and against a direct dense softmax."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput
from tests.support.layers import dense, random_layer


@given(
    seed=st.integers(0, 99),
    heads=st.sampled_from([(1, 1), (4, 4), (4, 2), (6, 1)]),
    queries=st.integers(1, 9),
    keys=st.integers(1, 9),
    causal=st.booleans(),
    softcap=st.sampled_from([None, 2.0]),
    extras=st.sets(st.sampled_from(["mask", "bias", "sinks"])),
)
@settings(max_examples=100, deadline=None)
def test_weights_are_the_definition(
    seed: int,
    heads: tuple[int, int],
    queries: int,
    keys: int,
    causal: bool,
    softcap: float | None,
    extras: set[str],
) -> None:
    rng = np.random.default_rng(seed)
    options: dict[str, object] = {
        "causal": causal,
        "softcap": softcap,
        "query_start": keys - queries,
    }
    if "mask" in extras:
        options["mask"] = rng.random((1, queries, keys)) < 0.7
    if "bias" in extras:
        options["bias"] = rng.normal(size=(heads[0], queries, keys)).astype(np.float32)
    if "sinks" in extras:
        options["sinks"] = rng.normal(size=heads[0]).astype(np.float32)
    layer = random_layer(seed, *heads, queries, keys, **options)
    expected = dense(layer)
    np.testing.assert_allclose(softmax.weights(layer), expected, atol=1e-6)
    for _, scores, block in softmax.row_blocks(layer, size=2):
        assert scores is not None
        assert block.dtype == np.float32 and scores.shape == block.shape
    one = softmax.weights(layer, slice(queries - 1, queries))
    np.testing.assert_allclose(one, expected[:, -1:], atol=1e-6)


@pytest.mark.parametrize("block", [1, 3, 64])
def test_blocks_equal_torch_attention(block: int) -> None:
    layer = random_layer(heads=4, key_heads=4, queries=65, keys=65)
    value = torch.eye(65).expand(4, 65, 65)
    expected = torch.nn.functional.scaled_dot_product_attention(
        torch.tensor(layer.query), torch.tensor(layer.key), value, is_causal=True, scale=layer.scale
    )
    rows = [
        np.pad(weights, ((0, 0), (0, 0), (0, 65 - weights.shape[2])))
        for _, _, weights in softmax.row_blocks(layer, size=block)
    ]
    np.testing.assert_allclose(np.concatenate(rows, axis=1), expected.numpy(), atol=2e-6)


def test_torch_tensors_give_the_same_numbers() -> None:
    layer = random_layer()
    tensors = AttentionLayer(
        query=torch.tensor(layer.query), key=torch.tensor(layer.key), scale=layer.scale
    )
    np.testing.assert_allclose(softmax.weights(tensors).numpy(), softmax.weights(layer), atol=1e-6)


def test_scores_are_masked_with_minus_infinity() -> None:
    scores = softmax.scores(random_layer(queries=3, keys=3))
    assert np.all(np.isneginf(scores[:, np.triu_indices(3, 1)[0], np.triu_indices(3, 1)[1]]))
    assert np.all(np.isfinite(scores[:, np.tril_indices(3)[0], np.tril_indices(3)[1]]))


def test_one_head_is_a_head_of_all() -> None:
    layer = random_layer(sinks=np.arange(4, dtype=np.float32))
    for head in range(4):
        np.testing.assert_allclose(
            softmax.weights(layer.head(head))[0], softmax.weights(layer)[head], atol=1e-6
        )


def test_weights_that_were_logged_come_back() -> None:
    logged = np.random.default_rng(0).random((2, 5, 5)).astype(np.float16)
    layer = AttentionLayer(weights=logged)
    np.testing.assert_array_equal(softmax.weights(layer), logged.astype(np.float32))
    with pytest.raises(InvalidInput, match="queries and keys"):
        softmax.scores(layer)


def test_nan_stays_in_its_row_and_warns_nobody() -> None:
    layer = random_layer(heads=1, key_heads=1, queries=5, keys=5)
    layer.query[0, 2, 0] = np.nan
    layer.query[0, 3, 0] = np.inf
    weights = softmax.weights(layer)
    assert np.isnan(weights[0, 2, :3]).all()
    assert np.isfinite(weights[0, [0, 1, 4]]).all()


@pytest.mark.parametrize(
    ("query", "key", "sentence"),
    [
        ((4, 5, 8), (4, 5, 9), "8 neurons and key 9"),
        ((4, 5, 8), (3, 5, 8), "cannot share"),
        ((5, 8), (5, 8), "must be"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    query: tuple[int, ...], key: tuple[int, ...], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        AttentionLayer(query=np.zeros(query), key=np.zeros(key))
