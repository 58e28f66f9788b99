"""Heads that acquired a type, or lost one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tb_attention.attention.head_types import JUMP, TYPES, Life
from tb_attention.findings.finding import (
    Finding,
    Kind,
    heads_counted,
    heads_noun,
    listed,
    number,
    raised,
    token_named,
)
from tb_attention.findings.history import History, layers_of

LASTING = 0.05
"""A life shorter than this share of the logged steps is no finding."""

MOST = 12
"""At most this many births and deaths are reported; all are in the answer of `types`."""

ALL, FEWEST = 0.9, 4
"""What this share of a stack's heads did, of FEWEST or more, is one finding for all of them."""

NAMES = ("first token", "previous token", "self", "duplicate token", "induction", "resting")
"""Types whose births and deaths are reported; those of others only where all heads did it."""

ALL_COUNT = 0.5
"""What all heads do together counts half: it says that training began, and tells no head apart."""

BORN, DIED = "type born", "type died"

_BEGUN = dict.fromkeys(("first token", "resting", "spread"), "began to")
"""Heads learn the other types."""


@dataclass(frozen=True)
class _Turn:
    """A birth or a death.

    Attributes:
        what: BORN or DIED.
        life: the life that began or ended.
        place: index of the first step after it.
        then: index of the step at which the score was farthest on the side that it left.
        later: likewise, on the side that it came to.
        size: how far the score is apart at the two.
    """

    what: str
    life: Life
    place: int
    then: int
    later: int
    size: float


def births(history: History) -> Iterator[Finding]:
    """Heads that acquired a type, together where they did it between the same steps."""
    yield from _told(history, BORN)


def deaths(history: History) -> Iterator[Finding]:
    """Heads that lost a type, together where they did it between the same steps."""
    yield from _told(history, DIED)


def _told(history: History, wanted: str) -> Iterator[Finding]:
    """The births or deaths that are reported: of both together, the largest changes of a score.

    Many heads change in a long training.
    """
    of_type: dict[tuple[str, int], list[_Turn]] = {}
    for turn in _turns(history):
        of_type.setdefault((turn.what, turn.life.type), []).append(turn)
    heads = np.isfinite(history.values[-1]).any(axis=-1).sum()
    groups: list[list[_Turn]] = []
    for (what, kind), turns in of_type.items():
        who = {(turn.life.row, turn.life.head) for turn in turns}
        if len(who) == len(turns) and len(who) >= max(FEWEST, ALL * heads):
            if what == wanted:
                yield _together(history, turns, every=len(who) == heads)
        elif TYPES[kind].name in NAMES:
            of_step: dict[int, list[_Turn]] = {}
            for turn in turns:
                of_step.setdefault(turn.place, []).append(turn)
            groups += of_step.values()
    for group in groups:
        group.sort(key=lambda turn: -turn.size)
    for group in sorted(groups, key=lambda group: -group[0].size)[:MOST]:
        if group[0].what == wanted:
            yield _at_once(history, group)


def _turns(history: History) -> Iterator[_Turn]:
    """Births and deaths by which a score changed, and which lasted."""
    least = max(2, LASTING * len(history.steps))
    known: dict[tuple[int, int, int], list[Life]] = {}
    for life in history.lives:
        lasts = life.died is None or life.died - (life.born or 0) >= least
        if lasts:
            known.setdefault((life.type, life.row, life.head), []).append(life)
    for (kind, row, head), of_head in known.items():
        scores = history.of(TYPES[kind].metric)[:, row, head]
        # A head that comes and goes is reported when it first came, and when it went at last.
        first, last = of_head[0], of_head[-1]
        turns = []
        if first.born is not None:
            highest = first.born + int(np.nanargmax(scores[first.born : first.died]))
            lowest = int(np.nanargmin(scores[: first.born]))
            size = float(scores[highest] - scores[lowest])
            turns.append(_Turn(BORN, first, first.born, lowest, highest, size))
        if last.died is not None:
            begun = last.born or 0
            highest = begun + int(np.nanargmax(scores[begun : last.died]))
            lowest = last.died + int(np.nanargmin(scores[last.died :]))
            size = float(scores[highest] - scores[lowest])
            turns.append(_Turn(DIED, last, last.died, highest, lowest, size))
        # A type may also begin or end with another one, at the same score.
        yield from (turn for turn in turns if turn.size > JUMP - 1e-6)


def _at_once(history: History, group: list[_Turn]) -> Finding:
    """Heads that did the same between the same two steps, the largest change first."""
    first = group[0]
    heads, one = _heads(history, group), len(group) == 1
    steps = history.steps[first.place - 1], history.steps[first.place]
    sentence = (
        f"{history.named(heads)} {_verb(first)} {_noun(first, one=one)} between steps {steps[0]:,} "
        f"and {steps[1]:,} ({_scores(history, first, heads)})."
    )
    who = heads_counted(heads, history.stack, several=history.several)
    return _finding(history, first, sentence, heads, steps, who, first.size)


def _together(history: History, turns: list[_Turn], *, every: bool) -> Finding:
    """What all heads did, or nearly all, whenever each of them did it."""
    turns = sorted(turns, key=lambda turn: -turn.size)
    heads, first = _heads(history, turns), turns[0]
    begin = min(turn.place for turn in turns) - 1
    steps = history.steps[begin], history.steps[max(turn.place for turn in turns)]
    whose = f"{history.stack} heads" if history.several else "heads"
    who = f"All {len(heads)} {whose}" if every else f"{len(heads)} {whose}, nearly all,"
    sentence = (
        f"{who} {_verb(first)} {_noun(first, one=False)} between steps {steps[0]:,} and "
        f"{steps[1]:,} ({_scores(history, first, heads)})."
    )
    of_all = f"{'' if every else 'nearly '}all {whose}"
    return _finding(history, first, sentence, heads, steps, of_all, ALL_COUNT * first.size)


def _finding(
    history: History,
    most: _Turn,
    sentence: str,
    heads: tuple[tuple[int, int], ...],
    steps: tuple[int, int],
    who: str,
    size: float,
) -> Finding:
    """The finding; `most` is what its first head did, `who` what its headline calls the heads."""
    kind = TYPES[most.life.type]
    verb = "ceased to" if most.what == DIED else _BEGUN.get(kind.name, "learned to")
    detail = _scores(history, most, heads)
    acts = kind.acts
    if kind.name == "resting" and len(heads) == 1:
        highest = most.later if most.what == BORN else most.then
        token = history.of("resting_token")[highest, most.life.row, most.life.head]
        acts = f"rest on {token_named(int(token), history.keys)}"
    return Finding(
        most.what,
        sentence,
        history.stack,
        layers_of(heads),
        heads,
        steps,
        kind.metric,
        size=size,
        headline=f"Between steps {steps[0]:,} and {steps[1]:,} {who} {verb} {acts}.",
        detail=f"{raised(detail)}.",
        shows=(history.steps[most.then], history.steps[most.later]),
    )


def _heads(history: History, turns: list[_Turn]) -> tuple[tuple[int, int], ...]:
    return history.heads(np.array([(turn.life.row, turn.life.head) for turn in turns]))


def _verb(turn: _Turn) -> str:
    return "became" if turn.what == BORN else "ceased to be"


def _noun(turn: _Turn, *, one: bool) -> str:
    return heads_noun(TYPES[turn.life.type].name, one=one)


def _scores(history: History, turn: _Turn, heads: tuple[tuple[int, int], ...]) -> str:
    """As in "score 0.03 at step 0, 0.83 at step 300", of the head whose score changed most."""
    scores = history.of(TYPES[turn.life.type].metric)[:, turn.life.row, turn.life.head]
    sides = [
        f"{number(float(scores[place]))} at step {history.steps[place]:,}"
        for place in (turn.then, turn.later)
    ]
    who = "" if len(heads) == 1 else f"{history.named(heads[:1]).lower()} most: "
    return f"{who}score {', '.join(sides)}"


KINDS = (
    Kind(
        BORN,
        f"a head acquired one of the types {listed(NAMES)}, and keeps it or had it for "
        f"{100 * LASTING:g} % of the steps; the {MOST} with the largest changes of the score, of "
        "births and deaths together, of a head the first birth and the last death; one finding "
        f"where {ALL:g} of the heads, {FEWEST} or more, acquired the same type, be it any",
        births,
    ),
    Kind(DIED, "likewise, a head lost one", deaths),
)
