"""Thumbnails with something left out: what they are made of, and that they are made bit by bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers import threads
from tb_attention.answers.left_out import LeftOut
from tb_attention.answers.slow import SlowAnswers
from tb_attention.answers.thumbnails import answer_thumbnails, ask_thumbnails, begin_thumbnails
from tb_attention.answers.weights import answer_cells
from tb_attention.attention import softmax
from tb_attention.attention.thumbnails import bins, encode
from tb_attention.record.capture import Capture, Stack
from tests.support.captures import rich
from tests.support.logs import capture, events
from tests.support.stores import stored


def pair() -> Capture:
    """A text of two segments, with a special token in each."""
    made = capture(12)
    sequence = replace(
        made.sequences[0], special=(True,) + (False,) * 10 + (True,), segments=(0,) * 5 + (1,) * 7
    )
    return replace(made, sequences=(sequence,))


def weights(of: Capture) -> np.ndarray:
    """[layers, heads, queries, keys], of queries and keys as they are stored."""
    layers = (
        replace(layer, query=layer.query.astype("f2"), key=layer.key.astype("f2"))
        for layer in of.stacks[0].layers.values()
    )
    return np.stack([softmax.weights(layer) for layer in layers])


@pytest.mark.parametrize("first", ["show", "hide", "renormalise"])
@pytest.mark.parametrize("special", [False, True])
@pytest.mark.parametrize("segments", ["all", "AB", "BA"])
@pytest.mark.parametrize("share", [False, True])
def test_thumbnails_with_something_left_out(
    tmp_path: Path, first: str, special: bool, segments: str, share: bool
) -> None:
    made = pair()
    store = stored(tmp_path, events(of=made))
    answer = (
        SlowAnswers(store)
        .ask(
            begin_thumbnails,
            store.find(".", "probe", 0),
            None,
            LeftOut(first, special, segments, share),
        )
        .value
    )
    segment = np.array(made.sequences[0].segments)
    queries, keys = (
        np.ones(12, bool) if letter not in "AB" else segment == "AB".index(letter)
        for letter in segments[:2]
    )
    hidden = np.arange(12) == 0 if not special else np.array(made.sequences[0].special)
    hidden &= first != "show"
    expected = np.where(hidden, 0, weights(made))
    divided = hidden & (first == "renormalise") | ~keys & (share and segments != "all")
    if divided.any() or first == "renormalise" or share:
        remaining = np.where(divided, 0, weights(made)).sum(axis=-1, keepdims=True)
        expected = np.divide(expected, remaining, out=np.zeros_like(expected), where=remaining > 0)
    assert answer.metadata["layers"] == [0, 1]
    assert answer.metadata.get("done", True)
    difference = answer.arrays["thumbnails"].astype(int) - encode(
        expected[:, :, queries][..., keys]
    )
    assert np.abs(difference).max() <= 1


def test_layers_are_made_one_after_the_other_and_some_rows_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "THREADS", 1)
    store = stored(tmp_path, events(of=capture(2 * softmax.ROWS, layers=3)))
    job = begin_thumbnails(store, store.find(".", "probe", 0), None, LeftOut("hide"))
    done = [
        (round(6 * progress), int(job.value.arrays["thumbnails"].any(axis=(2, 3)).sum()))
        for progress in job.work
    ]
    assert done == [(1, 0), (2, 4), (3, 4), (4, 8), (5, 8), (6, 12)]


@pytest.mark.parametrize("threads_at_once", [1, 3])
def test_hiding_makes_what_is_renormalised_too_and_nothing_is_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads_at_once: int
) -> None:
    monkeypatch.setattr(threads, "THREADS", threads_at_once)
    made = capture(40, layers=5)
    store = stored(tmp_path, events(of=made))
    slow, location = SlowAnswers(store), store.find(".", "probe", 0)
    hidden = weights(made)
    hidden[..., 7] = 0
    remaining = hidden.sum(axis=-1, keepdims=True)
    of = bins(40)
    for first, expected in (("hide", hidden), ("renormalise", hidden / remaining)):
        state = ask_thumbnails(slow, location, None, LeftOut(first, token=7))
        assert (state.done, list(state.value.arrays)) == (True, ["thumbnails"])
        cells = np.zeros((*expected.shape[:2], 32, 32))
        np.add.at(cells, np.ix_(range(5), range(expected.shape[1]), of, of), expected)
        cells /= np.bincount(of)[:, None]
        difference = state.value.arrays["thumbnails"].astype(int) - encode(cells)
        assert np.abs(difference).max() <= 1
        monkeypatch.setattr(store, "layer", lambda *_: pytest.fail("made again"))


def test_segments_count_only_within_one_sequence(tmp_path: Path) -> None:
    made = pair()
    apart = replace(made, sequences=(made.sequences[0], replace(made.sequences[0], name="encoder")))
    crossed = replace(apart, stacks=(Stack("cross", made.stacks[0].layers, 0, 1),))
    for of in (crossed, capture(12)):
        store = stored(tmp_path / of.stacks[0].name, events(of=of))
        location = store.find(".", "probe", 0)
        answer = (
            SlowAnswers(store)
            .ask(begin_thumbnails, location, None, LeftOut("show", False, "AB", True))
            .value
        )
        stored_ones = answer_thumbnails(store, location, None).arrays[
            "thumbnails"
        ]  # made before queries and keys became float16
        np.testing.assert_allclose(answer.arrays["thumbnails"], stored_ones.astype(float), atol=2)


def test_cells_of_several_tokens(tmp_path: Path) -> None:
    made = pair()
    store = stored(tmp_path, events(of=made))
    location = store.find(".", "probe", 0)
    expected = weights(made)[1].reshape(4, 3, 4, 3, 4).sum(axis=4).mean(axis=2)
    np.testing.assert_allclose(
        answer_cells(store, location, None, 1, None, "float32", 4).arrays["weights"],
        expected,
        atol=1e-5,
    )
    one = answer_cells(store, location, None, 1, 2, "uint8", 4).arrays["weights"]
    assert np.abs(one[0] - 255 * np.sqrt(expected[2])).max() <= 1
    without = answer_cells(store, location, None, 1, None, "float32", 4, LeftOut("hide")).arrays[
        "weights"
    ]
    np.testing.assert_allclose(
        expected[..., 0] - without[..., 0],
        weights(made)[1][..., 0].reshape(4, 3, 4).mean(axis=2),
        atol=1e-5,
    )


def test_thumbnails(tmp_path: Path) -> None:
    written = events(of=rich())
    store = stored(tmp_path, written)
    location = store.find(".", "probe", 0)
    answer = answer_thumbnails(store, location, None)
    assert (answer.metadata["layers"], answer.arrays["thumbnails"].shape) == (
        [0, 2, 3],
        (3, 4, 7, 7),
    )
    (expected,) = [
        value.tensor
        for value in written[-1].summary.value
        if value.tag == "probe/decoder/thumbnails"
    ]
    assert answer.arrays["thumbnails"].tobytes() == expected.tensor_content
    assert answer_thumbnails(store, location, "encoder").metadata["layers"] == [0]
