"""Heads that were cut together: they carry repetition, stand in for each other, do nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_attention.record.capture import Capture
from tb_attention.record.effects import RANDOM, Cut, Effect
from tests.support.effects import NAN, of_loss, place, with_effects
from tests.support.planted import HEADS, LAYERS, STEPS, Weights, logged, mostly, usual

FIRST, AGAIN = 8.0, 2.0
"""Nats a token of a text, and where it repeats itself."""


def losses(again: float = AGAIN, first: float = FIRST) -> tuple[float, ...]:
    """Of the tokens of tests/support/planted.py, whose second half repeats the first."""
    return (NAN, *[first] * 12, *[again] * 11)


def planted(
    heads: dict[tuple[int, int], float], cuts: Sequence[Cut] = (), **options: Any
) -> Effect:
    return of_loss(heads, layers=LAYERS, heads=HEADS, cuts=cuts, **options)


def found(
    directory: Path,
    effects: Callable[[int], Effect],
    at: Callable[[int], Weights] = usual,
    ids: Sequence[int] | None = None,
    **options: Any,
) -> list[dict[str, Any]]:
    def measured(made: Capture, step: int) -> Capture:
        (sequence,) = made.sequences
        changed = replace(sequence, ids=tuple(ids or sequence.ids))
        return with_effects(replace(made, sequences=(changed,)), effects(step), losses=losses())

    return logged(directory, at, measured=measured, **options)


def kinds(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["kind"] for finding in findings]


def induction_from_300(step: int) -> Weights:
    weights = usual(step)
    if step >= 300:
        for head in (1, 3):
            weights[2, head] = mostly(
                lambda i: i - 11 if i >= 12 else i // 2, weights[2, head], 0.8
            )
    return weights


def repetition_cuts(without: float, random: float) -> tuple[Cut, ...]:
    heads = place(2, 1), place(2, 3)
    return (
        Cut("induction", heads, 6.0, losses(without)),
        Cut(RANDOM, (place(0, 0), place(1, 0)), 5.0, losses(random)),
    )


def test_heads_that_carry_repetition(tmp_path: Path) -> None:
    cuts = repetition_cuts(AGAIN + 0.71 * (FIRST - AGAIN), AGAIN + 0.02 * (FIRST - AGAIN))
    findings = found(tmp_path, lambda step: planted({}, cuts), induction_from_300)
    assert sorted(kinds(findings)) == ["repetition", "type born"]
    (finding,) = (each for each in findings if each["kind"] == "repetition")
    assert finding["sentence"] == (
        "Layer 2 heads 1 and 3, induction heads since step 300, carry 71 % of what repetition "
        "saves, 6.00 nats a token at step 400 (2 random heads: 2 %)."
    )
    assert (finding["heads"], finding["steps"], finding["metric"]) == (
        ((2, 1), (2, 3)),
        (400,),
        "induction",
    )


@pytest.mark.parametrize("without,random", [(3.0, 3.0), (4.0, 3.5), (2.1, 2.0), (1.5, 2.0)])
def test_heads_that_carry_no_more_than_random_heads_or_next_to_nothing(
    tmp_path: Path, without: float, random: float
) -> None:
    cuts = repetition_cuts(without, random)
    assert kinds(found(tmp_path, lambda step: planted({}, cuts), induction_from_300)) == [
        "type born"
    ]


def test_what_harms_the_whole_text_carries_no_repetition(tmp_path: Path) -> None:
    heads = place(2, 1), place(2, 3)
    cuts = (
        Cut("induction", heads, 9.0, losses(AGAIN + 3, FIRST + 3)),
        Cut(RANDOM, heads, 5.0, losses()),
    )
    assert "repetition" not in kinds(found(tmp_path, lambda step: planted({}, cuts)))


def test_a_text_that_does_not_repeat_says_nothing_of_repetition(tmp_path: Path) -> None:
    cuts = repetition_cuts(FIRST, AGAIN)
    findings = found(tmp_path, lambda step: planted({}, cuts), ids=range(24))
    assert findings == []


def test_heads_that_do_next_to_nothing(tmp_path: Path) -> None:
    heads = {(0, 1): 0.0, (0, 2): -0.0009, (1, 3): 0.0004, (2, 2): 0.002}

    def at(step: int) -> Effect:
        cut = Cut("small", (place(0, 1), place(0, 2), place(1, 3)), 3.0025)
        return planted(heads, [cut], value=3.0, random=0.004, seed=step)

    (finding,) = found(tmp_path, at)
    assert (finding["kind"], finding["heads"], finding["metric"]) == (
        "next to nothing",
        ((0, 1), (0, 2), (1, 3)),
        "loss_effect",
    )
    assert finding["sentence"] == (
        "3 heads change the loss on this text by less than 0.001 nats each at every logged step: "
        "candidates to prune; cut all together they change it by 0.0025."
    )


def test_a_head_that_does_something_at_one_step_is_no_candidate(tmp_path: Path) -> None:
    def at(step: int) -> Effect:
        once, never = (0.05 if step == 200 else 0.0), (NAN if step == 100 else 0.0)
        return planted({(0, 1): once, (0, 2): never, (1, 3): 0.0}, seed=step)

    (finding,) = found(tmp_path, at)
    assert finding["heads"] == ((1, 3),)
    assert finding["sentence"].endswith("at every logged step: a candidate to prune.")


def test_what_small_heads_do_together_is_said_also_where_none_stand_in(tmp_path: Path) -> None:
    cut = Cut("small", (place(0, 1), place(0, 2)), 2.95)
    (finding,) = found(tmp_path, lambda step: planted({(0, 1): 0.0, (0, 2): 0.0}, [cut]))
    assert finding["sentence"].endswith(
        "candidates to prune, but cut all together they lower it by 0.05."
    )


def test_two_redundant_heads(tmp_path: Path) -> None:
    pair = place(0, 1), place(0, 2)
    heads = {(0, 1): 0.0002, (0, 2): 0.0, (1, 3): 0.0}

    def at(step: int) -> Effect:
        cuts = [
            Cut("small", (*pair, place(1, 3)), 4.3),
            Cut(RANDOM, (place(2, 0), place(2, 1), place(2, 2)), 3.001),
            Cut("redundant", pair, 4.3),
            Cut(RANDOM, (place(2, 0), place(2, 1)), 3.001),
        ]
        return planted(heads, cuts, value=3.0, random=0.004, seed=step)

    stand_ins, small = found(tmp_path, at)
    assert (stand_ins["kind"], stand_ins["heads"]) == ("stand-ins", ((0, 1), (0, 2)))
    assert stand_ins["sentence"] == (
        "Layer 0 heads 1 and 2 stand in for each other: one by one they change the loss by at "
        "most 0.0002 nats, without all of them it rises by 1.30 at step 400 (2 random heads: "
        "0.001)."
    )
    assert small["sentence"].endswith(
        "candidates to prune, but cut all together they raise it by 1.30: layer 0 heads 1 and 2 "
        "stand in for each other."
    )


@pytest.mark.parametrize("seed", range(6))
def test_heads_that_add_up_do_not_stand_in_for_each_other(tmp_path: Path, seed: int) -> None:
    source = np.random.default_rng(seed)
    one, other = source.uniform(0.05, 0.5, 2)
    together = (one + other) * source.uniform(0.7, 1.5)
    cuts = [
        Cut("redundant", (place(0, 1), place(0, 2)), 3 + together),
        Cut(RANDOM, (place(2, 0), place(2, 1)), 3.001),
    ]
    effect = planted({(0, 1): one, (0, 2): other}, cuts, value=3.0, random=0.9, seed=seed)
    assert "stand-ins" not in kinds(found(tmp_path, lambda step: effect, steps=STEPS[-2:]))
