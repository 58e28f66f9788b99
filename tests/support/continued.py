"""Generations of a small Llama, beside one eager pass over the same tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import transformers

from tb_attention.capture.passes import watch_passes
from tb_attention.record.capture import Capture
from tests.support.eager_weights import largest_error, run_eagerly
from tests.support.towers import LLAMA, sharp

FLOAT32 = 1e-4
"""With a cache tokens are multiplied in other groups than in one pass."""


def llama(**options: Any) -> Any:
    config = transformers.LlamaConfig(**LLAMA | {"eos_token_id": None} | options)
    return sharp(transformers.LlamaForCausalLM(config))


def mistral() -> Any:
    """Its cache keeps the last three keys."""
    config = transformers.MistralConfig(**LLAMA | {"eos_token_id": None, "sliding_window": 3})
    return sharp(transformers.MistralForCausalLM(config))


def seen(model: Any, run: Callable[[Any], Any]) -> Capture:
    """What is captured of `run(model)`."""
    with watch_passes(model) as passes, torch.no_grad():
        run(model)
    return passes.captures()[0]


def check(captured: Capture, model: Any, ids: torch.Tensor, prompt: int | None) -> None:
    """The capture is of these ids [1, tokens], with the weights of one pass over them."""
    (sequence,) = captured.sequences
    assert (sequence.ids, sequence.prompt) == (tuple(ids[0].tolist()), prompt)
    own = run_eagerly(model, lambda other: other(ids, use_cache=False))
    assert list(captured.stacks[0].layers) == list(range(len(own)))
    assert largest_error(captured, own) <= FLOAT32
