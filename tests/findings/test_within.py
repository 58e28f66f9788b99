"""Scores that changed much inside of a type, or outside of it, are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.planted import Weights, logged, mostly, usual


def sink(first: float, last: float, *heads: tuple[int, int]) -> object:
    """These heads have this share of their weight on the first token, from the first step on."""

    def at(step: int) -> Weights:
        weights = usual(step)
        share = first + (last - first) * step / 400
        for layer, head in heads:
            weights[layer, head] = mostly(lambda i: 0, weights[layer, head], share)
        return weights

    return at


def told(directory: Path, at: object) -> list[str]:
    found = logged(directory, at)  # type: ignore[arg-type]
    return [each["sentence"] for each in found if each["kind"] == "score changed"]


def test_a_sink_that_grows_is_told(tmp_path: Path) -> None:
    (sentence,) = told(tmp_path, sink(0.5, 0.9, (1, 2)))
    assert sentence.startswith(
        "Layer 1 head 2 rests on the first token more than at step 0 (score 0.5"
    )
    assert " at step 0, 0.9" in sentence
    assert sentence.endswith(" at step 400).")


def test_several_that_shrink_are_one(tmp_path: Path) -> None:
    (sentence,) = told(tmp_path, sink(0.95, 0.6, (1, 2), (0, 3)))
    assert sentence.startswith(
        "Layer 0 head 3, layer 1 head 2 rest on the first token less than at step 0 (layer "
    )


@pytest.mark.parametrize(("first", "last"), [(0.6, 0.7), (0.9, 0.9), (0.1, 0.9), (0.9, 0.1)])
def test_small_changes_births_and_deaths_are_not(tmp_path: Path, first: float, last: float) -> None:
    assert told(tmp_path, sink(first, last, (1, 2))) == []


def test_its_size_is_the_change(tmp_path: Path) -> None:
    (finding,) = (
        each
        for each in logged(tmp_path, sink(0.5, 0.9, (1, 2)))  # type: ignore[arg-type]
        if each["kind"] == "score changed"
    )
    assert finding["size"] == pytest.approx(0.4 * 11 / 12, abs=0.08), "of what was there before"
    assert (finding["steps"], finding["metric"]) == ((0, 400), "first_token")
    assert np.isfinite(finding["size"])
