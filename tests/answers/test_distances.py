"""Neurons by distance, of a capture without neurons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from tb_attention.answers.distances import answer_distances
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Stack
from tests.support.logs import capture, events, record_file, write
from tests.support.stores import store_of


def test_distances_of_weights_alone(tmp_path: Path) -> None:
    weights = AttentionLayer(weights=np.full((4, 6, 6), 1 / 6, np.float32), causal=False)
    write(
        record_file(tmp_path),
        events(0, of=replace(capture(), stacks=(Stack("decoder", {1: weights}),))),
    )
    store = store_of(tmp_path)
    answer = answer_distances(store, store.find(".", "probe", 0), None, 1, 0, "linear")
    assert answer.arrays["lines"].shape == (0, 3)
    np.testing.assert_allclose(answer.arrays["weights"], 1 / 6, atol=1e-3)
    assert answer.metadata == {
        "first": -5,
        "partners": False,
        "query_common": None,
        "key_common": None,
    }
