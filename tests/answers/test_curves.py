"""Losses of a text over the steps, against the numbers that were logged."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from tb_attention.answers.curves import Curve, Curves, answer_curves
from tb_attention.record.capture import Capture
from tb_attention.record.effects import Effect
from tests.support.logs import capture, events, record_file, write
from tests.support.stores import store_of

IDS = (5, 6, 7, 5, 6, 7)


def measured(loss: float, losses: tuple[float, ...], ids: tuple[int, ...] = IDS) -> Capture:
    made = capture()
    sequence = replace(made.sequences[0], ids=ids, losses=losses)
    return replace(made, sequences=(sequence,), effects=(Effect("loss", loss),))


def answer(directory: Path, *made: Capture) -> list[dict[str, object]]:
    written = [events(10 * place, of=each) for place, each in enumerate(made)]
    write(record_file(directory / "run"), *written)
    store = store_of(directory)
    found = answer_curves(store, "run", store.steps("run", "probe"), Curves())
    return list(found["curves"])


def test_the_loss_of_a_text_and_of_what_repeats(tmp_path: Path) -> None:
    first = (math.nan, 4.0, 5.0, 4.0, 3.0, 2.0)
    later = (math.nan, 4.0, 5.0, 4.0, 1.0, 0.5)
    loss, repeats = answer(tmp_path, measured(3.6, first), capture(), measured(2.9, later))
    assert (loss["name"], loss["unit"], loss["from"], loss["run"]) == (
        "loss", "nats", "probe", "run",
    )  # fmt: skip
    assert loss["steps"] == (0, 20), "only where it was measured"
    np.testing.assert_allclose(loss["values"], [3.6, 2.9], rtol=1e-6)
    assert repeats["name"] == "loss_of_repeats"
    np.testing.assert_allclose(repeats["values"], [np.mean(first[4:]), np.mean(later[4:])])


def test_a_text_that_does_not_repeat_has_its_loss_alone(tmp_path: Path) -> None:
    losses = (math.nan, 4.0, 5.0, 4.0, 3.0, 2.0)
    (loss,) = answer(tmp_path, measured(3.6, losses, ids=(1, 2, 3, 4, 5, 6)))
    assert loss["name"] == "loss"


def test_nothing_measured(tmp_path: Path) -> None:
    assert answer(tmp_path, capture()) == []


def test_scalars_of_the_run_come_behind(tmp_path: Path) -> None:
    write(record_file(tmp_path / "run"), events(0))
    store = store_of(tmp_path)
    curve = Curve("run run loss", "loss", "", "run", "run", [0, 1], [2.0, math.inf])
    found = answer_curves(store, "run", store.steps("run", "probe"), Curves([curve], ["a note"]))
    assert found["notes"] == ["a note"]
    assert [each["name"] for each in found["curves"]] == ["run run loss"]
