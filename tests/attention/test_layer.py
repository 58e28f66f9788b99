"""What an AttentionLayer refuses when it is made, of numpy and of torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput

HEADS, QUERIES, KEYS = 4, 3, 5


def layer(**more: Any) -> AttentionLayer:
    query, key = np.ones((HEADS, QUERIES, 8), "f4"), np.ones((2, KEYS, 8), "f4")
    return AttentionLayer(query=query, key=key, **more)


@pytest.mark.parametrize("heads", [1, HEADS])
def test_one_mask_and_bias_for_all_heads_or_one_for_each(heads: int) -> None:
    shape = (heads, QUERIES, KEYS)
    made = layer(mask=np.ones(shape, bool), bias=np.zeros(shape, "f2"), sinks=np.zeros(HEADS))
    assert (made.heads, made.head(3).heads) == (HEADS, 1)
    query, key = torch.ones(HEADS, QUERIES, 8), torch.ones(2, KEYS, 8)
    mask, bias = torch.ones(shape, dtype=torch.bool), torch.zeros(shape, dtype=torch.bfloat16)
    AttentionLayer(query=query, key=key, mask=mask, bias=bias, sinks=torch.zeros(HEADS))


@pytest.mark.parametrize("name", ["mask", "bias"])
@pytest.mark.parametrize(
    "shape", [(2, QUERIES, KEYS), (HEADS, KEYS, QUERIES), (QUERIES, KEYS), (1, 1, KEYS), (1, 0, 0)]
)
def test_a_mask_or_bias_of_another_shape(name: str, shape: tuple[int, ...]) -> None:
    sentence = rf"the {name} must be \[1 or 4 heads, 3 queries, 5 keys\]; it is \[{shape[0]}, "
    with pytest.raises(InvalidInput, match=sentence):
        layer(**{name: np.zeros(shape, bool if name == "mask" else "f4")})


@pytest.mark.parametrize("number", [np.float32, np.int64, torch.float16])
def test_a_mask_of_numbers(number: Any) -> None:
    made = torch.zeros if isinstance(number, torch.dtype) else np.zeros
    with pytest.raises(InvalidInput, match=r"the mask has the dtype (float|int).*are the bias"):
        layer(mask=made((1, QUERIES, KEYS), dtype=number))


def test_a_bias_that_is_a_mask() -> None:
    with pytest.raises(InvalidInput, match=r"the bias has the dtype bool.*is the mask"):
        layer(bias=np.ones((1, QUERIES, KEYS), bool))


@pytest.mark.parametrize("shape", [(), (1,), (5,), (4, 1)])
def test_sinks_of_other_heads(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="one number for each of 4 heads"):
        layer(sinks=np.zeros(shape))


def test_no_key_heads() -> None:
    with pytest.raises(InvalidInput, match="4 query heads cannot share 0 key heads evenly"):
        AttentionLayer(query=np.ones((4, 3, 8)), key=np.ones((0, 3, 8)))
