"""Functions of torch that no name leads to."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from tb_attention.capture import capture, watch_passes
from tb_attention.errors import NotUnderstood
from tests.support.attending import Hidden, causal, model_that, shown_weights
from tests.support.torch_models import IDS

SDPA = functional.scaled_dot_product_attention
HELD = [SDPA]


class Enclosing(torch.autograd.Function):
    @staticmethod
    def forward(_: Any, *args: Any) -> Any:
        return HELD[0](*args, is_causal=True, enable_gqa=True)


def by_default(*args: Any, function: Any = SDPA, **options: Any) -> Any:
    return function(*args, **options)


def of_aten(function: Any) -> Any:
    return lambda *args, **options: function(*args, None, 0.0, True, enable_gqa=True)


def checkpointed(*args: Any, **options: Any) -> Any:
    part = functools.partial(HELD[0], **options)
    return torch.utils.checkpoint.checkpoint(part, *args, use_reentrant=False)


def compiled_then(*args: Any, **options: Any) -> Any:
    part = functools.partial(HELD[0], **options)
    return torch.compile(part, backend="eager", fullgraph=True)(*args)


WAYS: dict[str, Any] = {
    "an object": Hidden(SDPA),
    "a default": by_default,
    "a list": lambda *args, **options: HELD[0](*args, **options),
    "torch._C": lambda *args, **options: torch._C._nn.scaled_dot_product_attention(
        *args, **options
    ),
    "torch.ops": of_aten(torch.ops.aten.scaled_dot_product_attention),
    "an overload of torch.ops": of_aten(torch.ops.aten.scaled_dot_product_attention.default),
    "an autograd function": lambda *args, **options: Enclosing.apply(*args),
    "a checkpoint": checkpointed,
    "what is compiled in the forward pass": compiled_then,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_function_of_torch_needs_no_name(way: str) -> None:
    """A mode of torch sees it."""
    model, ids = model_that(causal(WAYS[way])), torch.tensor([IDS])
    with torch.no_grad():
        expected = model(ids)
        captured = capture(model, IDS)
        assert torch.equal(model(ids), expected)
    by_name = capture(model_that(causal(SDPA)), IDS)
    assert len(shown_weights(captured)) == 2
    for one, other in zip(shown_weights(captured), shown_weights(by_name), strict=True):
        np.testing.assert_array_equal(one, other)
    assert torch.overrides._get_current_function_mode_stack() == []


@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_what_cannot_be_read_is_told() -> None:
    """Under vmap there are no numbers; the forward pass runs on."""

    def mapped(*args: Any, **options: Any) -> Any:
        def one(*rows: Any) -> Any:
            return HELD[0](*(row[None] for row in rows), **options)[0]

        return torch.func.vmap(one)(*args)

    model, ids = model_that(causal(mapped)), torch.tensor([IDS])
    with torch.no_grad():
        expected = model(ids)
        with watch_passes(model) as passes:
            assert torch.equal(model(ids), expected)
    with pytest.raises(NotUnderstood, match=r"h\.0\.attn runs under torch\.func\.vmap"):
        passes.captures()


def test_modes_of_the_caller_stay_where_they_are() -> None:
    """Also one that is begun in the forward pass and not ended."""
    begun: list[Any] = []

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        if not begun:
            begun.append(torch.device("cpu"))
            begun[0].__enter__()
        return causal(Hidden(functional.scaled_dot_product_attention))(module, q, k, v)

    with torch.device("cpu"):
        outer = torch.overrides._get_current_function_mode_stack()
        assert len(shown_weights(capture(model_that(attend), IDS))) == 2
        stack = torch.overrides._get_current_function_mode_stack()
        assert stack[: len(outer)] == outer and len(stack) == len(outer) + 1
        begun[0].__exit__(None, None, None)
