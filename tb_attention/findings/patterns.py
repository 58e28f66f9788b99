"""What heads do at the last step: rest on one token, or nothing of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_attention.attention.head_types import TYPES, types_over_steps
from tb_attention.attention.key_sums import RESTS
from tb_attention.findings.finding import Finding, Kind, number, percent
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

_RESTING = 1 << [kind.name for kind in TYPES].index("resting")


def first_token(history: History) -> Iterator[Finding]:
    """How many heads rest on the first token at the last step."""
    now, step = history.of("first_token")[-1], history.steps[-1]
    places = sorted_by(np.argwhere(now > SINK), now)
    if not len(places):
        return
    heads, count = history.heads(places), int(np.isfinite(now).sum())
    what = "puts over 90 % of its" if len(heads) == 1 else "put over 90 % of their"
    of = f"{history.stack} heads" if history.several else "heads"
    who = f"{history.named(heads[:1]).lower()}{'' if len(heads) == 1 else ' most'}"
    most = f"{who}: {percent(float(now[tuple(places[0])]))}"
    sentence = (
        f"{len(heads)} of {count} {of} {what} weight on the first token at step {step:,} ({most})."
    )
    yield Finding(
        "first token", sentence, history.stack, layers_of(heads), heads, (step,), "first_token"
    )


def resting(history: History) -> Iterator[Finding]:
    """How many heads rest on one later token at the last step, for each such token."""
    now, at, step = history.of("resting")[-1], history.of("resting_token")[-1], history.steps[-1]
    rests = types_over_steps(history.values, history.names)[-1] & _RESTING != 0
    tokens, counts = np.unique(at[rests], return_counts=True)
    for place in np.argsort(-counts, kind="stable")[:PLACES]:
        token = int(tokens[place])
        places = sorted_by(np.argwhere(rests & (at == token)), now)
        heads, count = history.heads(places), int(np.isfinite(now).sum())
        text = f" {history.keys[token]!r}" if token < len(history.keys) else ""
        who = f"{history.named(heads[:1]).lower()}{'' if len(heads) == 1 else ' most'}"
        of = f"{history.stack} heads" if history.several else "heads"
        sentence = (
            f"{len(heads)} of {count} {of} {'rests' if len(heads) == 1 else 'rest'} on token "
            f"{token:,}{text} at step {step:,} ({who}: {percent(float(now[tuple(places[0])]))} of "
            "the weight of the queries that see it)."
        )
        yield Finding(
            "resting",
            sentence,
            history.stack,
            layers_of(heads),
            heads,
            (step,),
            "resting",
            key=token,
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
        sentence = f"{history.named(heads)} {what} at step {step:,}: {so}."
        yield Finding("dead", sentence, history.stack, layers_of(heads), heads, (step,), metric)


def kinds_of_heads(history: History) -> Iterator[Finding]:
    """Which kinds of heads there are, where there is one step and so nothing to follow."""
    if len(history.steps) != 1:
        return
    masks = types_over_steps(history.values, history.names)[-1]
    for bit, kind in enumerate(TYPES):
        scores = history.of(kind.metric)[-1]
        places = sorted_by(np.argwhere(masks >> bit & 1), scores)
        if kind.name in _SAID or not len(places):
            continue
        heads, count = history.heads(places), len(places)
        name = kind.name.replace(" ", "-")
        of = f"{history.stack} " if history.several else ""
        named = ", ".join(f"{layer}.{head}" for layer, head in heads[:LISTED])
        more = f" and {count - LISTED} more" if count > LISTED else ""
        best, least = (number(float(scores[tuple(places[at])])) for at in (0, -1))
        score = f"score {best}" if count == 1 or best == least else f"scores {best} to {least}"
        sentence = f"{count} {of}{name} head{'' if count == 1 else 's'}: {named}{more} ({score})."
        steps = (history.steps[-1],)
        yield Finding(
            "kinds of heads", sentence, history.stack, layers_of(heads), heads, steps, kind.metric
        )


KINDS = (
    Kind(
        "kinds of heads",
        f"only one step was logged, and it has heads of a type; the {LISTED} with the largest "
        "scores are named as layer.head; not resting, which has a finding of its own",
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
