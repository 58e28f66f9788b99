"""What heads do: rest on the first token, nothing of their own, acquire a type or lose it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_attention.attention.head_types import TYPES, Life, lives, type_masks
from tb_attention.attention.key_sums import RESTS
from tb_attention.findings.finding import Finding, Kind, number, percent
from tb_attention.findings.history import History, layers_of, sorted_by

SINK = 0.9
"""A head rests on the first token where it has more than this share of its weight there."""

DEAD_FIRST, DEAD_EVEN = 0.99, 0.995
"""A head does nothing of its own where this share of its weight is on the first token.

Or where its entropy is DEAD_EVEN of that of even weights.
"""

LASTING = 0.05
"""A life shorter than this share of the logged steps is no finding."""

MOST = 12
"""At most this many births and deaths are reported; all are in the answer of `types`."""

PLACES = 3
"""Of the tokens that heads rest on, those with the most heads are reported, at most this many."""

_TYPES = ("first token", "previous token", "self", "duplicate token", "induction", "resting")
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
    rests = type_masks(history.values[-1], history.names) & _RESTING != 0
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


def births(history: History) -> Iterator[Finding]:
    """Heads that acquired a type, together where they did it between the same steps."""
    yield from _told(history, "type born")


def deaths(history: History) -> Iterator[Finding]:
    """Heads that lost a type, together where they did it between the same steps."""
    yield from _told(history, "type died")


def _told(history: History, wanted: str) -> Iterator[Finding]:
    """The births or deaths that are reported: of both together, those that score most.

    Many heads change in a long training.
    """
    least = max(2, LASTING * len(history.steps))
    groups: dict[tuple[int, int, str], list[Life]] = {}
    for life in lives(history.values, history.names):
        begun, ended = life.born or 0, len(history.steps) if life.died is None else life.died
        if TYPES[life.type].name in _TYPES and (life.died is None or ended - begun >= least):
            if life.born is not None:
                groups.setdefault((life.born, life.type, "type born"), []).append(life)
            if life.died is not None:
                groups.setdefault((life.died, life.type, "type died"), []).append(life)
    ranked = sorted(groups.items(), key=lambda group: -_best(history, group[0], group[1]))
    for (place, kind, what), group in sorted(ranked[:MOST], key=lambda group: group[0]):
        if what == wanted:
            yield _changed(history, place, kind, what, group)


def _changed(history: History, place: int, kind: int, what: str, group: list[Life]) -> Finding:
    scores = history.of(TYPES[kind].metric)
    moment = place if what == "type born" else place - 1
    places = sorted_by(
        np.array([(life.row, life.head) for life in group]), np.nan_to_num(scores[moment])
    )
    heads, (row, head), one = history.heads(places), places[0], len(places) == 1
    before, after = (number(float(scores[at, row, head])) for at in (place - 1, place))
    steps = history.steps[place - 1], history.steps[place]
    name = TYPES[kind].name.replace(" ", "-")
    noun = f"{'an' if name[0] in 'aeiou' else 'a'} {name} head" if one else f"{name} heads"
    verb = "became" if what == "type born" else "ceased to be"
    score = (
        f"score {before}, then {after}" if one else f"first of them: score {before}, then {after}"
    )
    sentence = (
        f"{history.named(heads)} {verb} {noun} between steps {steps[0]:,} and {steps[1]:,} "
        f"({score})."
    )
    return Finding(
        what, sentence, history.stack, layers_of(heads), heads, steps, TYPES[kind].metric
    )


def _best(history: History, key: tuple[int, int, str], group: list[Life]) -> float:
    scores = history.of(TYPES[key[1]].metric)
    return max(float(np.nanmax(scores[:, life.row, life.head])) for life in group)


KINDS = (
    Kind(
        "type born",
        f"a head acquired one of these six types, and keeps it or had it for {100 * LASTING:g} % "
        f"of the steps; the {MOST} with the largest scores of births and deaths together",
        births,
    ),
    Kind("type died", "likewise, a head lost one", deaths),
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
