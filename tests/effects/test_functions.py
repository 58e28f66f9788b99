"""Heads are cut in whatever function computes their attention."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch
import transformers
from torch.nn import functional
from torch.nn.attention.flex_attention import create_block_mask, flex_attention
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from tests.support import kernels
from tests.support.attending import TOKENS, Hidden, causal, flash, model_that
from tests.support.cut_heads import compared, large, measured, next_token_loss
from tests.support.registered import SMALL, registered
from tests.support.torch_models import IDS, WORDS

SDPA = functional.scaled_dot_product_attention
HELD = [SDPA]


class Enclosing(torch.autograd.Function):
    """Has no backward pass."""

    @staticmethod
    def forward(_: Any, *args: Any) -> Any:
        return HELD[0](*args, is_causal=True, enable_gqa=True)


def three(*args: Any, **options: Any) -> Any:
    """Calls it with the heads of one text only."""
    return torch.stack([HELD[0](*one, **options) for one in zip(*args, strict=True)])


def packed(module: Any, q: Any, k: Any, v: Any) -> Any:
    """Rows of a batch one after the other, each a document."""
    batch, tokens = q.shape[:2]
    starts = torch.arange(0, batch * tokens + 1, tokens, dtype=torch.int32)
    q, k, v = (one.flatten(0, 1) for one in (q, k, v))
    given = (starts, starts, tokens, tokens)
    return KERNELS["varlen"](q, k, v, *given, causal=True).unflatten(0, (batch, -1))


def joined(module: Any, q: Any, k: Any, v: Any) -> Any:
    """Rows of a batch are one text, so that they act on each other."""
    batch = len(q)
    q, k, v = (one.flatten(0, 1)[None].transpose(1, 2) for one in (q, k, v))
    out = SDPA(q, k, v, is_causal=True, enable_gqa=True)
    return out.transpose(1, 2)[0].unflatten(0, (batch, -1))


def flexible(module: Any, q: Any, k: Any, v: Any) -> Any:
    blocks = create_block_mask(lambda b, h, i, j: i >= j, None, None, TOKENS, TOKENS, device="cpu")
    q, k, v = (one.transpose(1, 2) for one in (q, k, v))
    with torch.compiler.set_stance("force_eager"):
        return flex_attention(q, k, v, block_mask=blocks, enable_gqa=True).transpose(1, 2)


def once(*args: Any, **options: Any) -> Any:
    part = functools.partial(HELD[0], **options)
    return torch.utils.checkpoint.checkpoint(part, *args, use_reentrant=False)


KERNELS = {"varlen": kernels.flash_attn_varlen_func}

WAYS: dict[str, Any] = {
    "a name": causal(SDPA),
    "an object": causal(Hidden(SDPA)),
    "torch._C": causal(
        lambda *args, **options: torch._C._nn.scaled_dot_product_attention(*args, **options)
    ),
    "the heads of one text": causal(three),
    "a checkpoint": causal(once),
    "flash-attn": flash(causal=True),
    "flash-attn, packed": packed,
    "rows that act on each other": joined,
}


def loss(model: Any) -> float:
    ids = torch.tensor([IDS])
    with torch.no_grad():
        return next_token_loss(model(ids), ids)


@pytest.mark.parametrize("way", WAYS)
def test_a_function_of_any_kind(way: str) -> None:
    compared(model_that(WAYS[way]), IDS, loss)


@pytest.mark.filterwarnings("ignore:flex_attention called without torch.compile")
def test_flex_attention_which_has_no_backward_pass_on_a_cpu() -> None:
    compared(model_that(flexible), IDS, loss, noted=("not estimated", "backward on CPU"))


def test_what_has_no_backward_pass_has_no_estimates() -> None:
    model = model_that(causal(lambda *args, **options: Enclosing.apply(*args)))
    _, effect = measured(model, IDS, noted=("not estimated", "backward"))
    assert (effect.estimate, len(effect.exact)) == ({}, 2)


def test_a_registered_function() -> None:
    def own(module: Any, query: Any, key: Any, value: Any, mask: Any, **options: Any) -> Any:
        return sdpa_attention_forward(module, query, key, value, mask, **options)

    with registered("own", own, "sdpa"):
        config = transformers.LlamaConfig(**SMALL, attn_implementation="own")
        model = large(transformers.AutoModelForCausalLM.from_config(config))
        assert model.config._attn_implementation == "own"
        ids = torch.tensor([IDS])

        @torch.no_grad()
        def loss(one: Any) -> float:
            return next_token_loss(one(ids).logits, ids)

        compared(model, IDS, loss)


def test_a_model_that_gives_all_logits_only_with_targets() -> None:
    """As nanoGPT does."""
    model = model_that(causal(SDPA))
    whole = model.forward

    def forward(ids: torch.Tensor, targets: torch.Tensor | None = None) -> Any:
        logits = whole(ids)
        if targets is None:
            return logits[:, [-1]], None
        return logits, functional.cross_entropy(logits.view(-1, WORDS), targets.view(-1))

    expected = measured(model, IDS)[1]
    model.forward = forward
    _, effect = measured(model, IDS)
    assert effect.value == expected.value
    assert effect.exact["decoder", 0].tolist() == expected.exact["decoder", 0].tolist()


def test_a_wrapper_that_has_a_config_of_its_own() -> None:
    """So that it is taken for the model, and `module` is a part of its names."""

    class Wrapper(torch.nn.Module):
        def __init__(self, module: Any) -> None:
            super().__init__()
            self.module, self.config = module, None

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return self.module(ids)

    model = model_that(causal(SDPA))
    effect, expected = (measured(one, IDS)[1] for one in (Wrapper(model), model))
    assert effect.exact.keys() == expected.exact.keys()
    for row, exact in expected.exact.items():
        assert effect.exact[row].tolist() == exact.tolist()
