"""What heads do at the last step: rest on one token, or nothing of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tb_attention.attention.head_types import TYPES, HeadType
from tb_attention.attention.key_sums import RESTS
from tb_attention.findings.finding import (
    Finding,
    Kind,
    acting,
    counted,
    listed,
    number,
    percent,
    raised,
    token_named,
)
from tb_attention.findings.history import History, layers_of, sorted_by

SINK = 0.9
"""A head rests on the first token where it has more than this share of its weight there."""

DEAD_FIRST, DEAD_EVEN = 0.99, 0.995
"""A head does nothing of its own where this share of its weight is on the first token.

Or where its entropy is DEAD_EVEN of that of even weights.
"""

PLACES = 3
"""Of the tokens that heads rest on, those with the most heads are reported, at most this many."""

LISTED = 8
"""At most this many heads of a kind are named."""

_SAID = ("resting",)
"""Types that have a finding of their own."""

_TELLING = ("induction", "duplicate token", "previous token")
"""Types that say most of a model."""

_RESTING = 1 << [kind.name for kind in TYPES].index("resting")


def first_token(history: History) -> Iterator[Finding]:
    """How many heads rest on the first token at the last step."""
    now = history.of("first_token")[-1]
    places = sorted_by(np.argwhere(now > SINK), now)
    if not len(places):
        return
    what = "puts over 90 % of its" if len(places) == 1 else "put over 90 % of their"
    share = percent(float(now[tuple(places[0])]))
    yield _counted(history, "first token", places, f"{what} weight on the first token", share)


def resting(history: History) -> Iterator[Finding]:
    """How many heads rest on one later token at the last step, for each such token."""
    now, at = history.of("resting")[-1], history.of("resting_token")[-1]
    rests = history.types[-1] & _RESTING != 0
    tokens, counts = np.unique(at[rests], return_counts=True)
    for place in np.argsort(-counts, kind="stable")[:PLACES]:
        token = int(tokens[place])
        places = sorted_by(np.argwhere(rests & (at == token)), now)
        verb = "rests" if len(places) == 1 else "rest"
        share = percent(float(now[tuple(places[0])]))
        share = f"{share} of the weight of the queries that see it"
        what = f"{verb} on {token_named(token, history.keys)}"
        yield replace(_counted(history, "resting", places, what, share), key=token)


def _counted(
    history: History, kind: str, places: npt.NDArray[np.intp], what: str, share: str
) -> Finding:
    """As in "3 of 12 heads rest on token 6 at step 400 (layer 1 head 2 most: 60 %)."."""
    heads, metric, step = history.heads(places), kind.replace(" ", "_"), history.steps[-1]
    count = int(np.isfinite(history.of(metric)[-1]).sum())
    whose = f"{history.stack} heads" if history.several else "heads"
    who = f"{history.named(heads[:1]).lower()}{'' if len(heads) == 1 else ' most'}"
    said = f"{len(heads)} of {count} {whose} {what}"
    return Finding(
        kind,
        f"{said}{history.when(step)} ({who}: {share}).",
        history.stack,
        layers_of(heads),
        heads,
        (step,),
        metric,
        headline=f"{raised(counted(len(heads)))} of {count} {whose} {what}.",
        detail=f"{raised(who)}: {share}.",
    )


def dead(history: History) -> Iterator[Finding]:
    """Heads that do nothing of their own at the last step: candidates to prune."""
    step = history.steps[-1]
    for metric, least in (("first_token", DEAD_FIRST), ("entropy", DEAD_EVEN)):
        now = history.of(metric)[-1]
        places = sorted_by(np.argwhere(now >= least), now)
        if not len(places):
            continue
        heads, one = history.heads(places), len(places) == 1
        if metric == "first_token":
            whose = "has at least 99 % of its" if one else "have at least 99 % of their"
            what = f"{whose} weight on the first token"
            so = "it rests" if one else "they rest"
        else:
            what = f"{'looks' if one else 'look'} at all tokens alike"
            so = "it tells none of them apart" if one else "they tell none of them apart"
        sentence = f"{history.named(heads)} {what}{history.when(step)}: {so}."
        yield Finding("dead", sentence, history.stack, layers_of(heads), heads, (step,), metric)


def kinds_of_heads(history: History) -> Iterator[Finding]:
    """Which kinds of heads there are, where there is one step and so nothing to follow."""
    if len(history.steps) != 1:
        return
    masks = history.types[-1]
    places_of = {
        kind.name: sorted_by(np.argwhere(masks >> bit & 1), history.of(kind.metric)[-1])
        for bit, kind in enumerate(TYPES)
    }
    known = {kind.name: kind for kind in TYPES if len(places_of[kind.name])}
    all_heads = int(np.isfinite(history.values[-1]).any(axis=-1).sum())
    whose = f"{history.stack} heads" if history.several else "heads"
    if len(known) > 1:
        yield _all_kinds(history, [(known[name], places_of[name]) for name in known], all_heads)
    for name, kind in known.items():
        if name in _SAID:
            continue
        places, scores = places_of[name], history.of(kind.metric)[-1]
        heads, count = history.heads(places), len(places)
        of = f"{history.stack} " if history.several else ""
        named = ", ".join(f"{layer}.{head}" for layer, head in heads[:LISTED])
        more = f" and {count - LISTED} more" if count > LISTED else ""
        best, least = (number(float(scores[tuple(places[at])])) for at in (0, -1))
        score = f"score {best}" if count == 1 or best == least else f"scores {best} to {least}"
        noun = f"{name.replace(' ', '-')} head{'' if count == 1 else 's'}"
        yield Finding(
            "kinds of heads",
            f"{count} {of}{noun}: {named}{more} ({score}).",
            history.stack,
            layers_of(heads),
            heads,
            (history.steps[-1],),
            kind.metric,
            headline=f"{raised(counted(count))} of {all_heads} {whose} {acting(kind, count)}.",
            detail=f"{raised(noun)} {named}{more}: {score}.",
        )


def _all_kinds(
    history: History, known: list[tuple[HeadType, npt.NDArray[np.intp]]], all_heads: int
) -> Finding:
    """How many heads do what; the best head of each type, the most telling type first."""
    order = [*_TELLING, *(kind.name for kind, _ in known if kind.name not in _TELLING)]
    by_telling = sorted(known, key=lambda each: order.index(each[0].name))
    heads = history.heads(np.array([places[0] for _, places in by_telling]))
    counts = [f"{counted(len(places))} {acting(kind, len(places))}" for kind, places in known]
    whose = f"{history.stack} heads" if history.several else "heads"
    best = [
        f"{layer}.{head} ({kind.name}, {number(float(history.of(kind.metric)[-1][tuple(at[0])]))})"
        for (kind, at), (layer, head) in zip(by_telling, heads, strict=True)
    ]
    return Finding(
        "kinds of heads",
        f"Of {all_heads} {whose} {listed(counts)}.",
        history.stack,
        layers_of(heads),
        tuple(dict.fromkeys(heads)),
        (history.steps[-1],),
        by_telling[0][0].metric,
        size=0.5,
        detail=f"The clearest: {listed(best)}.",
    )


KINDS = (
    Kind(
        "kinds of heads",
        "only one step was logged, and it has heads of a type: how many of each, where there are "
        f"several, and of each type the {LISTED} with the largest scores, as layer.head; not "
        "resting, which has a finding of its own",
        kinds_of_heads,
        of="all steps",
    ),
    Kind(
        "first token",
        f"at the last step a head has more than {SINK:g} of its weight on the first token",
        first_token,
    ),
    Kind(
        "resting",
        f"at the last step a head has {RESTS:g} or more of its weight on one later token: the type "
        f"resting; the {PLACES} tokens with the most heads",
        resting,
    ),
    Kind(
        "dead",
        f"at the last step a head has at least {DEAD_FIRST:g} of its weight on the first token, "
        f"or at least {DEAD_EVEN:g} of the entropy of even weights",
        dead,
    ),
)
