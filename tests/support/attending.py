"""Models whose attention is any function, and their weights beside those that it kept."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from tb_attention.attention import softmax
from tb_attention.record.capture import Capture
from tests.support import kernels
from tests.support.torch_models import HEADS, IDS, WIDTH, Block, Small, built

TOKENS = len(IDS)
Attend = Callable[..., torch.Tensor]
"""(module, q, k, v), [batch, tokens, heads, neurons] -> the same axes."""


class Attention(nn.Module):
    """Two heads of keys for four of queries."""

    def __init__(self, attend: Attend) -> None:
        super().__init__()
        self.q, self.kv, self.out = (
            nn.Linear(WIDTH, WIDTH),
            nn.Linear(WIDTH, WIDTH),
            nn.Linear(WIDTH, WIDTH),
        )
        self.attend = attend

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q = self.q(x).unflatten(-1, (HEADS, -1))
        k, v = self.kv(x).unflatten(-1, (2, HEADS // 2, -1)).unbind(2)
        return self.out(self.attend(self, q, k, v).flatten(2))


def model_that(attend: Attend, layers: int = 2) -> Any:
    return built(lambda: Small(*(Block(Attention(attend)) for _ in range(layers)))).eval()


def helper(code: str, **names: Any) -> Any:
    """A file of a package, which has these names from elsewhere."""
    module = types.ModuleType("helper")
    vars(module).update(names)
    exec(code, vars(module))
    return module


def shown_weights(captured: Capture) -> list[np.ndarray[Any, Any]]:
    layers = captured.stacks[0].layers.values()
    assert all(layer.check.error is not None and layer.check.error < 1e-5 for layer in layers)
    return [np.asarray(softmax.weights(layer)) for layer in layers]


def compared(captured: Capture, layers: int = 2) -> None:
    """Every head beside the weights that the stand-ins kept."""
    found, own = shown_weights(captured), kernels.WEIGHTS[-layers:]
    assert len(found) == len(own) == layers
    for one, other in zip(found, own, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
        assert other[:, 2:].amax(-1).mean() > 0.4


def flash(*_: Any, **options: Any) -> Attend:
    """Calls the function by a global name, in a file of its own."""
    code = "def attend(module, q, k, v): return flash_attn_func(q, k, v, **options)"
    attend: Attend = helper(code, flash_attn_func=kernels.flash_attn_func, options=options).attend
    return attend


def causal(function: Any) -> Any:
    """The function, causal, with the axes that it takes."""

    def attend(module: Any, q: Any, k: Any, v: Any) -> Any:
        q, k, v = (one.transpose(1, 2) for one in (q, k, v))
        return function(q, k, v, is_causal=True, enable_gqa=True).transpose(1, 2)

    return attend


class Hidden:
    """An object that nobody searches."""

    def __init__(self, function: Any) -> None:
        self._functions = [function]

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._functions[0](*args, **options)
