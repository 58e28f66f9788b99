"""Weights of a small capture by direct computation, for tests that read them off the screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tb_attention.record.capture import Capture


def direct_weights(capture: Capture) -> npt.NDArray[np.float64]:
    """[layers, heads, T, T] of the first stack, whose layers are causal."""
    every = []
    for layer in capture.stacks[0].layers.values():
        one: Any = layer
        key = np.repeat(
            np.asarray(one.key, np.float64), one.query.shape[0] // one.key.shape[0], axis=0
        )
        scores = np.asarray(one.query, np.float64) @ key.transpose(0, 2, 1) * one.scale
        scores[:, ~np.tri(scores.shape[-1], dtype=bool)] = -np.inf
        powers = np.exp(scores - scores.max(axis=2, keepdims=True))
        every.append(powers / powers.sum(axis=2, keepdims=True))
    return np.stack(every)
