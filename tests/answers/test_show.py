"""What arrives in the place of weights, in every answer that has weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.change import begin_change
from tb_attention.answers.left_out import LeftOut
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.pair import begin_pair
from tb_attention.answers.row import answer_row
from tb_attention.answers.show import ARRIVING
from tb_attention.answers.thumbnails import answer_thumbnails, begin_thumbnails
from tb_attention.answers.value_norms import answer_value_norms
from tb_attention.answers.weights import answer_cells, answer_weights
from tb_attention.attention.thumbnails import encode
from tb_attention.errors import NotLogged
from tb_attention.record.capture import Capture, Stack
from tb_attention.record.summary import capture_events
from tests.support.logs import capture, events, record_file, write
from tests.support.stores import opened, stored

NORMS = np.random.default_rng(5).random((4, 6)).astype(np.float32) + 0.1
NORMS[:, 0] *= 0.01


def with_norms(of: Capture, norms: np.ndarray = NORMS, projection: str = "h.0.out") -> Capture:
    layers = {
        number: replace(layer, value_norms=norms, projection=projection)
        for number, layer in of.stacks[0].layers.items()
    }
    return replace(of, stacks=(Stack("decoder", layers),))


def shares(weights: np.ndarray) -> np.ndarray:
    arrives = weights * NORMS[:, None]
    return arrives / arrives.sum(2, keepdims=True)


def test_weights_rows_and_cells(tmp_path: Path) -> None:
    store = stored(tmp_path, events(of=with_norms(capture())))
    where = store.find(".", "probe", 0)
    expected = shares(answer_weights(store, where, None, 1, None).arrays["weights"])
    found = answer_weights(store, where, None, 1, None, show=ARRIVING).arrays["weights"]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    one = answer_weights(store, where, None, 1, 2, "float16", ARRIVING).arrays["weights"]
    np.testing.assert_allclose(one, expected[2:3], atol=1e-3)
    row = answer_row(store, where, None, 1, 4, None, ARRIVING).arrays
    np.testing.assert_allclose(row["weights"], expected[:, 4], atol=1e-6)
    np.testing.assert_array_equal(
        row["scores"], answer_row(store, where, None, 1, 4, None).arrays["scores"]
    )
    cells = answer_cells(
        store, where, None, 1, None, "float32", 2, LeftOut("renormalise"), ARRIVING
    ).arrays["weights"]
    rest = expected.copy()
    rest[:, :, 0] = 0  # lengths first, then the first token is left out
    total = rest.sum(2, keepdims=True)
    rest = np.divide(rest, total, out=np.zeros_like(rest), where=total > 0)
    pooled = rest.reshape(4, 3, 2, 3, 2).sum(4).mean(2)
    np.testing.assert_allclose(cells, pooled, atol=1e-5)


def test_lengths_and_what_they_are_of(tmp_path: Path) -> None:
    store = stored(tmp_path, events(of=with_norms(capture())))
    where = store.find(".", "probe", 0)
    norms = answer_value_norms(store, where, None, 0).arrays["norms"]
    assert norms.dtype == np.float32
    np.testing.assert_array_equal(norms, NORMS)
    (layer, _) = answer_capture(store, "run", where)["stacks"][0]["layers"]
    assert (layer["value_norms"], layer["projection"]) == (True, "h.0.out")


def test_lengths_of_chosen_heads(tmp_path: Path) -> None:
    of = with_norms(capture())
    made = capture_events(of, tag="probe", step=0, wall_time=1, session="s", heads=[1, 3])
    store = stored(tmp_path, made)
    where = store.find(".", "probe", 0)
    norms = answer_value_norms(store, where, None, 0).arrays["norms"]
    np.testing.assert_array_equal(norms[[1, 3]], NORMS[[1, 3]])
    assert np.isnan(norms[[0, 2]]).all()
    every = stored(tmp_path / "every", events(of=of))
    for head in (1, 3):
        one, other = (
            answer_weights(of, of.find(".", "probe", 0), None, 0, head, show=ARRIVING)
            for of in (store, every)
        )
        np.testing.assert_array_equal(one.arrays["weights"], other.arrays["weights"])
    metrics = [
        answer_metrics(of, of.steps(".", "probe")).arrays["metrics"] for of in (store, every)
    ]
    np.testing.assert_array_equal(*metrics)


def test_thumbnails(tmp_path: Path) -> None:
    store, across = opened_with(tmp_path, with_norms(capture()))
    where = store.find(".", "probe", 0)
    for left_out in (LeftOut(), LeftOut("hide")):
        found = across.ask(begin_thumbnails, where, None, left_out, ARRIVING).value.arrays
        for layer in range(2):
            weights = answer_weights(store, where, None, layer, None, show=ARRIVING)
            expected = weights.arrays["weights"].copy()
            expected[:, :, 0] *= left_out.plain
            np.testing.assert_array_equal(found["thumbnails"][layer], encode(expected))
    plain = answer_thumbnails(store, where, None).arrays["thumbnails"]
    assert not np.array_equal(found["thumbnails"], plain)


def opened_with(directory: Path, *captures: Capture) -> tuple:
    write(record_file(directory), *(events(step, of=of) for step, of in enumerate(captures)))
    return opened(directory)


def test_a_pair_along_steps_of_which_one_has_no_lengths(tmp_path: Path) -> None:
    store, across = opened_with(tmp_path, with_norms(capture()), capture(), with_norms(capture()))
    steps = store.steps(".", "probe")
    answer = across.ask(begin_pair, steps, steps[0], None, 4, 2, LeftOut(), ARRIVING).value
    expected = answer_weights(store, steps[0], None, 1, None, show=ARRIVING).arrays["weights"]
    np.testing.assert_allclose(answer.arrays["weights"][0, 1], expected[:, 4, 2], atol=1e-6)
    assert np.isnan(answer.arrays["weights"][1]).all()
    assert answer.metadata["notes"] == [
        "Left out: 1 step with no lengths of values, so that what arrives is not known there."
    ]


def test_a_change_of_lengths_alone(tmp_path: Path) -> None:
    other = np.roll(NORMS, 1, axis=1)
    store, across = opened_with(
        tmp_path, with_norms(capture()), with_norms(capture(), other), capture()
    )
    steps = store.steps(".", "probe")
    weights = across.ask(begin_change, steps[0], steps[1]).value.arrays["distance"]
    found = across.ask(begin_change, steps[0], steps[1], LeftOut(), ARRIVING).value
    arriving = found.arrays["distance"]
    assert weights.max() < 1e-3 < 0.1 < arriving.min()
    without = across.ask(begin_change, steps[0], steps[2], LeftOut(), ARRIVING).value
    assert np.isnan(without.arrays["distance"]).all()
    assert [note.split(". ")[0] for note in without.metadata["notes"]] == [
        f"Layer {layer} of the stack decoder is left out" for layer in range(2)
    ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda store, where: answer_weights(store, where, None, 0, None, show=ARRIVING),
        lambda store, where: answer_row(store, where, None, 0, 1, None, ARRIVING),
        lambda store, where: answer_value_norms(store, where, None, 0),
        lambda store, where: list(begin_thumbnails(store, where, None, LeftOut(), ARRIVING).work),
    ],
)
def test_logs_without_lengths_say_so(tmp_path: Path, ask: Callable[..., object]) -> None:
    store = stored(tmp_path, events())
    where = store.find(".", "probe", 0)
    with pytest.raises(NotLogged, match="the lengths of values were not logged"):
        ask(store, where)
    assert "first_token_arriving" not in store.message(where).metrics
    assert answer_capture(store, "run", where)["stacks"][0]["layers"][0]["value_norms"] is False
