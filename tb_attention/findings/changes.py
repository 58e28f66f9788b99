"""The heads that changed most, each with the pair of tokens whose weight changed most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tb_attention.attention.pair_change import PairChange
from tb_attention.findings.finding import Finding, Kind, lowered, number, raised
from tb_attention.findings.history import History

MOVED, TIMES = 0.1, 2.0
"""A head changed much where its distance is MOVED or more, and TIMES the median of its stack's."""

WEIGHT = 0.1
"""And the weight of a pair of tokens must have changed by this much."""

SAYS_LESS = 0.5
"""A change between a token and itself, or the first token, counts half: such weight rests there."""

HEADS = 3
"""At most this many heads of a stack are reported."""


def changed_most(distances: npt.NDArray[np.floating], most: int = HEADS) -> list[tuple[int, int]]:
    """(row, head) of the heads whose distance stands out, the largest first.

    Args:
        distances: [layers, heads] between the first and the last step.
        most: at most so many.
    """
    known = distances[np.isfinite(distances)]
    if not len(known):
        return []
    sizes = np.where(np.isfinite(distances), distances, -1.0)
    places = np.argwhere(sizes >= max(MOVED, TIMES * float(np.median(known))))
    ranked = sorted(places.tolist(), key=lambda place: -sizes[tuple(place)])
    return [(row, head) for row, head in ranked[:most]]


def most(
    history: History,
    distances: npt.NDArray[np.floating],
    pairs: dict[tuple[int, int], PairChange],
) -> Iterator[Finding]:
    """Heads that changed most, by the pair of tokens that shows it best."""
    median = float(np.nanmedian(distances)) if np.isfinite(distances).any() else 0.0
    for row, head in changed_most(distances):
        pair = pairs.get((row, head))
        if pair is None or pair.size < WEIGHT:
            continue
        heads, steps = history.heads(np.array([(row, head)])), (history.steps[0], history.steps[-1])
        names = (
            _named(history.queries, pair.query, "query"),
            _named(history.keys, pair.key, "key"),
        )
        distance = float(distances[row, head])
        pair_named, between = f"from {names[0]} to {names[1]}", f"between steps {steps[0]:,} and"
        amounts = f"{number(pair.before)} → {number(pair.after)}"
        how_far = f"distance of the head {number(distance)}, median of all {number(median)}"
        sentence = (
            f"{history.named(heads)}: {pair_named} {amounts} {between} {steps[1]:,} ({how_far})."
        )
        turned = "came to look" if pair.after > pair.before else "ceased to look"
        yield Finding(
            "changed most",
            sentence,
            history.stack,
            (heads[0][0],),
            heads,
            steps,
            query=pair.query,
            key=pair.key,
            size=min(distance, 1.0) * (SAYS_LESS if pair.key in (0, pair.query) else 1.0),
            headline=f"{raised(between)} {steps[1]:,} {lowered(history.named(heads))} {turned} "
            f"{pair_named}: {amounts} of its weight.",
            detail=f"{raised(how_far)}.",
        )


def _named(tokens: Sequence[str], place: int, what: str) -> str:
    """As in "'doctor'", with its place where the token comes several times."""
    if place >= len(tokens):
        return f"{what} {place}"
    again = f" (token {place})" if list(tokens).count(tokens[place]) > 1 else ""
    return f"{(tokens[place].strip() or tokens[place])!r}{again}"


KINDS = (
    Kind(
        "changed most",
        f"the distance of a head between the first and the last step is at least {MOVED:g} and "
        f"{TIMES:g} times the median of all heads, and the weight of a pair of tokens changed by "
        f"at least {WEIGHT:g}; the {HEADS} heads with the largest distances, each with its pair",
        most,
        of="pairs",
    ),
)
