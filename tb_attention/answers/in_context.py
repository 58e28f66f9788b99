"""In-context learning: how much better a model predicts what comes late in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

EARLY, LATE = 50, 500
"""The two places of Olsson et al. 2022, as numbers of tokens from 1."""

AROUND = 10
"""Their losses are means over so many tokens before and behind: one token of one text is noise."""


@dataclass(frozen=True)
class InContext:
    """What a model learns from the text before, in nats; negative where it helps.

    Attributes:
        of: "repeated", a text that is the same once more: the second time less the first; or
            "places", the loss about the token LATE less that about the token EARLY.
        score: late less early.
        early: mean loss of the first of the two.
        late: mean loss of the second.
        sentence: the same for a reader.
    """

    of: str
    score: float
    early: float
    late: float
    sentence: str


def in_context(losses: Sequence[float], ids: Sequence[int]) -> InContext | None:
    """The in-context learning score of one text; None where it is too short, or not known.

    Example:
        >>> found = in_context([float("nan"), 5.0, 5.0, 5.0, 1.0, 1.0], [7, 8, 9, 7, 8, 9])
        >>> found.of, found.score
        ('repeated', -4.0)

    Args:
        losses: of each token, in nats; NaN where it was not predicted; empty: not known.
        ids: token ids.
    """
    half = _half(ids)
    if half:
        again = np.arange(len(ids) - half, len(ids))
        # The first token of the second time is no repetition yet: nothing says that it will be one.
        early, late = _mean(losses, again[1:] - half), _mean(losses, again[1:])
        sentence = (
            f"In-context learning: {_nats(late - early)} nats, the loss of what repeats "
            f"({_nats(late)}) less that of the same tokens the first time ({_nats(early)})."
        )
        return _known("repeated", early, late, sentence)
    if len(losses) < LATE + AROUND:
        return None
    around = np.arange(-AROUND, AROUND + 1)
    early, late = (_mean(losses, place - 1 + around) for place in (EARLY, LATE))
    sentence = (
        f"In-context learning: {_nats(late - early)} nats, the loss about token {LATE} "
        f"({_nats(late)}) less that about token {EARLY} ({_nats(early)})."
    )
    return _known("places", early, late, sentence)


def _known(of: str, early: float, late: float, sentence: str) -> InContext | None:
    known = np.isfinite([early, late]).all()
    return InContext(of, late - early, early, late, sentence) if known else None


def _half(ids: Sequence[int]) -> int:
    """Length of what stands twice at the end of a text that has at most one token before it.

    0 where it does not.
    """
    half = len(ids) // 2
    return half if half > 1 and list(ids[-half:]) == list(ids[-2 * half : -half]) else 0


def _mean(losses: Sequence[float], places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    if not len(losses):
        return float("nan")
    of_places = np.asarray(losses, np.float64)[places]
    known = of_places[np.isfinite(of_places)]
    return float(known.mean()) if len(known) else float("nan")


def _nats(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
