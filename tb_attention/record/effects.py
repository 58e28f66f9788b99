"""What the output of a model loses when heads are cut: measured beside a capture, and stored in it.

A head is cut where its output enters the output projection: it is replaced by zero there, or by its
mean over the tokens of the text. What is measured is one number of the output: "loss", the mean
next-token loss of the text in nats, or "answer", how much likelier one answer is than another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple

from tb_attention.attention.dtypes import Floats32

LOSS: Final = "loss"
ANSWER: Final = "answer"

UNITS = {LOSS: "nats", ANSWER: "logits"}
"""Number of the output -> the unit of its value, and of the effects on it."""

RANDOM = "random"
"""Name of a cut of random heads: the control of the cut before it."""

Row = tuple[str, int]
"""(stack, layer): the name of a stack and the 0-based index of a layer in it."""


class HeadPlace(NamedTuple):
    """One head of a model: the name of its stack, the index of its layer there, and its number."""

    stack: str
    layer: int
    head: int


@dataclass(frozen=True)
class Answers:
    """The two sides whose probabilities are compared, and where.

    Attributes:
        first: the texts of the first side; their probabilities are summed.
        second: the texts of the second side.
        at: index of the token whose prediction is read: the answer is what would come after it, or
            stand in its place where the model fills masks.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    at: int


@dataclass(frozen=True)
class Cut:
    """Several heads that were cut together.

    Attributes:
        name: what they have in common: a head type, such as "induction"; "small", those that do
            next to nothing one by one; "redundant", those that stand in for each other; RANDOM, as
            many random heads as the cut before it has, the control of that.
        heads: which they are.
        value: the number of the output without them.
        losses: of "loss", the loss of every token without them, in nats, as in
            TokenSequence.losses; else empty.
    """

    name: str
    heads: tuple[HeadPlace, ...]
    value: float
    losses: tuple[float, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What the heads of a capture do to one number of the model's output.

    The effect of a head is positive where it helps: where the loss rises without it, and where the
    first answer is less likely without it.

    Attributes:
        number: "loss", in nats a token, or "answer", the difference of the logits of the answers
            (of log-sums over the texts of a side).
        value: the number with all heads.
        replace: what a head that is cut gives: "zero", or its "mean" over the tokens of the text.
        estimate: (stack, layer) -> float32 [heads], the first-order estimate of the effect, from
            one backward pass; empty where heads were not asked for.
        exact: (stack, layer) -> float32 [heads], the effect measured by cutting the head; NaN where
            it was not.
        controls: the heads that were drawn at random and not for their estimates; `exact` has their
            effects.
        cuts: several heads at once.
        answers: of "answer", what is compared.
    """

    number: Literal["loss", "answer"]
    value: float
    replace: Literal["zero", "mean"] = "zero"
    estimate: Mapping[Row, Floats32] = field(default_factory=dict)
    exact: Mapping[Row, Floats32] = field(default_factory=dict)
    controls: tuple[HeadPlace, ...] = ()
    cuts: tuple[Cut, ...] = ()
    answers: Answers | None = None


def kept_effects(effects: Iterable[Effect], rows: Collection[Row]) -> tuple[Effect, ...]:
    """The effects where only the heads of some layers are kept: no control and no cut of others."""

    def kept(places: Iterable[HeadPlace]) -> bool:
        return all(place[:2] in rows for place in places)

    return tuple(
        replace(
            effect,
            controls=tuple(place for place in effect.controls if kept([place])),
            cuts=tuple(cut for cut in effect.cuts if kept(cut.heads)),
        )
        for effect in effects
    )
