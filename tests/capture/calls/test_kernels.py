"""Attention functions of other packages: stand-ins, as the real ones need a GPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tb_attention.capture import capture, watch_passes
from tb_attention.errors import NotUnderstood
from tests.support import kernels
from tests.support.attending import TOKENS, compared, flash, model_that, shown_weights
from tests.support.torch_models import HEADS, IDS, WIDTH, built


@pytest.mark.parametrize(
    "options",
    [
        {"causal": True},
        {"causal": False},
        {"causal": True, "window_size": (2, 0)},
        {"causal": True, "window_size": (2, -1)},
        {"causal": False, "window_size": (1, 2)},
        {"causal": True, "softmax_scale": 0.9},
        {"causal": True, "softcap": 2.0},
        {"causal": True, "alibi_slopes": torch.tensor([0.5, 0.25, 0.125, 0.1])},
    ],
)
def test_flash_attention(options: dict[str, Any]) -> None:
    captured = capture(model_that(flash(**options)), IDS)
    compared(captured)
    layer = captured.stacks[0].layers[0]
    assert (layer.key_heads, layer.causal) == (2, options["causal"])
    assert layer.implementation == "flash: flash_attn_func" and layer.module == "h.0.attn"


def test_fewer_queries_than_keys_end_together() -> None:
    """As flash attention has it; scaled_dot_product_attention lets them begin together."""

    class Half(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wte = nn.Embedding(50, WIDTH)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            x = self.wte(ids).unflatten(-1, (HEADS, -1))
            return flash_attn_func(x[:, 3:], x, x, causal=True)

    flash_attn_func = kernels.flash_attn_func
    layer = capture(built(Half), IDS).stacks[0].layers[0]
    assert (layer.queries, layer.keys, layer.query_start) == (TOKENS - 3, TOKENS, 3)


def test_packed_texts() -> None:
    """[tokens, heads, neurons] of all texts, one after the other."""

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        lengths = torch.tensor([0, 3, TOKENS], dtype=torch.int32)
        q, k, v = (one.flatten(0, 1) for one in (q, k, v))
        return flash_attn_varlen_func(q, k, v, lengths, lengths, 4, 4, causal=True)[None]

    flash_attn_varlen_func = kernels.flash_attn_varlen_func
    captured = capture(model_that(attend), IDS)
    compared(captured)
    assert all(not weights[:, 3:, :3].any() for weights in shown_weights(captured))


def test_a_batch_whose_rows_lie_one_after_the_other() -> None:
    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        rows, tokens = q.shape[:2]
        lengths = torch.arange(0, rows * tokens + 1, tokens, dtype=torch.int32)
        q, k, v = (one.flatten(0, 1) for one in (q, k, v))
        out = flash_attn_varlen_func(q, k, v, lengths, lengths, tokens, tokens, causal=True)
        return out.unflatten(0, (rows, tokens))

    flash_attn_varlen_func = kernels.flash_attn_varlen_func
    model = model_that(attend)
    with watch_passes(model, (1,)) as passes, torch.no_grad():
        model(torch.tensor([IDS[::-1], IDS]))
    alone = capture(model, IDS)
    for one, other in zip(shown_weights(passes.captures()[1]), shown_weights(alone), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_xformers_and_sage_attention() -> None:
    def xformers(module: Any, q: Any, k: Any, v: Any) -> Any:
        k, v = (one.repeat_interleave(2, 2) for one in (k, v))
        return memory_efficient_attention(q, k, v, attn_bias=kernels.LowerTriangularMask())

    def sage(module: Any, q: Any, k: Any, v: Any) -> Any:
        return sageattn(q, k, v, tensor_layout="NHD", is_causal=True)

    memory_efficient_attention, sageattn = kernels.memory_efficient_attention, kernels.sageattn
    for attend in (xformers, sage):
        captured = capture(model_that(attend), IDS)
        compared(captured)
        assert captured.stacks[0].layers[0].causal


def test_under_compilation() -> None:
    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        return flash_attn_func(q, k, v, causal=True)

    flash_attn_func = kernels.flash_attn_func
    model = model_that(attend)
    compiled = torch.compile(model, backend="eager")
    with torch.no_grad():
        expected = compiled(torch.tensor([IDS]))
        compared(capture(compiled, IDS))
        assert torch.equal(compiled(torch.tensor([IDS])), expected)


def test_a_batch_without_its_padding_is_refused() -> None:
    """Its rows have another length each, and nothing says which tokens are whose."""

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        kept = torch.ones(2, TOKENS, dtype=torch.bool)
        kept[0, :2] = False
        lengths = torch.tensor([0, TOKENS - 2, 2 * TOKENS - 2], dtype=torch.int32)
        q, k, v = (one[kept] for one in (q, k, v))
        out = torch.zeros(*kept.shape, *q.shape[1:])
        out[kept] = flash_attn_varlen_func(q, k, v, lengths, lengths, TOKENS, TOKENS, causal=True)
        return out

    flash_attn_varlen_func = kernels.flash_attn_varlen_func
    with watch_passes(model_that(attend)) as passes, torch.no_grad():
        passes.model(torch.tensor([IDS, IDS]))
    with pytest.raises(NotUnderstood, match=r"one after the other in h\.0\.attn, without padding"):
        passes.captures()


def test_a_cache_in_pages_is_refused() -> None:
    def flash_attn_with_kvcache(q: Any, k_cache: Any, v_cache: Any, block_table: Any) -> Any:
        return q

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        return flash_attn_with_kvcache(q, k, v, block_table=torch.zeros(1, 1))

    with pytest.raises(NotUnderstood, match="a key-value cache in pages is not read"):
        capture(model_that(attend), IDS)


def test_a_function_of_that_name_that_is_something_else() -> None:
    """What it calls itself is seen."""

    def sageattn(hidden: Any) -> Any:
        out = torch.nn.functional.scaled_dot_product_attention(*hidden, is_causal=True)
        return out.transpose(1, 2)

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        k, v = (one.repeat_interleave(2, 2) for one in (k, v))
        return sageattn([one.transpose(1, 2) for one in (q, k, v)])

    layers = capture(model_that(attend), IDS).stacks[0].layers
    assert [layer.implementation for layer in layers.values()] == ["sdpa", "sdpa"]
