"""The mass between documents against a direct sum over the dense weights."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.attention import softmax
from tb_attention.attention.documents import document_mass
from tb_attention.attention.layer import AttentionLayer


@given(
    seed=st.integers(0, 1000),
    lengths=st.lists(st.integers(1, 70), min_size=1, max_size=4),
    causal=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_it_is_the_sum_over_the_weights(seed: int, lengths: list[int], causal: bool) -> None:
    rng = np.random.default_rng(seed)
    tokens = sum(lengths)
    documents = np.repeat(np.arange(len(lengths)) * 2 + 5, lengths)
    query, key = rng.normal(size=(2, 3, tokens, 4)).astype(np.float32)
    layer = AttentionLayer(query=query, key=key, causal=causal)
    weights = softmax.weights(layer)
    mass = document_mass(layer, documents.tolist())
    assert mass.shape == (3, len(lengths), len(lengths))
    ends = np.cumsum([0, *lengths])
    for b in range(len(lengths)):
        for a in range(len(lengths)):
            part = weights[:, ends[b] : ends[b + 1], ends[a] : ends[a + 1]]
            np.testing.assert_allclose(mass[:, b, a], part.sum(2).mean(1), atol=1e-5)


def test_a_query_that_is_nan_takes_no_part() -> None:
    weights = np.full((1, 4, 4), 0.25, np.float32)
    weights[0, 2] = np.nan
    weights[0, 3] = [1, 0, 0, 0]
    mass = document_mass(AttentionLayer(weights=weights), [0, 0, 1, 1])
    np.testing.assert_allclose(mass[0], [[0.5, 0.5], [1, 0]])
    weights[0, 3] = np.nan
    assert np.isnan(document_mass(AttentionLayer(weights=weights), [0, 0, 1, 1])[0, 1]).all()
