"""Heads that do one thing on this text and another one on other texts of the same run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.attention.head_types import TYPES
from tb_attention.findings.finding import Finding, Kind, heads_noun, listed
from tb_attention.findings.history import History, layers_of, sorted_by

PATTERNS = ("previous token", "duplicate token", "induction")
"""What a head does where the text gives it an occasion."""

RESTS = ("first token", "resting")
"""And what it does elsewhere."""

NAMED = 2
"""So many texts are named, the others are counted."""

COUNTS = 0.25
"""A quarter of the score is the size: nothing changed, two texts are joined."""

_BIT = {kind.name: bit for bit, kind in enumerate(TYPES)}


@dataclass(frozen=True)
class OtherText:
    """Head metrics of the same stack and run on another text.

    Attributes:
        tag: the tag of the text.
        history: its steps, of which one is the last step here.
    """

    tag: str
    history: History


def other_texts(history: History, others: Sequence[OtherText]) -> Iterator[Finding]:
    """Heads of a pattern on one text that rest on another one, at the last step."""
    step = history.steps[-1]
    here = history.types[-1]
    there = {
        other.tag: other.history.types[list(other.history.steps).index(step)]
        for other in others
        if step in other.history.steps and other.history.layers == history.layers
    }
    pairs = [(one, other) for one in PATTERNS for other in RESTS]
    for of_here, of_there in [*pairs, *((other, one) for one, other in pairs)]:
        kind = TYPES[_BIT[of_here]]
        scores = history.of(kind.metric)[-1]
        has = here >> _BIT[of_here] & 1
        joined = {
            tag: (has & (masks >> _BIT[of_there] & 1) & ~(masks >> _BIT[of_here] & 1)) > 0
            for tag, masks in there.items()
            if masks.shape == here.shape
        }
        for tags, places in _alike(joined):
            order = sorted_by(np.argwhere(places), scores)
            heads, one = history.heads(order), len(order) == 1
            best = float(scores[tuple(order[0])])
            sentence = (
                f"{history.named(heads)} {'is' if one else 'are'} {heads_noun(of_there, one=one)} "
                f"on {_named(tags)} and {heads_noun(of_here, one=one)} here"
                f"{history.when(step)}."
            )
            yield Finding(
                "other text",
                sentence,
                history.stack,
                layers_of(heads),
                heads,
                (step,),
                kind.metric,
                size=COUNTS * best,
            )


def _alike(
    joined: Mapping[str, npt.NDArray[np.bool_]],
) -> Iterator[tuple[list[str], npt.NDArray[np.bool_]]]:
    """Texts and heads, so that each of these heads is joined to every one of these texts.

    The heads of the text that has most of those that are left come first, with all texts that
    have all of them; so each head is named once.
    """
    left = np.logical_or.reduce(list(joined.values())) if joined else np.zeros(0, bool)
    while left.any():
        heads = max((places & left for places in joined.values()), key=np.count_nonzero)
        yield [tag for tag, places in joined.items() if places[heads].all()], heads
        left = left & ~heads


def _named(tags: Sequence[str]) -> str:
    """As in "'a' and 'b'", "'a', 'b' and 3 more texts"."""
    names = [repr(tag) for tag in tags[:NAMED]]
    more = len(tags) - NAMED
    return listed([*names, f"{more} more text{'' if more == 1 else 's'}"] if more > 0 else names)


KINDS = (
    Kind(
        "other text",
        f"at the last step a head has one of the types {listed(PATTERNS)} on one text of the run, "
        f"and {' or '.join(RESTS)}, and not the other one, on another text at the same step; the "
        "texts that are named are those on which all the named heads do so",
        other_texts,
        of="other texts",
    ),
)
