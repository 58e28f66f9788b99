"""What goes wrong in a training: NaN, scores that grow without bound, collapsed entropy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_attention.attention import softmax
from tb_attention.attention.head_types import TYPES, type_masks
from tb_attention.attention.layer import AttentionLayer
from tb_attention.findings.finding import Finding, Kind, listed, number
from tb_attention.findings.history import History, layers_of, sorted_by

LARGE, GROWN, GROWTH = 100.0, 50.0, 3.0
"""A score is large from LARGE on (the limit of QK-clip, Kimi K2 2025), or where it has grown.

It has grown where it is GROWN or more, and GROWTH times what it was.
"""

OPEN, COLLAPSED = 0.3, 0.1
"""Entropy collapses where it falls from OPEN or more to COLLAPSED or less.

0 is one token, 1 is even; the phenomenon: Zhai et al. 2023.
"""

_PATTERNS = ("first token", "previous token", "self", "duplicate token", "induction", "resting")
"""A head of these types looks at one token because it has found what to look for, or rests.

Its low entropy is no collapse.
"""


def not_a_number(history: History) -> Iterator[Finding]:
    """Heads with rows that are NaN, by the step at which that began."""
    bad = history.of("nan_rows") > 0
    begins = np.where(bad.any(axis=0), bad.argmax(axis=0), -1)
    for first in np.unique(begins[begins >= 0]):
        heads = history.heads(np.argwhere(begins == first))
        lasting = bool(bad[first:][:, begins == first].all())
        step = history.steps[first]
        when = (
            f"from step {step:,} on"
            if lasting and first < len(history.steps) - 1
            else history.when(step).strip()
        )
        share = number(100 * float(np.nanmax(history.of("nan_rows")[first][begins == first])))
        sentence = (
            f"{history.named(heads)} {_has(heads)} weights that are not a number"
            f"{f' {when}' if when else ''} (up to {share} % of the rows)."
        )
        yield Finding(
            "not a number",
            sentence,
            history.stack,
            layers_of(heads),
            heads,
            (step,),
            "nan_rows",
            "warning",
        )


def large_scores(history: History) -> Iterator[Finding]:
    """Heads whose largest score before the softmax is large at the last step, or has grown much."""
    scores = history.of("max_logit")
    before, now = scores[0], scores[-1]
    with np.errstate(invalid="ignore"):
        places = np.argwhere(
            (now >= LARGE) | ((now >= GROWN) & (now >= GROWTH * before) & (before > 0))
        )
    if not len(places):
        return
    places = sorted_by(places, now)
    heads = history.heads(places)
    row, head = places[0]
    then, last = float(before[row, head]), history.steps[-1]
    what = f"is {number(float(now[row, head]))}{history.when(last)}"
    steps: tuple[int, ...] = (last,)
    if len(history.steps) > 1 and np.isfinite(then):
        what = (
            f"went from {number(then)} to {number(float(now[row, head]))} "
            f"between steps {history.steps[0]:,} and {last:,}"
        )
        steps = (history.steps[0], last)
    others = f"; {len(heads)} heads have large scores" if len(heads) > 1 else ""
    sentence = (
        f"{history.named(heads[:1])}: the largest score before the softmax {what}{others}. "
        "Training may become unstable."
    )
    yield Finding(
        "large score",
        sentence,
        history.stack,
        layers_of(heads),
        heads,
        steps,
        "max_logit",
        "warning",
    )


def entropy_collapse(history: History) -> Iterator[Finding]:
    """Heads that came to look at one token without a known pattern that would explain it.

    By the steps between which it happened.
    """
    entropy = history.of("entropy")
    masks = type_masks(history.values, history.names)
    patterns = sum(1 << place for place, kind in enumerate(TYPES) if kind.name in _PATTERNS)
    with np.errstate(invalid="ignore"):
        collapsed = (entropy <= COLLAPSED) & (masks & patterns == 0)
        open_before = entropy >= OPEN
    intervals: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row, head in np.argwhere(collapsed[-1] & open_before.any(axis=0)):
        opened = int(np.flatnonzero(open_before[:, row, head])[-1])
        closed = opened + int(np.argmax(entropy[opened:, row, head] <= COLLAPSED))
        intervals.setdefault((opened, closed), []).append((int(row), int(head)))
    for (opened, closed), found in sorted(intervals.items()):
        fall = entropy[opened] - entropy[closed]
        places = sorted_by(np.array(found), fall)
        heads, (row, head) = history.heads(places), places[0]
        was, became = (number(float(entropy[place, row, head])) for place in (opened, closed))
        steps = history.steps[opened], history.steps[closed]
        between = (
            f"between steps {steps[0]:,} and {steps[1]:,} (from {was} to {became}, where 1 is even)"
        )
        who = "each of them" if len(heads) > 1 else "it"
        why = f"{who} looks at single tokens, by none of the known patterns"
        sentence = f"{history.named(heads)}: the entropy collapsed {between}: {why}."
        yield Finding(
            "entropy collapse",
            sentence,
            history.stack,
            layers_of(heads),
            heads,
            steps,
            "entropy",
            "warning",
        )


def _has(heads: tuple[tuple[int, int], ...]) -> str:
    return "has" if len(heads) == 1 else "have"


def _row_of_nan(layer: AttentionLayer) -> tuple[int, None] | None:
    bad = np.isnan(softmax.weights(layer)[0]).any(axis=1)
    return (int(np.argmax(bad)), None) if bad.any() else None


def _largest_score(layer: AttentionLayer) -> tuple[int, int] | None:
    best, place = -np.inf, None
    for start in range(0, layer.queries, softmax.ROWS):
        scores = softmax.scores(layer, slice(start, start + softmax.ROWS))[0]
        if np.nanmax(scores) > best:
            query, key = np.unravel_index(np.nanargmax(scores), scores.shape)
            best, place = float(np.nanmax(scores)), (start + int(query), int(key))
    return place


KINDS = (
    Kind(
        "not a number",
        "a head has rows of weights that are NaN, by the step at which that began",
        not_a_number,
        of="all steps",
        tokens=_row_of_nan,
    ),
    Kind(
        "large score",
        f"at the last step the largest score before the softmax is at least {LARGE:g}, "
        f"or at least {GROWN:g} and {GROWTH:g} times that of the first step",
        large_scores,
        tokens=_largest_score,
    ),
    Kind(
        "entropy collapse",
        f"the entropy of a head fell from {OPEN:g} or more to {COLLAPSED:g} or less and stays "
        f"there, and none of the types {listed(_PATTERNS)} explains it",
        entropy_collapse,
    ),
)
