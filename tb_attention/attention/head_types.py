"""Head types: names for heads by their head metrics, and the steps at which each holds.

The thresholds are conventions, not standards: a head is named after a pattern that takes most of
its weight, in the mean over the rows that can show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.attention.dtypes import Booleans, Floats32
from tb_attention.attention.key_sums import RESTS
from tb_attention.attention.row_sums import LOCAL


@dataclass(frozen=True)
class HeadType:
    """A named pattern: a head has the type where one of its head metrics reaches a threshold.

    Attributes:
        name: as in the tab.
        metric: name of the head metric.
        threshold: the metric must be at least this.
        meaning: what such a head does, in a sentence for the reader.
        unless: names of types; a head that has one of them does not have this one.
        later: whether the head's `resting_token` must be another than the first.
    """

    name: str
    metric: str
    threshold: float
    meaning: str
    unless: tuple[str, ...] = ()
    later: bool = False


TYPES = (
    HeadType(
        "first token",
        "first_token",
        0.5,
        "Puts more than half of its weight on the first token: an attention sink, often a head at "
        "rest.",
    ),
    HeadType("previous token", "previous_token", 0.5, "Looks at the token before."),
    HeadType("self", "self", 0.5, "Looks at the token itself."),
    HeadType("duplicate token", "duplicate_token", 0.4, "Looks at earlier copies of the token."),
    HeadType(
        "induction",
        "induction",
        0.4,
        "Looks at what followed earlier copies of the token, and so continues what repeats.",
    ),
    HeadType(
        "resting",
        "resting",
        RESTS,
        "Puts 30 % or more of its weight on one later token, whatever the query, and rests there.",
        ("first token",),
        later=True,
    ),
    HeadType("spread", "entropy", 0.9, "Looks at all tokens nearly alike."),
    HeadType(
        "local",
        "local",
        0.8,
        f"Looks at tokens at most {LOCAL} places away, at no fixed one of them.",
        ("previous token", "self", "spread"),
    ),
)
"""In the order of their priority: a head of several types is named after the first two.

Sources: docs/metrics.md.
"""

_PLACES = {kind.name: place for place, kind in enumerate(TYPES)}

STEADY = 0.8
"""A head keeps a type until its score falls below this share of the threshold.

So a score that flickers around the threshold changes nothing.
"""


@dataclass(frozen=True)
class Life:
    """The steps at which a head has a type.

    Attributes:
        type: index in TYPES.
        row: index of the layer in the array of head metrics.
        head: index of the head there.
        born: index of the first step with the type; None where the head had it from the first step
            on.
        died: index of the first step without it; None where it lasts.
    """

    type: int
    row: int
    head: int
    born: int | None
    died: int | None


def type_masks(values: Floats32, names: Sequence[str]) -> npt.NDArray[np.uint16]:
    """The types of each head, as bits: bit t is set where the head has the type TYPES[t].

    Args:
        values: head metrics [..., metrics].
        names: names of the last axis.

    Returns:
        uint16 [...].
    """
    found = {kind.name: _reach(values, names, kind, kind.threshold) for kind in TYPES}
    masks = np.zeros(values.shape[:-1], np.uint16)
    for bit, kind in enumerate(TYPES):
        so = found[kind.name].copy()
        for other in kind.unless:
            so &= ~found[other]
        masks |= so.astype(np.uint16) << bit
    return masks


def lives(values: Floats32, names: Sequence[str]) -> list[Life]:
    """When each head acquired a type and lost it, ascending by step of birth.

    A step at which a score is not defined, such as a damaged one, is passed over.

    Args:
        values: head metrics [steps, rows, heads, metrics].
        names: names of the last axis.
    """
    masks = type_masks(values, names)
    found: list[Life] = []
    for bit, kind in enumerate(TYPES):
        scores = _scores(values, names, kind.metric)
        steady = _reach(values, names, kind, STEADY * kind.threshold)
        for other in kind.unless:
            steady &= (masks >> _PLACES[other] & 1) == 0
        found += _spans(bit, (masks >> bit & 1).astype(bool), np.isfinite(scores), steady)
    return sorted(
        found,
        key=lambda life: (-1 if life.born is None else life.born, life.type, life.row, life.head),
    )


def _spans(
    bit: int,
    is_so: Booleans,
    defined: Booleans,
    steady: Booleans,
) -> list[Life]:
    """Lives of one type, from three arrays [steps, rows, heads]."""
    found = []
    shape = is_so.shape[1:]
    alive, known = np.zeros(shape, bool), np.zeros(shape, bool)
    born = np.full(shape, -1)
    for step in range(len(is_so)):
        begins = is_so[step] & ~alive
        born[begins] = np.where(known, step, -1)[begins]
        ends = alive & defined[step] & ~steady[step]
        for row, head in np.argwhere(ends):
            found.append(_life(bit, int(row), int(head), int(born[row, head]), step))
        alive = (alive | begins) & ~ends
        known |= defined[step]
    for row, head in np.argwhere(alive):
        found.append(_life(bit, int(row), int(head), int(born[row, head]), None))
    return found


def _life(bit: int, row: int, head: int, born: int, died: int | None) -> Life:
    return Life(bit, row, head, None if born < 0 else born, died)


def _reach(values: Floats32, names: Sequence[str], kind: HeadType, least: float) -> Booleans:
    """Whether the score of each head is at least this, and its place one of the type: [...]."""
    reached: Booleans = _scores(values, names, kind.metric) >= least
    return reached & (_scores(values, names, "resting_token") > 0) if kind.later else reached


def _scores(values: Floats32, names: Sequence[str], metric: str) -> Floats32:
    """The metric of every head, [...]; NaN where these head metrics lack it."""
    return (
        values[..., list(names).index(metric)]
        if metric in names
        else np.full(values.shape[:-1], np.nan, np.float32)
    )
