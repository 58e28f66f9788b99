"""Findings of models whose heads are planted: measured, logged, read, and said; none invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tb_attention import AttentionLogger, Effects
from tests.support.planted import findings
from tests.support.planted_heads import (
    COPIES,
    HEADS,
    LAYERS,
    NOTHING,
    Place,
    Planted,
    some_places,
    text,
)

SEEDS = range(5)
OF_EFFECTS = ("matters", "hurts", "answer", "repetition", "stand-ins", "next to nothing")
EFFECTS = Effects(exact="all", heads=1, controls=4)
"""Heads of large estimates leave four of twelve that are drawn at random."""


def found(directory: Path, kinds: dict[Place, str], seed: int) -> dict[str, dict[str, Any]]:
    """Kind -> the finding, of those that follow from effects, of a log of two steps."""
    model, ids = Planted(kinds, seed), text(seed)
    with AttentionLogger(directory, strict=True, effects=EFFECTS) as logger:
        for step in (0, 10):
            logger.log(model, ids, tag="probe", step=step)
    said = [each for each in findings(directory) if each["kind"] in OF_EFFECTS]
    assert len({each["kind"] for each in said}) == len(said), "one of each kind"
    return {each["kind"]: each for each in said}


def every() -> set[Place]:
    return {(layer, head) for layer in range(LAYERS) for head in range(HEADS)}


@pytest.mark.parametrize("seed", SEEDS)
def test_one_head_that_carries_the_task(tmp_path: Path, seed: int) -> None:
    carries, *nothing = some_places(seed, 4)
    said = found(tmp_path, {carries: COPIES} | dict.fromkeys(nothing, NOTHING), seed)
    assert set(said) == {"matters", "next to nothing"}
    matters, small = said["matters"], said["next to nothing"]
    assert (matters["heads"], matters["steps"], matters["metric"]) == (
        (carries,),
        (10,),
        "loss_effect",
    )
    assert matters["sentence"].startswith(
        f"Without layer {carries[0]} head {carries[1]} the loss on this text rises by "
    )
    assert "(4 random heads: at most " in matters["sentence"]
    assert set(small["heads"]) == every() - {carries}
    assert "11 heads change the loss on this text by less than 0.001" in small["sentence"]
    assert "at every logged step: candidates to prune; cut all together" in small["sentence"]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_heads_that_stand_in_for_each_other(tmp_path: Path, seed: int) -> None:
    both = some_places(seed, 2)
    said = found(tmp_path, dict.fromkeys(both, COPIES), seed)
    assert set(said) == {"stand-ins", "next to nothing"}
    assert set(said["stand-ins"]["heads"]) == set(both)
    assert "stand in for each other: one by one" in said["stand-ins"]["sentence"]
    assert "but cut all together they raise it by" in said["next to nothing"]["sentence"]
    assert said["next to nothing"]["sentence"].endswith("stand in for each other.")


@pytest.mark.parametrize("seed", SEEDS)
def test_heads_of_which_none_does_anything(tmp_path: Path, seed: int) -> None:
    said = found(tmp_path, {}, seed)
    assert set(said) == {"next to nothing"}
    assert set(said["next to nothing"]["heads"]) == every()
    assert "; cut all together they change it by" in said["next to nothing"]["sentence"]
