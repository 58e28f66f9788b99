"""Heads that acquire or lose a type in constructed logs must be reported, and none invented."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.support.planted import TOKENS, Weights, logged, mostly, usual


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
    for finding in (born, died):
        scores = re.search(
            r"score ([\d.]+) at step (\d+), ([\d.]+) at step (\d+)", finding["sentence"]
        )
        assert scores is not None
        before, then, after, later = scores.groups()
        assert abs(float(before) - float(after)) >= 0.5, "scores that differ, at their steps"
        assert int(then) <= finding["steps"][0] < finding["steps"][1] <= int(later)


@pytest.mark.parametrize(
    ("shares", "born"),
    [
        ((0.47, 0.48, 0.49, 0.51, 0.52), False),
        ((0.51, 0.49, 0.51, 0.49, 0.51), False),
        ((0.44, 0.47, 0.49, 0.52, 0.58), True),
    ],
)
def test_a_slide_over_the_threshold(tmp_path: Path, shares: tuple[float, ...], born: bool) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        # All of the rest on the token itself: so the score is the share, and the row at 0 is out.
        weights[1, 2] = mostly(lambda i: 0, np.eye(TOKENS), shares[step // 100])
        return weights

    found = [finding for finding in logged(tmp_path, at) if finding["kind"].startswith("type")]
    assert [finding["heads"] for finding in found] == ([((1, 2),)] if born else [])
    if born:
        assert found[0]["sentence"] == (
            "Layer 1 head 2 became a first-token head between steps 300 and 400 "
            "(score 0.44 at step 0, 0.58 at step 400)."
        )


def test_what_all_heads_did_is_one_finding(tmp_path: Path) -> None:
    even = np.tri(TOKENS) / np.arange(1, TOKENS + 1)[:, None]

    def at(step: int) -> Weights:
        weights = usual(step)
        for head in range(12):
            if step < (200 if head < 8 else 300):
                weights[head // 4, head % 4] = even
        return weights

    found = [finding for finding in logged(tmp_path, at) if finding["kind"].startswith("type")]
    (finding,) = found
    assert (finding["kind"], len(finding["heads"]), finding["steps"], finding["metric"]) == (
        "type died",
        12,
        (100, 300),
        "entropy",
    )
    assert finding["sentence"].startswith(
        "All 12 heads ceased to be spread heads between steps 100 and 300 (layer "
    )


def test_the_largest_change_comes_first(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step >= 100:
            weights[0, 0] = mostly(lambda i: 0, weights[0, 0], 0.6)
        if step >= 300:
            weights[2, 1] = mostly(lambda i: 0, weights[2, 1], 0.85)
        return weights

    found = [finding for finding in logged(tmp_path, at) if finding["kind"] == "type born"]
    assert [finding["heads"] for finding in found] == [((2, 1),), ((0, 0),)]


def test_a_head_that_comes_and_goes_is_said_to_come_once_and_to_go_once(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step // 100 % 4 >= 2:
            weights[1, 2] = mostly(lambda i: 0, weights[1, 2], 0.8)
        return weights

    found = logged(tmp_path, at, steps=range(0, 1700, 100))
    told = [(one["kind"], one["steps"]) for one in found if one["kind"].startswith("type")]
    assert told == [("type born", (100, 200)), ("type died", (1500, 1600))]
