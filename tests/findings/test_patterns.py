"""Patterns that are planted in constructed logs must be reported, at their step and place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.planted import TOKENS, Weights, logged, mostly, usual

pytestmark = pytest.mark.usefixtures("patient")


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


def test_an_induction_head_is_born_and_a_previous_token_head_dies(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step >= 300:
            weights[2, 1] = mostly(lambda i: i - 11 if i >= 12 else i // 2, weights[2, 1], 0.8)
        if step < 200:
            weights[0, 3] = mostly(lambda i: max(i - 1, 0), weights[0, 3], 0.8)
        return weights

    died, born = sorted(logged(tmp_path, at), key=lambda finding: finding["steps"])
    assert (born["kind"], born["heads"], born["steps"], born["metric"]) == (
        "type born",
        ((2, 1),),
        (200, 300),
        "induction",
    )
    assert born["sentence"].startswith(
        "Layer 2 head 1 became an induction head between steps 200 and 300 (score 0."
    )
    assert (died["kind"], died["heads"], died["steps"], died["metric"]) == (
        "type died",
        ((0, 3),),
        (100, 200),
        "previous_token",
    )
    assert died["sentence"].startswith(
        "Layer 0 head 3 ceased to be a previous-token head between steps 100 and 200 (score 0.8"
    )


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
