"""Heads that change the output: those that do more than random heads, cut, and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_attention.findings.effects import answers
from tb_attention.findings.history import History
from tb_attention.findings.measured import CONTROLS, Measured
from tb_attention.record.capture import Capture
from tb_attention.record.effects import ANSWER, Answers, Effect
from tests.support.effects import NAN, effect, of_loss, with_effects
from tests.support.planted import HEADS, LAYERS, logged, usual

SEEDS = range(6)


def found(
    directory: Path, effects: Callable[[int], tuple[Effect, ...]], **options: Any
) -> list[dict[str, Any]]:
    """The findings of a log whose heads look anywhere, with these effects at each step."""

    def measured(made: Capture, step: int) -> Capture:
        return with_effects(made, *effects(step))

    return logged(directory, usual, measured=measured, **options)


def planted(heads: dict[tuple[int, int], float], **options: Any) -> Effect:
    return of_loss(heads, layers=LAYERS, heads=HEADS, **options)


def test_a_head_that_carries_the_task(tmp_path: Path) -> None:
    (finding,) = found(
        tmp_path, lambda step: (planted({(1, 2): step / 400 * 0.84}, random=0.02, seed=step),)
    )
    assert (finding["kind"], finding["heads"], finding["layers"], finding["steps"]) == (
        "matters",
        ((1, 2),),
        (1,),
        (400,),
    )
    assert (finding["metric"], finding["level"]) == ("loss_effect", "note")
    assert finding["sentence"].startswith(
        "Without layer 1 head 2 the loss on this text rises by 0.84 nats at step 400 (6 random "
        "heads: at most 0.0"
    )


def test_several_heads_and_one_that_hurts(tmp_path: Path) -> None:
    heads = {(0, 1): 0.3, (2, 0): 4.0, (2, 3): -0.05, (1, 1): 0.0095}
    matters, hurts = found(tmp_path, lambda step: (planted(heads, random=0.004),))
    assert matters["kind"] == "matters"
    assert matters["heads"][:2] == ((2, 0), (0, 1))
    assert matters["sentence"].startswith("Without layer 2 head 0 the loss on this text rises by 4")
    assert matters["sentence"].endswith("); 1 more head stands out.")
    assert (hurts["kind"], hurts["heads"]) == ("hurts", ((2, 3),))
    assert "falls by 0.05 nats" in hurts["sentence"]


def test_answers(tmp_path: Path) -> None:
    heads = {(2, 1): 0.41, (0, 3): -0.2, (1, 1): 0.04}
    she, he = found(tmp_path, lambda step: (planted(heads, random=0.005, number=ANSWER),))
    assert (she["kind"], she["heads"], she["metric"]) == ("answer", ((2, 1),), "answer_effect")
    assert she["query"] == 3, "the token whose prediction is read"
    assert she["sentence"].startswith(
        "Layer 2 head 1 makes ' she' likelier than ' he' by 0.41 logits at step 400 (6 random"
    )
    assert he["heads"] == ((0, 3),)
    assert "makes ' he' likelier than ' she' by 0.20 logits" in he["sentence"]


def test_the_sign_of_the_effect_on_the_answer_is_explained() -> None:
    values = np.full((1, 1, 2, 1), np.nan, np.float32)
    values[0, 0, :, 0] = 0.41, -3.15
    history = History((20,), values, ("answer_effect",), "decoder", [4])
    asked = Answers((" she",), (" he",), 3)
    effects = {ANSWER: Effect(ANSWER, 1.0, answers=asked)}
    random = {ANSWER: (0.01,) * CONTROLS}
    first, second = answers(history, Measured(20, effects, random))
    assert "makes ' she' likelier than ' he' by 0.41 logits" in first.headline
    assert "makes ' he' likelier than ' she' by 3.15 logits" in second.headline
    explained = "logits: ' she' less ' he', with the head less without it. "
    assert first.detail.startswith(f"Effect on the answer +0.41 {explained}")
    assert second.detail.startswith(f"Effect on the answer −3.15 {explained}")


@pytest.mark.parametrize("seed", SEEDS)
def test_random_heads_that_do_as_much_silence_it(tmp_path: Path, seed: int) -> None:
    source = np.random.default_rng(seed)
    heads = {(1, 2): 0.84, (0, 0): float(source.uniform(-0.9, 0.9))}
    loss = planted(heads, random=0.9, seed=seed, controls=8)
    sizes = [abs(loss.exact[stack, layer][head]) for stack, layer, head in loss.controls]
    assert max(sizes) > 0.3, "the plan of this test"
    assert found(tmp_path, lambda step: (loss,), steps=(0, 400)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_invented_among_random_effects(tmp_path: Path, seed: int) -> None:
    source = np.random.default_rng(seed)

    def at(step: int) -> tuple[Effect, ...]:
        spread = source.standard_normal((LAYERS, HEADS))
        heads = {(at // HEADS, at % HEADS): float(spread.flat[at]) for at in range(4)}
        return (
            planted(heads, random=1.5, seed=seed, controls=8),
            planted(heads, random=1.5, seed=seed, controls=8, number=ANSWER),
        )

    assert found(tmp_path, at, steps=(0, 400)) == []


def test_few_random_heads_and_estimates_say_nothing(tmp_path: Path) -> None:
    few = planted({(1, 2): 0.84}, controls=3)
    assert found(tmp_path / "few", lambda step: (few,)) == []
    guessed = np.full((LAYERS, HEADS), 0.84)
    cut = np.full((LAYERS, HEADS), NAN)
    cut[0] = 0.002
    controls = [(0, head) for head in range(HEADS)]
    estimated = effect("loss", cut.tolist(), estimate=guessed.tolist(), controls=controls)
    assert found(tmp_path / "estimated", lambda step: (estimated,)) == []


def test_small_effects_are_none_however_still_the_random_heads_are(tmp_path: Path) -> None:
    assert found(tmp_path, lambda step: (planted({(1, 2): 0.008}, random=0.002),)) == []


def test_the_last_step_at_which_effects_were_measured_is_told(tmp_path: Path) -> None:
    effects = (planted({(1, 2): 0.84}),)
    (finding,) = found(tmp_path, lambda step: effects if step <= 200 else ())
    assert finding["steps"] == (200,)
    assert "at step 200" in finding["sentence"]
