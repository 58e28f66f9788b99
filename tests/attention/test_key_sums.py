"""On which token a head rests, against means on the dense matrix; heads that are planted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.head_types import TYPES, type_masks
from tb_attention.attention.key_sums import KeySums
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.measure import measure_layer

RESTING = [kind.name for kind in TYPES].index("resting")


def measured(layer: AttentionLayer, name: str) -> np.ndarray:
    return measure_layer(layer)[0][:, METRIC_NAMES.index(name)]


def direct(layer: AttentionLayer, head: int) -> tuple[float, int]:
    """The largest mean and its key, one pair after the other."""
    weights = np.asarray(softmax.weights(layer), np.float64)[head]
    mask = np.ones(weights.shape, bool)
    if layer.mask is not None:
        mask &= np.asarray(layer.mask)[head if len(layer.mask) > 1 else 0]
    if layer.causal:
        i, j = np.indices(weights.shape)
        mask &= j <= i + layer.query_start
    rows = [i for i in range(len(weights)) if mask[i].sum() >= 4 and np.isfinite(weights[i]).all()]
    best, at = -1.0, -1
    for key in range(weights.shape[1]):
        seen = [i for i in rows if mask[i, key]]
        if len(seen) >= max(8, len(rows) / 4) and weights[seen, key].mean() > best:
            best, at = weights[seen, key].mean(), key
    return (best, at) if at >= 0 else (np.nan, -1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "kind", ["causal", "both ways", "mask", "mask of heads", "cached", "torch", "cross", "bias"]
)
def test_it_is_the_largest_mean_over_the_queries_that_see_the_key(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    tokens, queries = 100, 70 if kind in ("cached", "cross") else 100
    query, key = rng.normal(size=(4, queries, 8)), rng.normal(size=(2, tokens, 8))
    key[:, 11] *= 3
    options: dict[str, Any] = {"causal": kind not in ("both ways", "cross")}
    if kind == "cached":
        options["query_start"] = 30
    if kind.startswith("mask"):
        options["mask"] = rng.random((4 if "heads" in kind else 1, queries, tokens)) < 0.6
    if kind == "bias":
        options["bias"] = rng.normal(size=(4, queries, tokens)).astype(np.float32)
    layer = AttentionLayer(query.astype(np.float32), key.astype(np.float32), scale=1.0, **options)
    found = layer
    if kind == "torch":
        found = replace(layer, query=torch.tensor(layer.query), key=torch.tensor(layer.key))
    for head in range(4):
        best, at = direct(layer, head)
        assert measured(found, "resting")[head] == pytest.approx(best, abs=1e-5)
        assert measured(found, "resting_token")[head] == at


def planted(target: int | None, share: float, tokens: int = 40) -> AttentionLayer:
    """A head with this share of its weight on a token once it sees it, the rest drawn at random."""
    weights = (
        np.tril(np.random.default_rng(0).random((tokens, tokens)) ** 4) + np.eye(tokens) * 1e-3
    )
    weights /= weights.sum(axis=1, keepdims=True)
    if target is not None:
        weights[target:] *= 1 - share
        weights[target:, target] += share
    return AttentionLayer(weights=weights[None].astype(np.float32))


def test_planted_heads() -> None:
    """One rests on token 6, one on the first, one on none."""
    on_six, on_first, on_none = planted(6, 0.5), planted(0, 0.6), planted(None, 0)
    assert measured(on_six, "resting_token") == 6
    assert measured(on_six, "resting") == pytest.approx(0.5, abs=0.05)
    assert measured(on_first, "resting_token") == 0
    assert measured(on_none, "resting") < 0.2
    masks = [
        int(type_masks(measure_layer(layer)[0], METRIC_NAMES)[0])
        for layer in (on_six, on_first, on_none)
    ]
    assert [mask >> RESTING & 1 for mask in masks] == [1, 0, 0]
    first = [kind.name for kind in TYPES].index("first token")
    assert [mask >> first & 1 for mask in masks] == [0, 1, 0]


@pytest.mark.parametrize(
    "target",
    [lambda i: i, lambda i: max(i - 1, 0), lambda i: max(i - 3, 0), lambda i: i * 3 // 7],
)
@pytest.mark.parametrize("tokens", [8, 16, 40, 200])
def test_a_head_that_moves_along_rests_nowhere(target: Any, tokens: int) -> None:
    weights = np.eye(tokens)[[target(i) for i in range(tokens)]].astype(np.float32)
    layer = AttentionLayer(weights=weights[None])
    assert not int(type_masks(measure_layer(layer)[0], METRIC_NAMES)[0]) >> RESTING & 1


def test_it_is_not_defined_where_no_key_is_seen_by_enough() -> None:
    """Short texts, and windows that are less than a quarter of the text."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1, 64, 8)).astype(np.float32)
    short = AttentionLayer(vectors[:, :10], vectors[:, :10])
    assert np.isnan(measured(short, "resting")) and np.isnan(measured(short, "resting_token"))
    i, j = np.indices((64, 64))
    window = AttentionLayer(vectors, vectors, mask=(i - j < 12)[None])
    assert np.isnan(measured(window, "resting"))


def test_rows_that_are_no_numbers_are_left_out() -> None:
    layer = planted(6, 0.5)
    layer.weights[0, 20] = np.nan
    assert measured(layer, "resting_token") == 6
    assert measured(layer, "resting") == pytest.approx(direct(layer, 0)[0], abs=1e-6)


@pytest.mark.parametrize("broken", [False, True])
def test_blocks_of_torch_are_added_as_they_are(broken: bool) -> None:
    """As on an accelerator, whose blocks do not become numpy's."""
    rng = np.random.default_rng(0)
    query, key = (rng.normal(size=(4, 100, 8)).astype(np.float32) for _ in range(2))
    if broken:
        query[1, 30] = np.nan
    mask = rng.random((1, 100, 100)) < 0.6
    found = []
    for of in (np.asarray, torch.tensor):
        layer = AttentionLayer(of(query), of(key), scale=1.0, mask=of(mask))
        sums = KeySums(layer)
        for block in softmax.raised_blocks(layer):
            mask_seen = softmax.support(layer, block.start, block.scores, block.raised)
            with np.errstate(invalid="ignore"):
                sums.add(block, mask_seen)
        found.append(sums.resting())
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)
    for head in (0, 1):
        best, at = direct(AttentionLayer(query, key, scale=1.0, mask=mask), head)
        assert (found[1][0][head], found[1][1][head]) == (pytest.approx(best, abs=1e-5), at)
