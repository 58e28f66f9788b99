"""Retrieval against a loop over all steps and tokens, and heads that are planted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.measure import measure_layer
from tb_attention.attention.needle import Needle, NeedleHits

RETRIEVAL = METRIC_NAMES.index("retrieval")


def direct(weights: np.ndarray, ids: list[int], needle: Needle) -> float:
    found = set()
    for i in range(needle.prompt - 1, len(ids) - 1):
        j = int(weights[i].argmax())
        if needle.first <= j <= needle.last and ids[j] == ids[i + 1]:
            found.add(j)
    return len(found) / (needle.last - needle.first + 1)


@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_a_loop_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tokens, needle = 150, Needle(20, 50, 80)
    ids = rng.integers(0, 3, tokens).tolist()
    layer = AttentionLayer(
        rng.normal(size=(4, tokens, 8)).astype(np.float32) * 2,
        rng.normal(size=(2, tokens, 8)).astype(np.float32),
    )
    measured, _ = measure_layer(layer, ids, needle=needle)
    weights = softmax.weights(layer)
    expected = [direct(weights[head], ids, needle) for head in range(4)]
    np.testing.assert_allclose(measured[:, RETRIEVAL], expected)
    assert any(expected)


def test_a_planted_head_retrieves_and_no_other_does() -> None:
    """The needle 7 8 9 is written again, and the head looks at each token when it is written."""
    ids = [1, 2, 7, 8, 9, 3, 4, 7, 8, 9, 5]
    needle, length = Needle(2, 4, 7), len(ids)
    copies = {6: 2, 7: 3, 8: 4}
    heads = [
        [copies.get(i, 0) for i in range(length)],
        [copies.get(i - 1, 0) for i in range(length)],  # a step too late: an attention sink besides
        [0] * length,
        [max(i - 1, 0) for i in range(length)],
        [copies.get(i, 0) if i != 8 else 0 for i in range(length)],
    ]
    weights = np.stack([np.eye(length)[targets] for targets in heads]).astype(np.float32)
    measured, _ = measure_layer(AttentionLayer(weights=weights), ids, needle=needle)
    np.testing.assert_allclose(measured[:, RETRIEVAL], [1, 0, 0, 0, 2 / 3])


def test_it_is_not_defined_without_a_needle_or_the_ids() -> None:
    layer = AttentionLayer(weights=np.eye(4, dtype=np.float32)[None])
    assert np.isnan(measure_layer(layer, [1, 2, 3, 4])[0][0, RETRIEVAL])
    assert np.isnan(measure_layer(layer, needle=Needle(0, 1, 2))[0][0, RETRIEVAL])


def test_rows_that_are_no_numbers_retrieve_nothing() -> None:
    weights = np.full((1, 6, 6), np.nan, np.float32)
    measured, _ = measure_layer(
        AttentionLayer(weights=weights), [5, 5, 5, 5, 5, 5], needle=Needle(0, 1, 3)
    )
    assert measured[0, RETRIEVAL] == 0


def test_blocks_of_torch_are_looked_at_as_they_are() -> None:
    """As on an accelerator, whose blocks do not become numpy's."""
    rng = np.random.default_rng(0)
    ids, needle = rng.integers(0, 3, 100).tolist(), Needle(20, 40, 60)
    query, key = (rng.normal(size=(4, 100, 8)).astype(np.float32) for _ in range(2))
    found = []
    for of in (np.asarray, torch.tensor):
        layer = AttentionLayer(of(query), of(key), scale=1.0)
        hits = NeedleHits(layer, ids, needle)
        for block in softmax.raised_blocks(layer):
            hits.add(block)
        found.append(hits.share())
    np.testing.assert_array_equal(found[0], found[1])
    assert found[0].any()
