"""The neuron view: what is logged for its tests, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from playwright.sync_api import Page


TOLERANCE = 2e-3
QUERY, KEY = 8, 7
STEPS = 40
FALLING, RISING = 5, 11
"""Neurons of the constructed head that follow the distance."""


MODELS = {
    "gpt2": ("decoder", ["8 neurons"], ["score q·k × scale"]),
    "llama": (
        "decoder",
        ["Shares key head 0 with head 0", "q and k after rotation"],
        ["score q·k × scale"],
    ),
    "gemma2": (
        "decoder",
        ["capped softly at 50"],
        ["sum of q × k × scale", "after soft cap 50", "score"],
    ),
    "gpt_oss": ("decoder", ["A sink takes part"], ["score q·k × scale", "the sink's score"]),
    "t5": ("encoder", ["A bias is added"], ["sum of q × k × scale", "bias added", "score"]),
    "bart": ("cross", ["8 neurons"], ["score q·k × scale"]),
}
"""Stack that is looked at, notes of the head, and what is told of a score before the softmax."""


Open = Callable[..., "Page"]


def constructed(step: int, tokens: int = 64, neurons: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Query and key [1, tokens, neurons]: noise in which FALLING and RISING grow with the steps."""
    query, key = np.random.default_rng(7).normal(0, 0.5, (2, 1, tokens, neurons))
    place, grown = np.arange(tokens), step / STEPS
    query[0, :, [FALLING, RISING]] = 1
    key[0, :, FALLING] = 1.0 * grown * place
    key[0, :, RISING] = -0.5 * grown * place
    return query.astype(np.float16).astype(np.float32), key.astype(np.float16).astype(np.float32)


def products(step: int, query: int, key: int) -> np.ndarray:
    q, k = constructed(step)
    return q[0, query] * k[0, key] * 32**-0.5
