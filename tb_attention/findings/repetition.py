"""What a model saves where a text repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAVED = 0.1
"""Nats a token: a model that saves less does not use the repetition."""

SHORTEST = 8
"""Tokens: fewer that come again say nothing."""


def saved_by_repetition(ids: Sequence[int], losses: Sequence[float]) -> float | None:
    """Mean loss of a passage less that of its repetitions, in nats a token.

    The first token of the passage and of its first repetition are left out: nothing announces that
    the text begins again.

    Args:
        ids: token ids of the text.
        losses: the loss of each token; NaN where it was not predicted.

    Returns:
        None where the text is no passage that is repeated to the end, after one token at most, or
        the losses are not known.
    """
    found = _of_passages(ids, losses)
    return None if found is None else found[0] - found[1]


def loss_on_repetition(ids: Sequence[int], losses: Sequence[float]) -> float | None:
    """Mean loss of the repetitions of a passage, in nats a token, without their first token.

    Args:
        ids: token ids of the text.
        losses: the loss of each token; NaN where it was not predicted.

    Returns:
        None as in `saved_by_repetition`.
    """
    found = _of_passages(ids, losses)
    return None if found is None else found[1]


def _of_passages(ids: Sequence[int], losses: Sequence[float]) -> tuple[float, float] | None:
    """Mean loss of the passage, and of its repetitions."""
    found = _repeated(np.asarray(ids))
    if found is None or len(losses) != len(ids):
        return None
    begin, length = found
    known = np.asarray(losses, np.float64)
    passage, again = known[begin + 1 : begin + length], known[begin + length + 1 :]
    if not (np.isfinite(passage).any() and np.isfinite(again).any()):
        return None
    return float(np.nanmean(passage)), float(np.nanmean(again))


def _repeated(ids: np.ndarray) -> tuple[int, int] | None:
    """Where the passage begins, and its length; the shortest one."""
    for begin in (0, 1):
        text = ids[begin:]
        lengths = range(1, len(text) // 2 + 1)
        same = (one for one in lengths if np.array_equal(text[one:], text[:-one]))
        shortest = next(same, 0)
        if shortest:
            return (begin, shortest) if shortest >= SHORTEST else None
    return None
