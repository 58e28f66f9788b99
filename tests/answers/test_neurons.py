"""Queries and keys of one head, against the scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tb_attention.answers.neurons import answer_neurons
from tests.support.captures import plain_softmax, rich
from tests.support.logs import events
from tests.support.stores import stored


def test_neurons_add_up_to_the_scores(tmp_path: Path) -> None:
    made = rich()
    store = stored(tmp_path, events(of=made))
    location = store.find(".", "probe", 0)
    scores, _ = plain_softmax(made.stacks[0].layers[0])
    for head in range(4):
        answer = answer_neurons(store, location, None, 0, head)
        assert answer.metadata["key_head"] == head // 2
        product = answer.arrays["query"] @ answer.arrays["key"].T * answer.metadata["scale"]
        seen = np.isfinite(scores[head])
        np.testing.assert_allclose(product[seen], scores[head][seen], atol=1e-5)
        assert {array.dtype for array in answer.arrays.values()} == {np.dtype(np.float32)}
