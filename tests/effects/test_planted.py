"""Heads that are planted are found, and none is invented."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tb_attention.capture import capture
from tb_attention.effects.cuts import NEXT_TO_NOTHING, REDUNDANT, SMALL
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.options import Effects
from tb_attention.record.effects import RANDOM, Effect
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
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def loss_effect(
    kinds: dict[Place, str], seed: int, device: str = "cpu", noise: float = 1e-5, **options: Any
) -> Effect:
    model, ids = Planted(kinds, seed, noise).to(device), text(seed)
    captured = capture(model, ids)
    found = measure_effects(
        model, ids, capture=captured, effects=Effects(seed=seed, **{"exact": "all", **options})
    )
    assert found.notes == ()
    (effect,) = found.effects
    return effect


def exact(effect: Effect, place: Place) -> float:
    return float(effect.exact["decoder", place[0]][place[1]])


def others(*places: Place) -> list[Place]:
    every = [(layer, head) for layer in range(LAYERS) for head in range(HEADS)]
    return [place for place in every if place not in places]


def heads_of(effect: Effect, name: str) -> list[set[Place]]:
    return [{one[1:] for one in cut.heads} for cut in effect.cuts if cut.name == name]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_head_that_carries_the_task(seed: int, device: str) -> None:
    carries, *without = some_places(seed, 4)
    kinds = {carries: COPIES} | dict.fromkeys(without, NOTHING)
    effect = loss_effect(kinds, seed, device)
    assert exact(effect, carries) > 1
    assert [exact(effect, place) for place in without] == [0, 0, 0]
    assert all(0 < abs(exact(effect, place)) < 1e-3 for place in others(carries, *without))
    assert heads_of(effect, SMALL) == [set(others(carries))]
    assert heads_of(effect, REDUNDANT) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_head_that_carries_the_task_is_the_first_of_the_screen(seed: int) -> None:
    (carries,) = some_places(seed, 1)
    effect = loss_effect({carries: COPIES}, seed, exact="largest", heads=1, controls=4)
    cut = [place for place in others() if exact(effect, place) == exact(effect, place)]
    assert carries in cut
    assert len(cut) == LAYERS + 4
    assert len(effect.controls) == 4
    assert all(abs(exact(effect, one[1:])) < 1e-3 for one in effect.controls)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("seed", SEEDS)
def test_two_heads_that_stand_in_for_each_other(seed: int, device: str) -> None:
    *both, nothing = some_places(seed, 3)
    effect = loss_effect(dict.fromkeys(both, COPIES) | {nothing: NOTHING}, seed, device)
    assert all(abs(exact(effect, place)) < NEXT_TO_NOTHING for place in others())
    assert exact(effect, nothing) == 0
    assert heads_of(effect, REDUNDANT) == [set(both)]
    redundant, control = effect.cuts[-2:]
    assert (redundant.name, control.name) == (REDUNDANT, RANDOM)
    assert redundant.value - effect.value > 1
    assert abs(control.value - effect.value) < 1e-3


@pytest.mark.parametrize("seed", SEEDS)
def test_heads_that_do_nothing_stand_in_for_nothing(seed: int) -> None:
    effect = loss_effect({}, seed)
    assert heads_of(effect, SMALL) == [set(others())]
    assert heads_of(effect, REDUNDANT) == []


def test_each_type_has_its_control() -> None:
    carries, *_ = some_places(0, 1)
    effect = loss_effect({carries: COPIES}, 0)
    assert {carries} <= heads_of(effect, "induction")[0]
    names = [cut.name for cut in effect.cuts]
    place = names.index("induction")
    assert names[place + 1] == RANDOM
    induction, control = effect.cuts[place : place + 2]
    assert len(control.heads) == len(induction.heads)
    assert not set(control.heads) & set(induction.heads)
    assert induction.value - effect.value > 1
    assert abs(control.value - effect.value) < 1e-3
    assert len(induction.losses) == len(text(0))


@pytest.mark.parametrize("seed", SEEDS)
def test_three_heads_that_stand_in_for_each_other(seed: int) -> None:
    places = some_places(seed, 3)
    effect = loss_effect(dict.fromkeys(places, COPIES), seed)
    assert heads_of(effect, REDUNDANT) == [set(places)]


@pytest.mark.parametrize("seed", SEEDS)
def test_heads_with_an_effect_of_their_own_are_not_called_redundant(seed: int) -> None:
    """A head that copies, and noise that is as loud as it: nothing stands in for another."""
    effect = loss_effect({some_places(seed, 1)[0]: COPIES}, seed, noise=0.03)
    assert heads_of(effect, REDUNDANT) == []
