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
        acts: what such heads do, as in "three heads learned to ..." and "three heads ...".
        unless: names of types; a head that has one of them does not have this one.
        later: whether the head's `resting_token` must be another than the first.
    """

    name: str
    metric: str
    threshold: float
    meaning: str
    acts: str
    unless: tuple[str, ...] = ()
    later: bool = False


TYPES = (
    HeadType(
        "first token",
        "first_token",
        0.5,
        "Puts more than half of its weight on the first token: an attention sink, often a head at "
        "rest.",
        "rest on the first token",
    ),
    HeadType(
        "previous token",
        "previous_token",
        0.5,
        "Looks at the token before.",
        "look at the token before",
    ),
    HeadType("self", "self", 0.5, "Looks at the token itself.", "look at the token itself"),
    HeadType(
        "duplicate token",
        "duplicate_token",
        0.4,
        "Looks at earlier copies of the token.",
        "look at earlier copies of the same token",
    ),
    HeadType(
        "induction",
        "induction",
        0.4,
        "Looks at what followed earlier copies of the token, and so continues what repeats.",
        "copy what followed a token the last time",
    ),
    HeadType(
        "resting",
        "resting",
        RESTS,
        "Puts 30 % or more of its weight on one later token, whatever the query, and rests there.",
        "rest on one later token",
        ("first token",),
        later=True,
    ),
    HeadType(
        "spread", "entropy", 0.9, "Looks at all tokens nearly alike.", "look at all tokens alike"
    ),
    HeadType(
        "local",
        "local",
        0.8,
        f"Looks at tokens at most {LOCAL} places away, at no fixed one of them.",
        f"look at tokens at most {LOCAL} places away",
        ("previous token", "self", "spread"),
    ),
)
"""In the order of their priority: a head of several types is named after the first two.

Sources: docs/metrics.md.
"""

STEADY = 0.8
"""A head keeps a type until its score falls below this share of the threshold."""

JUMP = 0.1
"""And its score must have changed by this much for the head to acquire a type or to lose it.

So a score that flickers around its threshold, or passes it by a hair, changes nothing. Of 138
births in a fine-tuning of SmolLM2-135M 61 were such.
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
    """The types of each head at one step, as bits: bit t is set where it has the type TYPES[t].

    Args:
        values: head metrics [..., metrics].
        names: names of the last axis.

    Returns:
        uint16 [...].
    """
    masks: npt.NDArray[np.uint16] = types_over_steps(values[None], names)[0]
    return masks


def types_over_steps(values: Floats32, names: Sequence[str]) -> npt.NDArray[np.uint16]:
    """The types of each head along the steps, by the same rule as its `lives`.

    At the first step at which its score is defined a head has the types whose thresholds it
    reaches. It acquires one later where its score reaches the threshold and is JUMP or more above
    its lowest without the type, and loses it where the score falls below STEADY of the threshold
    and is JUMP or more below its highest with it. A type that another one excludes, or where the
    head rests on the first token, also begins and ends with that, whatever its score.

    Args:
        values: head metrics [steps, ..., metrics].
        names: names of the last axis.

    Returns:
        uint16 [steps, ...], with bits as in `type_masks`.
    """
    masks = np.zeros(values.shape[:-1], np.uint16)
    found: dict[str, Booleans] = {}
    # Those that no other type excludes come first: the others depend on them.
    for kind in sorted(TYPES, key=lambda kind: len(kind.unless)):
        scores = _scores(values, names, kind.metric)
        barred = np.zeros(scores.shape, bool)
        for other in kind.unless:
            barred |= found[other]
        if kind.later:
            barred |= ~(_scores(values, names, "resting_token") > 0)
        found[kind.name] = _alive(scores, kind.threshold, barred)
    for bit, kind in enumerate(TYPES):
        masks |= found[kind.name].astype(np.uint16) << bit
    return masks


def lives(
    values: Floats32, names: Sequence[str], masks: npt.NDArray[np.uint16] | None = None
) -> list[Life]:
    """When each head acquired a type and lost it, ascending by step of birth.

    A step at which a score is not defined, such as a damaged one, is passed over.

    Args:
        values: head metrics [steps, rows, heads, metrics].
        names: names of the last axis.
        masks: their `types_over_steps`, where they are known already.
    """
    if masks is None:
        masks = types_over_steps(values, names)
    found: list[Life] = []
    for bit, kind in enumerate(TYPES):
        defined = np.isfinite(_scores(values, names, kind.metric))
        found += _spans(bit, (masks >> bit & 1).astype(bool), defined)
    return sorted(
        found,
        key=lambda life: (-1 if life.born is None else life.born, life.type, life.row, life.head),
    )


def _alive(scores: Floats32, threshold: float, barred: Booleans) -> Booleans:
    """Where heads have a type of this threshold: [steps, ...] like the scores."""
    alive = np.zeros(scores.shape, bool)
    now = np.zeros(scores.shape[1:], bool)
    # Since the head has the type or has not: what a change is measured from.
    lowest, highest = np.full(scores.shape[1:], np.nan), np.full(scores.shape[1:], np.nan)
    # What has barred the type has ended, or nothing is known of before: any score will do.
    fresh = np.ones(scores.shape[1:], bool)
    for step, score in enumerate(scores):
        defined = np.isfinite(score)
        free = defined & ~barred[step]
        # As float32 0.6 is 0.60000002, and 0.5 + JUMP less: a change of just JUMP counts.
        rises = fresh | (score - lowest > JUMP - 1e-6)
        falls = (score < STEADY * threshold) & (highest - score > JUMP - 1e-6)
        begins = free & ~now & (score >= threshold) & rises
        ends = now & defined & (barred[step] | falls)
        now = (now | begins) & ~ends
        turned = begins | ends
        highest = np.where(turned, score, np.fmax(highest, score))
        lowest = np.where(turned | (free & fresh), score, np.fmin(lowest, score))
        fresh = np.where(defined, barred[step], fresh)
        alive[step] = now & defined
    return alive


def _spans(bit: int, has: Booleans, defined: Booleans) -> list[Life]:
    """Lives of one type, from where heads have it and where that is known: [steps, rows, heads]."""
    found = []
    for row, head in np.argwhere(has.any(axis=0)):
        known = np.flatnonzero(defined[:, row, head])
        so = has[known, row, head]
        turns = [0, *(np.flatnonzero(so[1:] != so[:-1]) + 1).tolist()]
        for place, turn in enumerate(turns):
            if so[turn]:
                born = None if turn == 0 else int(known[turn])
                died = int(known[turns[place + 1]]) if place + 1 < len(turns) else None
                found.append(Life(bit, int(row), int(head), born, died))
    return found


def _scores(values: Floats32, names: Sequence[str], metric: str) -> Floats32:
    """The metric of every head, [...]; NaN where these head metrics lack it."""
    return (
        values[..., list(names).index(metric)]
        if metric in names
        else np.full(values.shape[:-1], np.nan, np.float32)
    )
