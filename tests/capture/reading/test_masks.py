"""Masks of calls, as AttentionLayer means them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.attention.flex_attention import create_block_mask

from tb_attention.capture import AttentionCall
from tb_attention.capture.reading.masks import Masks


def call_with(
    mask: Any, implementation: str = "sdpa", queries: int = 6, keys: int = 6, **options: Any
) -> AttentionCall:
    module = torch.nn.Module()
    module.is_causal = options.pop("causal", True)
    return AttentionCall(
        "h.0",
        implementation,
        module,
        torch.zeros(1, 2, queries, 4),
        torch.zeros(1, 2, keys, 4),
        mask,
        options,
    )


def allowed(call: AttentionCall) -> np.ndarray[Any, Any]:
    """bool [1 or heads, queries, keys] as AttentionLayer means it."""
    seen = Masks().of(call)
    i, j = np.indices((call.query.shape[2], call.key.shape[2]))
    causal = (j <= i + seen.query_start) if seen.causal else np.ones_like(i, dtype=bool)
    return causal[None] & (True if seen.mask is None else seen.mask.numpy())


def test_flags_mean_what_the_implementation_makes_of_them() -> None:
    i, j = np.indices((6, 6))
    np.testing.assert_array_equal(allowed(call_with(None))[0], j <= i)
    np.testing.assert_array_equal(allowed(call_with(None, causal=False))[0], j >= 0)
    np.testing.assert_array_equal(allowed(call_with(None, is_causal=False))[0], j >= 0)
    np.testing.assert_array_equal(allowed(call_with(None, "eager"))[0], j >= 0)
    np.testing.assert_array_equal(allowed(call_with(None, sliding_window=2))[0], j <= i)
    window = call_with(None, "flash_attention_2", sliding_window=2)
    np.testing.assert_array_equal(allowed(window)[0], (j <= i) & (i - j < 2))
    band = call_with(None, "flash_attention_2", causal=False, sliding_window=2)
    np.testing.assert_array_equal(allowed(band)[0], abs(i - j) < 2)
    padded = call_with(torch.tensor([[1, 1, 1, 1, 0, 0]]), "flash_attention_2")
    np.testing.assert_array_equal(allowed(padded)[0], (j <= i) & (j < 4))
    i, j = np.indices((2, 6))
    np.testing.assert_array_equal(
        allowed(call_with(None, "flash_attention_2", queries=2))[0], j <= i + 4
    )
    np.testing.assert_array_equal(allowed(call_with(None, "sdpa", queries=2))[0], j <= i)
    assert allowed(call_with(None, queries=1)).all()


def test_a_flex_block_mask() -> None:
    block = create_block_mask(
        lambda b, h, q, k: (q >= k) & (q - k < 3), 1, None, 6, 6, device="cpu"
    )
    i, j = np.indices((6, 6))
    np.testing.assert_array_equal(
        allowed(call_with(block, "flex_attention"))[0], (j <= i) & (i - j < 3)
    )


def test_biases_add_up_and_causality_comes_out() -> None:
    lowest = torch.finfo(torch.float32).min
    lower = torch.ones(6, 6).tril().bool()
    inside = torch.where(lower, torch.arange(36.0).reshape(6, 6), lowest)[None, None]
    position = torch.full((1, 2, 6, 6), 0.5)
    seen = Masks().of(call_with(inside, position_bias=position))
    assert (seen.causal, seen.mask) == (True, None)
    expected = torch.where(lower, torch.arange(36.0).reshape(6, 6), 0.0) + 0.5
    assert torch.equal(seen.bias, expected.expand(2, 6, 6))
    assert Masks().of(call_with(torch.where(lower, 0.0, lowest)[None, None])).bias is None


@given(
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(1, 2),
    st.booleans(),
    st.randoms(use_true_random=False),
    st.floats(0, 1),
)
def test_any_complete_mask_is_kept_exactly(
    queries: int, more: int, heads: int, added: bool, random: Any, dense: float
) -> None:
    keys = queries + more - 1
    shape = (1, heads, queries, keys)
    wanted = np.array([random.random() <= dense for _ in range(heads * queries * keys)]).reshape(
        shape
    )
    mask = torch.tensor(wanted)
    if added:
        mask = torch.where(mask, 0.0, torch.finfo(torch.float32).min)
    result = allowed(call_with(mask, queries=queries, keys=keys))
    np.testing.assert_array_equal(np.broadcast_to(result, shape[1:]), wanted[0])
