"""flex_attention, called by itself."""

from __future__ import annotations

import types
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.attention.flex_attention import create_block_mask, flex_attention

from tb_attention.capture import capture
from tests.support.attending import TOKENS, Hidden, helper, model_that, shown_weights
from tests.support.torch_models import IDS


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("way", ["a name in a helper", "a class", "hidden"])
def test_flex_attention(compiled: bool, way: str) -> None:
    """With a mask of blocks and a change of scores; compiled by itself, as training code has it."""
    function = torch.compile(flex_attention, backend="eager") if compiled else flex_attention
    blocks = create_block_mask(
        lambda b, h, q, k: (q >= k) & (q - k < 4), None, None, TOKENS, TOKENS, device="cpu"
    )
    slopes = torch.tensor([0.5, 0.25, 0.1, 0.0])

    def call(q: Any, k: Any, v: Any) -> Any:
        q, k, v = (one.transpose(1, 2) for one in (q, k, v))
        k, v = (one.repeat_interleave(2, 1) for one in (k, v))
        return kernel.kernel(
            q, k, v, score_mod=lambda s, b, h, i, j: s - slopes[h] * (i - j), block_mask=blocks
        ).transpose(1, 2)

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        return call(q, k, v)

    kernel = types.SimpleNamespace(kernel=Hidden(function) if way == "hidden" else function)
    if way == "a class":
        kernel = type("Kernels", (), {"kernel": staticmethod(function)})
    model = model_that(attend)
    with torch.no_grad():
        expected = model(torch.tensor([IDS]))
        captured = capture(model, IDS)
        assert torch.equal(model(torch.tensor([IDS])), expected)
    away = np.subtract.outer(np.arange(TOKENS), np.arange(TOKENS))
    allowed = (away >= 0) & (away < 4)
    for weights in shown_weights(captured):
        np.testing.assert_array_equal(weights > 0, np.broadcast_to(allowed, weights.shape))
    assert all(layer.weights is not None for layer in captured.stacks[0].layers.values())


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
def test_flex_attention_with_a_mask_alone_has_queries_and_keys() -> None:
    blocks = create_block_mask(
        lambda b, h, q, k: (q >= k) & (q - k < 4), None, None, TOKENS, TOKENS, device="cpu"
    )
    code = "def attend(module, q, k, v): return call(flex_attention, q, k, v)"

    def call(function: Any, q: Any, k: Any, v: Any) -> Any:
        q, k, v = (one.transpose(1, 2) for one in (q, k, v))
        with torch.compiler.set_stance("force_eager"):
            return function(q, k, v, block_mask=blocks, enable_gqa=True).transpose(1, 2)

    captured = capture(
        model_that(helper(code, flex_attention=flex_attention, call=call).attend), IDS
    )
    layer = captured.stacks[0].layers[1]
    assert layer.check.error is not None and layer.check.error < 1e-5
    assert (layer.weights, layer.key_heads, layer.causal) == (None, 2, True)
