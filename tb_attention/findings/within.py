"""Heads that do more or less of what their type says, and keep it, or never had it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tb_attention.attention.head_types import TYPES, HeadType, Life
from tb_attention.findings.births import NAMES
from tb_attention.findings.finding import (
    Finding,
    Kind,
    acting,
    heads_counted,
    heads_named,
    listed,
    lowered,
    number,
    raised,
)
from tb_attention.findings.history import History, layers_of, sorted_by

MOVED = 0.2
"""A score that changed by this much between the first and the last step is told."""


def within(history: History) -> Iterator[Finding]:
    """Scores that changed much without a birth or a death, by type and direction.

    A sink that goes from 0.69 to 0.94 is one all the time.
    """
    turned = {(life.type, life.row, life.head) for life in history.lives if _turns(life)}
    for bit, kind in enumerate(TYPES):
        if kind.name not in NAMES:
            continue
        scores = history.of(kind.metric)
        change = scores[-1] - scores[0]
        if kind.later:
            tokens = history.of("resting_token")
            change[(tokens[-1] != tokens[0]) | (tokens[-1] == 0)] = np.nan
        for row, head in ((row, head) for of, row, head in turned if of == bit):
            change[row, head] = np.nan
        for sign in (1, -1):
            # A comparison with NaN is false.
            places = np.argwhere(sign * change >= MOVED)
            if len(places):
                yield _finding(history, kind, sorted_by(places, sign * change), sign)


def _turns(life: Life) -> bool:
    return life.born is not None or life.died is not None


def _finding(history: History, kind: HeadType, places: npt.NDArray[np.intp], sign: int) -> Finding:
    heads, count = history.heads(places), len(places)
    first, last = history.steps[0], history.steps[-1]
    before, after = (float(history.of(kind.metric)[at][tuple(places[0])]) for at in (0, -1))
    what = f"{acting(kind, count)} {'more' if sign > 0 else 'less'} than at step {first:,}"
    most = "" if count == 1 else f"{lowered(history.named(heads[:1]))} most: "
    scores = f"{most}score {number(before)} at step {first:,}, {number(after)} at step {last:,}"
    who = raised(heads_counted(heads, history.stack, several=history.several))
    return Finding(
        "score changed",
        f"{heads_named(heads, history.stack, several=history.several)} {what} ({scores}).",
        history.stack,
        layers_of(heads),
        heads,
        (first, last),
        kind.metric,
        size=abs(after - before),
        headline=f"{who} {what}.",
        detail=f"{raised(scores)}.",
    )


KINDS = (
    Kind(
        "score changed",
        f"the score of one of the types {listed(NAMES)} changed by at least {MOVED:g} between the "
        "first and the last step, of a head that neither acquired nor lost the type; one finding "
        "for each type and direction",
        within,
    ),
)
