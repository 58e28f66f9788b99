"""What the store says of neurons along the steps: each step against the arrays that were captured, in parts, past damage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from logs import capture, events, record_file, write

from tb_attention import attend, captures
from tb_attention.attend import AttentionLayer
from tb_attention.errors import NotLogged
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.neurons import Pair
from tb_attention.store.store import Store

PAIR = Pair(None, 1, 3, 4, 2)


def store_of(directory: Path) -> Store:
    index = Index([Root(str(directory))])
    index.refresh()
    return Store(index)


def test_every_step_is_that_of_its_capture(tmp_path: Path) -> None:
    write(record_file(tmp_path), *(events(step) for step in range(20)))
    store = store_of(tmp_path)
    answer = store.contributions(store.steps(".", "probe"), PAIR, 60)
    assert answer.metadata == {"progress": 1, "done": True}
    for step in range(20):
        layer = capture(seed=step).stacks[0].layers[1]
        # Query head 3 of 4 uses key head 1 of 2.
        expected = layer.query[3, 4] * layer.key[1, 2] * layer.scale
        np.testing.assert_allclose(answer.arrays["contributions"][step], expected, atol=2e-3)
        assert answer.arrays["scores"][step] == pytest.approx(expected.sum(), abs=5e-3)
        assert answer.arrays["weights"][step] == pytest.approx(float(attend.weights(layer)[3, 4, 2]), abs=2e-3)


def test_an_answer_in_part_goes_on_when_it_is_asked_for_again(tmp_path: Path) -> None:
    write(record_file(tmp_path), *(events(step) for step in range(5)))
    store = store_of(tmp_path)
    steps = store.steps(".", "probe")
    part = store.contributions(steps, PAIR, 0)
    assert part.metadata == {"progress": 0.2, "done": False}
    assert np.isfinite(part.arrays["weights"]).tolist() == [True, False, False, False, False]
    record_file(tmp_path).rename(tmp_path / "away")
    # What was found is kept: the first step is answered without its file.
    again = store.contributions(steps, PAIR, 60)
    assert np.isfinite(again.arrays["weights"]).tolist() == [True, False, False, False, False]


def test_a_step_without_the_pair_does_not_hide_the_others(tmp_path: Path) -> None:
    short, weights = capture(3), AttentionLayer(weights=np.full((4, 6, 6), 1 / 6, np.float32), causal=False)
    only = replace(capture(), stacks=(captures.Stack("decoder", {1: weights}),))
    write(record_file(tmp_path), events(0, of=short), events(1), events(2, of=only))
    store = store_of(tmp_path)
    arrays = store.contributions(store.steps(".", "probe"), PAIR, 60).arrays
    assert np.isfinite(arrays["weights"]).tolist() == [False, True, True]
    assert np.isfinite(arrays["scores"]).tolist() == [False, True, False]
    assert np.isfinite(arrays["contributions"]).all(axis=1).tolist() == [False, True, False]


def test_a_pair_that_no_step_has(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0), events(1))
    store = store_of(tmp_path)
    with pytest.raises(NotLogged, match="no layer 9"):
        store.contributions(store.steps(".", "probe"), replace(PAIR, layer=9), 60)
    with pytest.raises(NotLogged, match="no query 6 or no key 2"):
        store.contributions(store.steps(".", "probe"), replace(PAIR, query=6), 60)


def test_distances_of_weights_alone(tmp_path: Path) -> None:
    weights = AttentionLayer(weights=np.full((4, 6, 6), 1 / 6, np.float32), causal=False)
    write(record_file(tmp_path), events(0, of=replace(capture(), stacks=(captures.Stack("decoder", {1: weights}),))))
    store = store_of(tmp_path)
    answer = store.distances(store.find(".", "probe", 0), None, 1, 0, "linear")
    assert answer.arrays["lines"].shape == (0, 3)
    np.testing.assert_allclose(answer.arrays["weights"], 1 / 6, atol=1e-3)
    assert answer.metadata == {"first": -5, "query_common": None, "key_common": None}
