"""What moves alike or not at all in constructed logs must be reported, at its step and place."""

from __future__ import annotations

from pathlib import Path

from tests.support.planted import Weights, logged, usual


def test_a_frozen_layer(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[1] = usual(0)[1]
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["layers"], finding["heads"], finding["steps"]) == (
        "hardly moved",
        (1,),
        (),
        (0, 400),
    )
    assert finding["sentence"].startswith(
        "Layer 1 hardly moved between steps 0 and 400 (mean distance 0)"
    )


def test_two_heads_that_are_the_same(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step == 400:
            weights[1, 3] = weights[1, 0]
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["heads"], finding["steps"]) == (
        "alike",
        ((1, 0), (1, 3)),
        (400,),
    )
    assert finding["sentence"].startswith(
        "Layer 1 heads 0 and 3 look the same at step 400 (distance 0)"
    )
