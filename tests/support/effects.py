"""Captures with effects that are written down, not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tb_attention.record.capture import Capture
from tb_attention.record.effects import ANSWER, LOSS, Answers, Cut, Effect, HeadPlace

NAN = float("nan")
ANSWERS = Answers((" she",), (" he",), 3)


def place(layer: int, head: int) -> HeadPlace:
    """A head of the decoder."""
    return HeadPlace("decoder", layer, head)


def effect(
    number: str,
    exact: Sequence[Sequence[float]],
    *,
    value: float = 3.0,
    estimate: Sequence[Sequence[float]] = (),
    controls: Sequence[tuple[int, int]] = (),
    cuts: Sequence[Cut] = (),
) -> Effect:
    """Effects [layers][heads] of the heads of a decoder."""
    return Effect(
        number,  # type: ignore[arg-type]
        value,
        estimate=_rows(estimate),
        exact=_rows(exact),
        controls=tuple(place(*each) for each in controls),
        cuts=tuple(cuts),
        answers=ANSWERS if number == ANSWER else None,
    )


def with_effects(made: Capture, *effects: Effect, losses: Sequence[float] = ()) -> Capture:
    """The capture with these effects, and losses of its tokens."""
    (sequence, *others) = made.sequences
    known = tuple(losses) or (NAN, *[1.0] * (len(sequence) - 1))
    sequences = (replace(sequence, losses=known), *others)
    return replace(made, sequences=sequences, effects=tuple(effects))


def of_loss(
    planted: Mapping[tuple[int, int], float],
    *,
    layers: int,
    heads: int,
    seed: int = 0,
    random: float = 0.004,
    controls: int = 6,
    cuts: Sequence[Cut] = (),
    value: float = 3.0,
    number: str = LOSS,
) -> Effect:
    """Effects that are planted, and those of random heads, of a size of 0.6 to 1 of `random`.

    What is neither is not measured.
    """
    source = np.random.default_rng(seed)
    exact = np.full((layers, heads), NAN)
    free = [at for at in np.ndindex(layers, heads) if at not in planted]
    drawn = [free[at] for at in source.choice(len(free), controls, replace=False)]
    for at in drawn:
        exact[at] = random * source.uniform(0.6, 1) * source.choice([-1, 1])
    for at, each in planted.items():
        exact[at] = each
    return effect(number, exact.tolist(), value=value, controls=drawn, cuts=cuts)


def _rows(values: Sequence[Sequence[float]]) -> dict[tuple[str, int], np.ndarray]:
    return {("decoder", layer): np.array(row, np.float32) for layer, row in enumerate(values)}
