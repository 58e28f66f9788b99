"""The weights of a pair of tokens along the steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_attention.answers.pair import begin_pair, coarse_to_fine
from tb_attention.answers.weights import answer_weights
from tb_attention.errors import NotLogged
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.logs import capture, events, record_file, write
from tests.support.stores import opened


def test_a_pair_of_tokens_over_the_steps(tmp_path: Path) -> None:
    write(record_file(tmp_path), *(events(step) for step in (0, 3, 7, 8, 20)))
    store, across = opened(tmp_path)
    steps = store.steps(".", "probe")
    answer = across.ask(begin_pair, steps, steps[20], None, 4, 2).value
    assert answer.metadata == {
        "stack": "decoder",
        "layers": [0, 1],
        "notes": [],
        "progress": 1.0,
        "done": True,
    }
    assert (list(answer.arrays["steps"]), answer.arrays["weights"].shape) == (
        [0, 3, 7, 8, 20],
        (5, 2, 4),
    )
    for place, location in enumerate(steps.values()):
        for layer in range(2):
            expected = answer_weights(store, location, None, layer, None).arrays["weights"][:, 4, 2]
            np.testing.assert_allclose(answer.arrays["weights"][place, layer], expected, atol=1e-6)


def test_a_pair_of_tokens_that_only_some_steps_have(tmp_path: Path) -> None:
    other = capture(6)
    tokens = (*other.sequences[0].tokens[:5], b" another")
    other = Capture("m", (TokenSequence(tokens=tokens),), other.stacks)
    path = write(
        record_file(tmp_path), events(0), events(1, of=other), events(2, of=capture(4)), events(3)
    )
    store, across = opened(tmp_path)
    data = bytearray(path.read_bytes())
    data[store.find(".", "probe", 3).records[1] + 100] ^= 1
    path.write_bytes(data)
    steps = store.steps(".", "probe")
    answer = across.ask(begin_pair, steps, steps[0], "decoder", 5, 1).value
    assert np.isfinite(answer.arrays["weights"]).any(axis=(1, 2)).tolist() == [
        True,
        False,
        False,
        True,
    ]
    assert answer.metadata["notes"] == [
        "Left out: 2 steps with other tokens or layers there.",
        "Left out: 1 step with damage on disk.",
    ]
    for query, key, sentence in (
        (6, 0, "queries 0 to 5, and no 6"),
        (0, -1, "keys 0 to 5, and no -1"),
    ):
        with pytest.raises(NotLogged, match=sentence):
            across.ask(begin_pair, steps, steps[0], None, query, key)


def test_queries_that_begin_later_than_the_keys_are_compared_by_their_own_words(
    tmp_path: Path,
) -> None:
    """A query is a place among the queries, whose text begins later than that of the keys."""

    def logged(words: tuple[bytes, ...], seed: int) -> Capture:
        made = capture(6, seed=seed)
        layers = {
            number: replace(layer, query=layer.query[:, 3:], query_start=3)
            for number, layer in made.stacks[0].layers.items()
        }
        texts = (TokenSequence(words, name="later"), replace(made.sequences[0], name="all"))
        return Capture("m", texts, (Stack("decoder", layers, 0, 1),))

    here = (b" t3", b" t4", b" t5")
    write(
        record_file(tmp_path),
        events(0, of=logged(here, 0)),
        events(1, of=logged((b" t3", b" x", b" t5"), 1)),
        events(2, of=logged((b" x", b" t4", b" x"), 2)),
    )
    store, across = opened(tmp_path)
    steps = store.steps(".", "probe")
    answer = across.ask(begin_pair, steps, steps[0], None, 1, 4).value
    known = np.isfinite(answer.arrays["weights"]).any(axis=(1, 2))
    assert known.tolist() == [True, False, True]
    of_layer = answer_weights(store, steps[2], None, 1, None).arrays["weights"]
    np.testing.assert_allclose(answer.arrays["weights"][2, 1], of_layer[:, 1, 4], atol=1e-6)
    assert (of_layer[:, 1, 4] > 0).all() and not of_layer[:, 1, 5].any()
    with pytest.raises(NotLogged, match="queries 0 to 2, and no 3"):
        across.ask(begin_pair, steps, steps[0], None, 3, 4)


@given(st.integers(0, 300))
def test_coarse_to_fine_has_every_step_once(count: int) -> None:
    order = list(coarse_to_fine(count))
    assert sorted(order) == list(range(count))
    assert order[:2] == [0, count - 1][:count]
