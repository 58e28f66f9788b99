"""Chosen heads: what is stored of them, their true numbers, and what is said of all others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.neurons import answer_neurons
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.thumbnails import answer_thumbnails
from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.stored_heads import chosen_heads, spread, stored_rows
from tb_attention.record.summary import capture_events, stored_bytes
from tb_attention.store.store import Store
from tests.support.logs import WALL_TIME, capture, record_file, write
from tests.support.stores import store_of


def store_with(directory: Path, captured: Capture, heads: list[int] | None) -> Store:
    """A store with the capture as tag "probe" of step 0, with the tensors of these heads."""
    events = capture_events(
        captured, tag="probe", step=0, wall_time=WALL_TIME, session="one", heads=heads
    )
    write(record_file(directory / "run"), events)
    return store_of(directory)


@pytest.mark.parametrize("key_heads", [6, 3, 1])
@pytest.mark.parametrize("heads", [[0], [1, 4], [0, 2, 3, 5], [5, 4]])
def test_chosen_heads_have_their_weights_and_the_others_none(
    tmp_path: Path, key_heads: int, heads: list[int]
) -> None:
    captured = capture(heads=6, key_heads=key_heads)
    store = store_with(tmp_path, captured, heads)
    assert answer_runs(store)["problems"] == []
    where = store.find("run", "probe", 0)
    for number, layer in captured.stacks[0].layers.items():
        own = softmax.weights(layer)
        whole = answer_weights(store, where, None, number, None).arrays["weights"]
        assert whole.shape == own.shape
        np.testing.assert_allclose(whole[heads], own[heads], atol=2e-3)
        others = [head for head in range(6) if head not in heads]
        assert (
            np.isnan(whole[others]).all(axis=(1, 2)).all() or np.isnan(whole[others][:, -1]).all()
        )
        for head in heads:
            np.testing.assert_allclose(
                answer_weights(store, where, None, number, head).arrays["weights"][0],
                own[head],
                atol=2e-3,
            )
            neurons = answer_neurons(store, where, None, number, head)
            np.testing.assert_allclose(neurons.arrays["query"], layer.query[head], atol=2e-3)
            np.testing.assert_allclose(
                neurons.arrays["key"], layer.key[head // (6 // key_heads)], atol=2e-3
            )
            assert neurons.metadata["key_head"] == head // (6 // key_heads)
        with pytest.raises(
            NotLogged, match=f"Head {others[0]} of layer {number} was not logged: only "
        ):
            answer_weights(store, where, None, number, others[0])
    (described, _) = answer_capture(store, "run", where)["stacks"][0]["layers"]
    assert (described["heads"], described["key_heads"], described["logged_heads"]) == (
        6,
        key_heads,
        sorted(heads),
    )


def test_head_metrics_and_thumbnails_are_of_all_heads(tmp_path: Path) -> None:
    some, every = (
        store_with(tmp_path / name, capture(), heads)
        for name, heads in (("some", [2]), ("every", None))
    )
    pairs = [
        (
            answer_metrics(one, one.steps("run", "probe")).arrays["metrics"],
            answer_thumbnails(one, one.find("run", "probe", 0), None).arrays["thumbnails"],
        )
        for one in (some, every)
    ]
    np.testing.assert_array_equal(pairs[0][0], pairs[1][0])
    np.testing.assert_array_equal(pairs[0][1], pairs[1][1])
    assert (
        answer_capture(every, "run", every.find("run", "probe", 0))["stacks"][0]["layers"][0][
            "logged_heads"
        ]
        is None
    )


def test_weights_alone(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(5), size=(4, 5)).astype(np.float32)
    sequence = TokenSequence(tuple(b"abcde"[place : place + 1] for place in range(5)))
    captured = Capture(
        "plain",
        (sequence,),
        (Stack("decoder", {0: AttentionLayer(weights=weights, causal=False)}),),
    )
    store = store_with(tmp_path, captured, [3, 1])
    where = store.find("run", "probe", 0)
    np.testing.assert_allclose(
        answer_weights(store, where, None, 0, 3).arrays["weights"][0], weights[3], atol=1e-3
    )
    assert np.isnan(answer_weights(store, where, None, 0, None).arrays["weights"][[0, 2]]).all()


def test_what_is_not_stored_takes_no_room() -> None:
    captured = capture(tokens=6, layers=2, heads=6, key_heads=3, neurons=8)
    assert stored_bytes(captured) == 2 * (6 + 3) * 6 * 8 * 2
    assert stored_bytes(captured, heads=[0, 1], float32=True) == 2 * (2 + 1) * 6 * 8 * 4
    (first, _, _) = capture_events(
        captured, tag="probe", step=0, wall_time=0.0, session="one", heads=[0, 1]
    )
    assert [
        [size.size for size in value.tensor.tensor_shape.dim] for value in first.summary.value
    ] == [[2, 6, 8], [1, 6, 8]]


def test_heads_that_are_not_there() -> None:
    with pytest.raises(InvalidInput, match=r"heads are \[1, 4\], the model has 0 to 3"):
        next(
            capture_events(
                capture(), tag="probe", step=0, wall_time=0.0, session="one", heads=[1, 4]
            )
        )
    assert chosen_heads(capture().stacks[0].layers[0], range(4)) == [], "all"


@given(st.data())
def test_spread_puts_every_row_where_it_was(data: st.DataObject) -> None:
    shared, key_heads = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    heads = shared * key_heads
    chosen = sorted(data.draw(st.sets(st.integers(0, heads - 1), min_size=1)))
    for kind, count in (("query", heads), ("key", key_heads)):
        whole = np.arange(count * 6, dtype=np.float32).reshape(count, 2, 3)
        rows = stored_rows(chosen, kind, heads, key_heads)
        again = spread(whole[rows], rows, count)
        np.testing.assert_array_equal(again[rows], whole[rows])
        assert np.isnan(np.delete(again, rows, axis=0)).all()
    assert {head // shared for head in chosen} == set(stored_rows(chosen, "key", heads, key_heads))
