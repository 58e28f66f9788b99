"""What a model saves where a text repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAVED = 0.1
"""Nats a token: a model that saves less does not use the repetition."""

SHORTEST = 8
"""Tokens: fewer that come again say nothing."""


def saved_by_repetition(ids: Sequence[int], losses: Sequence[float]) -> float | None:
    """Mean loss of the first half less that of its repetition, in nats a token.

    The first token of either half is left out: nothing announces that the text begins again.

    Args:
        ids: token ids of the text.
        losses: the loss of each token; NaN where it was not predicted.

    Returns:
        None where the text does not end with a half and its repetition, after one token at most, or
        the losses are not known.
    """
    half = len(ids) // 2
    begin = len(ids) - 2 * half
    if half < SHORTEST or len(losses) != len(ids):
        return None
    if list(ids[begin : begin + half]) != list(ids[begin + half :]):
        return None
    first = np.asarray(losses[begin + 1 : begin + half], np.float64)
    again = np.asarray(losses[begin + half + 1 :], np.float64)
    known = np.isfinite(first) & np.isfinite(again)
    return float((first - again)[known].mean()) if known.any() else None
