"""Patterns that are planted in constructed logs must be reported, at their step and place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.planted import TOKENS, Weights, logged, mostly, usual


def test_a_sink_head(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[1, 2] = mostly(lambda i: 0, weights[1, 2])
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["heads"], finding["steps"], finding["metric"]) == (
        "first token",
        ((1, 2),),
        (400,),
        "first_token",
    )
    assert finding["sentence"].startswith(
        "1 of 12 heads puts over 90 % of its weight on the first token at step 400 (layer 1 head "
        "2: 9"
    )


def test_heads_that_rest_on_a_later_token(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        for layer, head in ((0, 1), (1, 2)):
            weights[layer, head] = mostly(lambda i: min(i, 6), weights[layer, head], 0.6)
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["steps"], finding["metric"], finding["key"]) == (
        "resting",
        (400,),
        "resting",
        6,
    )
    assert sorted(finding["heads"]) == [(0, 1), (1, 2)]
    assert finding["sentence"].startswith("2 of 12 heads rest on token 6 ' t6' at step 400 (layer ")


@pytest.mark.parametrize("even", [False, True])
def test_a_dead_head(tmp_path: Path, even: bool) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[2, 2] = (
            np.tri(TOKENS) / np.arange(1, TOKENS + 1)[:, None]
            if even
            else mostly(lambda i: 0, weights[2, 2], 0.998)
        )
        return weights

    found = {finding["kind"]: finding for finding in logged(tmp_path, at)}
    assert found.keys() == ({"dead"} if even else {"dead", "first token"})
    assert (found["dead"]["heads"], found["dead"]["steps"]) == (((2, 2),), (400,))
    assert (
        "looks at all tokens alike" if even else "at least 99 % of its weight on the first token"
    ) in found["dead"]["sentence"]
