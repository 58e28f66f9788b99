"""Golden files of attention weights, which the page's own attend (frontend/src/attend) must give.

One for each thing that a layer may have; vitest reads them.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import save

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tests.support.golden import HOW, REWRITE, compare, same
from tests.support.repository import ROOT

GOLDEN = ROOT / "frontend" / "src" / "attend" / "golden"

QUERIES, KEYS, NEURONS = 5, 5, 4


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def vectors(
    heads: int = 2, key_heads: int = 2, queries: int = QUERIES, keys: int = KEYS
) -> dict[str, np.ndarray]:
    return {
        "query": 2 * numbers(heads, queries, NEURONS),
        "key": 2 * numbers(key_heads, keys, NEURONS, seed=1),
    }


def window(size: int) -> np.ndarray:
    """Each query sees its last `size` keys: bool [1, queries, keys]."""
    behind = np.arange(QUERIES)[:, None] - np.arange(KEYS)[None, :]
    return (behind < size)[None]


def alibi() -> np.ndarray:
    """The further a key, the less: float32 [heads, queries, keys], -inf for the last of a row."""
    behind = np.arange(QUERIES)[:, None] - np.arange(KEYS)[None, :]
    bias = (-np.float32([0.5, 0.25])[:, None, None] * behind).astype(np.float32)
    bias[1, 3, 0] = -np.inf
    return bias


def weights_alone() -> np.ndarray:
    raised = np.exp(numbers(2, QUERIES, KEYS))
    return (raised / raised.sum(-1, keepdims=True)).astype(np.float32)


def norms() -> np.ndarray:
    lengths = np.abs(numbers(2, KEYS, seed=2)) + 0.1
    lengths[1, 2] = 0
    return lengths.astype(np.float32)


def nothing_seen() -> np.ndarray:
    mask = np.ones((2, QUERIES, KEYS), bool)
    mask[0, 2] = mask[1, :, 0] = False
    return mask


def diverged() -> dict[str, np.ndarray]:
    arrays = vectors()
    arrays["query"][0, 1, 0] = np.nan
    arrays["query"][1, 2, 0] = np.inf
    return arrays


def halves() -> dict[str, np.ndarray]:
    return {name: array.astype(np.float16) for name, array in vectors().items()}


def of_bfloat16() -> dict[str, np.ndarray]:
    """Numbers of bfloat16 that float16 cannot hold, which logs keep as float32."""
    arrays = {name: array * np.float32(1e5) for name, array in vectors().items()}
    return {
        name: (array.view(np.uint32) & 0xFFFF0000).view(np.float32)
        for name, array in arrays.items()
    }


CASES = {
    "causal": AttentionLayer(**vectors()),
    "full": AttentionLayer(**vectors(), causal=False),
    "scale": AttentionLayer(**vectors(), scale=0.25),
    "later_queries": AttentionLayer(**vectors(queries=3), query_start=2),
    "cross": AttentionLayer(**vectors(queries=3, keys=7), causal=False),
    "grouped": AttentionLayer(**vectors(heads=4, key_heads=2), scale=0.5),
    "sliding_window": AttentionLayer(**vectors(), mask=window(2)),
    "mask_of_heads": AttentionLayer(
        **vectors(), causal=False, mask=numbers(2, QUERIES, KEYS, seed=3) > 0
    ),
    "nothing_seen": AttentionLayer(**vectors(), mask=nothing_seen()),
    "softcap": AttentionLayer(**vectors(), softcap=1.5),
    "bias": AttentionLayer(**vectors(), bias=alibi()),
    "bias_of_all": AttentionLayer(**vectors(), causal=False, bias=alibi()[:1]),
    "sinks": AttentionLayer(**vectors(), sinks=np.float32([2, -1])),
    "sinks_and_nothing_seen": AttentionLayer(
        **vectors(), mask=nothing_seen(), sinks=np.float32([-np.inf, 1])
    ),
    "float16": AttentionLayer(**halves(), scale=0.5),
    "bfloat16": AttentionLayer(**of_bfloat16(), scale=1e-10),
    "diverged": AttentionLayer(**diverged(), causal=False),
    "weights_only": AttentionLayer(weights=weights_alone(), value_norms=norms()),
    "arriving": AttentionLayer(**vectors(), value_norms=norms(), sinks=np.float32([2, -1])),
    "all_together": AttentionLayer(
        **vectors(heads=2, key_heads=1),
        scale=0.7,
        mask=window(3),
        bias=alibi(),
        softcap=5.0,
        sinks=np.float32([0, 1]),
        value_norms=norms(),
    ),
}


def golden(layer: AttentionLayer) -> bytes:
    """Tensors of the layer, what it is beside them, and the numbers that follow."""
    names = ("query", "key", "weights", "bias", "sinks", "value_norms")
    arrays = {name: array for name in names if (array := getattr(layer, name)) is not None}
    if layer.mask is not None:
        arrays["mask"] = layer.mask.astype(np.uint8)
    arrays["expected"] = softmax.weights(layer)
    if layer.weights is None:
        arrays["expected_scores"] = softmax.scores(layer)
    if layer.value_norms is not None:
        with np.errstate(divide="ignore"):
            arrays["expected_arriving"] = softmax.weights(layer.arrived())
    about = {
        "heads": layer.heads,
        "key_heads": layer.key_heads,
        "queries": layer.queries,
        "keys": layer.keys,
        "scale": layer.scale,
        "causal": layer.causal,
        "query_start": layer.query_start,
        "softcap": layer.softcap,
    }
    return save(
        {name: np.ascontiguousarray(array) for name, array in arrays.items()},
        {name: json.dumps(value) for name, value in about.items()},
    )


@pytest.mark.parametrize("name", CASES)
def test_the_weights_are_the_golden_ones(name: str) -> None:
    path, made = GOLDEN / f"{name}.safetensors", golden(CASES[name])
    if REWRITE and not (path.exists() and same(path, made)):
        GOLDEN.mkdir(exist_ok=True)
        path.write_bytes(made)
    assert path.exists(), f"There is no {path}. {HOW}"
    compare(path, made)


def test_there_is_no_other_file() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)
