"""Which stories are told, in which order: what several findings say of one head is one story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tb_attention.findings.births import BORN, DIED
from tb_attention.findings.finding import listed
from tb_attention.findings.story import Story

NAMED = 2
"""So many other texts on which the same was found are named."""

_TURNS = (BORN, DIED, "score changed", "changed most")
"""Kinds that say where a head looks and where it looked before."""


@dataclass(frozen=True)
class Told:
    """A story and where it is.

    Attributes:
        run: name of the run.
        tag: name of the tag.
        story: the story.
    """

    run: str
    tag: str
    story: Story


def told(found: Iterable[Told]) -> list[Told]:
    """The stories that are told, the strongest first; as strong ones as they stand.

    A weaker one that is of the same head, or of the same heads, and metric, or of the same head and
    its turn to another place, belongs to the stronger one: its tag is named where it is the same on
    another text, and the pair of tokens that changed most is taken over. What a head does the other
    way on another text is a story of its own.
    """
    kept: list[Told] = []
    elsewhere: dict[int, list[str]] = {}
    pairs: dict[int, Story] = {}
    for each in sorted(found, key=lambda one: -one.story.strength):
        place = next((at for at, other in enumerate(kept) if _same(each, other)), None)
        if place is None:
            kept.append(each)
            continue
        stronger = kept[place]
        if each.tag == stronger.tag:
            if each.story.finding.kind == "changed most":
                pairs.setdefault(place, each.story)
        elif each.story.finding.kind == stronger.story.finding.kind:
            elsewhere.setdefault(place, []).append(each.tag)
    return [
        replace(each, story=_joined(each.story, elsewhere.get(place, ()), pairs.get(place)))
        for place, each in enumerate(kept)
    ]


def _same(weaker: Told, stronger: Told) -> bool:
    one, other = weaker.story, stronger.story
    if weaker.run != stronger.run or one.head is None or other.head is None:
        return False
    same_heads = set(one.finding.heads) == set(other.finding.heads)
    if one.finding.stack != other.finding.stack or not (one.head == other.head or same_heads):
        return False
    if one.finding.kind == other.finding.kind and _sign(one) != _sign(other):
        return False
    both_turn = one.finding.kind in _TURNS and other.finding.kind in _TURNS
    return one.metric == other.metric or (both_turn and one.head == other.head)


def _sign(story: Story) -> float:
    """1 or -1 of a story of a kind that is told of both directions; else 0."""
    before, after = story.values
    if after is None:
        return 0.0
    if story.finding.kind == "answer":
        return float(np.sign(after))
    if story.finding.kind == "score changed" and before is not None:
        return float(np.sign(after - before))
    return 0.0


def _joined(story: Story, tags: Sequence[str], pair: Story | None) -> Story:
    """The story with what the weaker ones add to it."""
    details = [story.detail]
    if pair is not None:
        story = replace(story, query=pair.query, key=pair.key)
        details.append(pair.addition)
    if tags:
        names = [repr(tag) for tag in dict.fromkeys(tags)]
        more = len(names) - NAMED
        if more > 0:
            names = [*names[:NAMED], f"{more} more text{'' if more == 1 else 's'}"]
        on = listed(names)
        other_pairs = story.finding.kind == "changed most"
        details.append(f"It changed on {on} as well." if other_pairs else f"The same on {on}.")
    return replace(story, detail=" ".join(filter(None, details)))
