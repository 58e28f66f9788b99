"""The contributions of neurons along the steps, against the arrays that were captured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.answer import Arrays
from tb_attention.answers.contributions import Score, begin_contributions
from tb_attention.answers.slow import SlowAnswers
from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import NotLogged
from tb_attention.record.capture import Stack
from tb_attention.store.store import Store
from tests.support.logs import capture, events, record_file, write
from tests.support.stores import store_of

SCORE = Score(None, 1, 3, 4, 2)


def whole(store: Store, score: Score = SCORE) -> Arrays:
    """The answer, when it is done."""
    across = SlowAnswers(store)
    for _ in range(600):
        state = across.ask(begin_contributions, store.steps(".", "probe"), score)
        if state.done:
            return state.value
    raise TimeoutError


def test_every_step_is_that_of_its_capture(tmp_path: Path) -> None:
    write(record_file(tmp_path), *(events(step) for step in range(20)))
    store = store_of(tmp_path)
    answer = whole(store)
    assert answer.metadata == {"progress": 1, "done": True, "notes": []}
    for step in range(20):
        layer = capture(seed=step).stacks[0].layers[1]
        # Query head 3 of 4 uses key head 1 of 2.
        expected = layer.query[3, 4] * layer.key[1, 2] * layer.scale
        np.testing.assert_allclose(answer.arrays["contributions"][step], expected, atol=2e-3)
        assert answer.arrays["scores"][step] == pytest.approx(expected.sum(), abs=5e-3)
        assert answer.arrays["weights"][step] == pytest.approx(
            float(softmax.weights(layer)[3, 4, 2]), abs=2e-3
        )


def test_a_step_without_the_pair_does_not_hide_the_others(tmp_path: Path) -> None:
    short, weights = (
        capture(3),
        AttentionLayer(weights=np.full((4, 6, 6), 1 / 6, np.float32), causal=False),
    )
    only = replace(capture(), stacks=(Stack("decoder", {1: weights}),))
    write(record_file(tmp_path), events(0, of=short), events(1, of=only), events(2))
    answer = whole(store_of(tmp_path))
    arrays = answer.arrays
    assert answer.metadata["notes"] == ["Left out: 1 step without this score."]
    assert np.isfinite(arrays["weights"]).tolist() == [False, True, True]
    assert np.isfinite(arrays["scores"]).tolist() == [False, False, True]
    assert np.isfinite(arrays["contributions"]).all(axis=1).tolist() == [False, False, True]


def test_a_pair_that_no_step_has(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0), events(1))
    store = store_of(tmp_path)
    with pytest.raises(NotLogged, match="no layer 9"):
        whole(store, replace(SCORE, layer=9))
    with pytest.raises(NotLogged, match="no query 6 with a key 2"):
        whole(store, replace(SCORE, query=6))
