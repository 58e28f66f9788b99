"""Contributions and weights by distance.

Against a loop over all pairs, and on heads that are made to decay.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.neuron_distance import (
    by_distance,
    common_share,
    has_partners,
    is_clear,
    strongest,
)
from tb_attention.attention.theil_sen import Line
from tb_attention.errors import InvalidInput
from tests.support.layers import dense, random_layer


@given(
    seed=st.integers(0, 99),
    queries=st.integers(1, 9),
    keys=st.integers(1, 9),
    start=st.integers(0, 3),
    causal=st.booleans(),
    extras=st.sets(st.sampled_from(["mask", "bias", "sinks", "softcap"])),
)
@example(
    seed=0, queries=3, keys=1, start=2, causal=True, extras=set()
)  # no key is as near as a query's own place
@settings(max_examples=100, deadline=None)
def test_means_are_those_of_a_loop_over_all_pairs(
    seed: int, queries: int, keys: int, start: int, causal: bool, extras: set[str]
) -> None:
    random = np.random.default_rng(seed)
    options: dict[str, object] = {"causal": causal, "query_start": start}
    if "mask" in extras:
        options["mask"] = random.random((1, queries, keys)) < 0.7
    if "bias" in extras:
        options["bias"] = np.where(random.random((1, queries, keys)) < 0.2, -np.inf, 0.5).astype(
            np.float32
        )
    if "sinks" in extras:
        options["sinks"] = np.ones(1, np.float32)
    if "softcap" in extras:
        options["softcap"] = 2.0
    layer = random_layer(seed, 1, 1, queries, keys, **options)
    found, weights = by_distance(layer), dense(layer)[0]
    by_loop: dict[int, list[tuple[np.ndarray, float]]] = {}
    for i in range(queries):
        for j in range(keys):
            hidden = causal and j > i + start
            hidden |= layer.mask is not None and not layer.mask[0, i, j]
            hidden |= layer.bias is not None and layer.bias[0, i, j] == -np.inf
            if not hidden:
                product = layer.query[0, i].astype(np.float64) * layer.key[0, j] * layer.scale
                by_loop.setdefault(i + start - j, []).append((product, weights[i, j]))
    shown = range(found.first, found.first + len(found.pairs))
    assert set(by_loop) <= set(shown)
    for place, distance in enumerate(shown):
        pairs = by_loop.get(distance, [])
        assert found.pairs[place] == len(pairs)
        if pairs:
            assert np.allclose(
                found.contributions[:, place], np.mean([product for product, _ in pairs], axis=0)
            )
            assert found.weights[place] == pytest.approx(
                np.mean([weight for _, weight in pairs]), abs=1e-5
            )
            assert found.scores[place] == pytest.approx(
                np.mean([product.sum() for product, _ in pairs]), abs=1e-9
            )
        else:
            assert np.isnan(found.contributions[:, place]).all()
            assert np.isnan(found.weights[place])


def decaying(tokens: int = 64, neurons: int = 16, causal: bool = True) -> AttentionLayer:
    """Random queries and keys, in which three neurons change with the position.

    5 and 11 fall by 0.05 and 0.02 a token, and 3 rises by 0.03.
    """
    random = np.random.default_rng(0)
    query, key = random.normal(0, 1, (2, 1, tokens, neurons)).astype(np.float32)
    place = np.arange(tokens)
    # The mean of k over all pairs at a distance of d is that of the first tokens - d places: half
    # as steep as k itself.
    for neuron, slope in ((5, -0.05), (11, -0.02), (3, 0.03)):
        query[0, :, neuron], key[0, :, neuron] = 1, -2 * slope * place
    return AttentionLayer(query=query, key=key, scale=1.0, causal=causal)


@pytest.mark.parametrize("axis", ["linear", "log"])
def test_on_a_head_made_to_decay_the_right_neurons_come_first(axis: str) -> None:
    found = by_distance(decaying())
    lines = [found.line(each, axis) for each in found.contributions]
    assert strongest(lines)[:3].tolist() == [5, 3, 11]
    assert [lines[neuron].slope < 0 for neuron in (5, 3, 11)] == [True, False, True]
    assert min(lines[neuron].r2 for neuron in (5, 3, 11)) > 0.7
    if axis == "linear":
        # k_j = -2 s j: its mean over j < T - d falls by s a token, with s the slope.
        assert [round(lines[neuron].slope, 3) for neuron in (5, 3, 11)] == [-0.05, 0.03, -0.02]


def test_what_falls_all_the_way_is_clear_and_what_comes_back_is_not() -> None:
    found = by_distance(decaying())
    places = np.arange(64)
    falls, bends = -0.1 * places, np.abs(places - 40) * -0.1
    lines = [found.line(each) for each in (falls, bends)]
    assert found.turns_back(falls, lines[0]) == 0
    assert is_clear(lines[0], 0)
    # Eight stretches of the distances that have 2 % of the pairs: it rises for 40 tokens and falls
    # for 23, in means of stretches.
    assert found.turns_back(bends, lines[1]) == pytest.approx(0.48, abs=0.1)
    assert not is_clear(lines[1], found.turns_back(bends, lines[1]))
    assert not is_clear(Line(-1.0, 0.0, 0.7), 0.0)
    assert np.isnan(found.turns_back(falls, Line(np.nan, np.nan, np.nan)))
    clear = [
        neuron
        for neuron, each in enumerate(found.contributions)
        if is_clear(line := found.line(each), found.turns_back(each, line))
    ]
    assert clear == [3, 5, 11]


def test_rotary_partners_are_one_curve() -> None:
    """Together they depend on the distance alone, each of them on the place in the text too."""
    tokens, random = 64, np.random.default_rng(0)
    angle = np.arange(tokens)[:, None] * np.array([0.02, 0.5])
    query, key = random.normal(1, 0.05, (2, tokens, 2, 2))

    def turned(pair: np.ndarray) -> np.ndarray:
        a, b = pair[:, 0], pair[:, 1]
        cos, sin = np.cos(angle), np.sin(angle)
        both = np.concatenate([a * cos - b * sin, b * cos + a * sin], axis=1)
        return both[None].astype(np.float32)

    layer = AttentionLayer(query=turned(query), key=turned(key), scale=1.0, rotary=True)
    assert has_partners(layer)
    found = by_distance(layer)
    joined = found.joined()
    assert joined.shape == (2, tokens)
    assert np.allclose(joined[0], found.contributions[0] + found.contributions[2])
    # 2 cos(0.02 d) falls all the way; 2 cos(0.5 d) turns five times.
    clear = [is_clear(line := found.line(each), found.turns_back(each, line)) for each in joined]
    assert clear == [True, False]
    expected = 2 * np.cos(0.02 * np.arange(tokens))
    assert np.allclose(joined[0], expected, atol=0.1)
    assert not np.allclose(found.contributions[0], expected / 2, atol=0.3)
    assert not has_partners(AttentionLayer(query=turned(query), key=turned(key), scale=1.0))


def test_a_head_that_turns_with_distance() -> None:
    # cos(w i) cos(w j) + sin(w i) sin(w j) = cos(w (i - j)): what rotary embedding does with a pair
    # of neurons.
    angle = 0.02 * np.arange(64)
    vectors = np.stack([np.cos(angle), np.sin(angle)], axis=1)[None].astype(np.float32)
    found = by_distance(AttentionLayer(query=vectors, key=vectors, scale=1.0))
    assert np.allclose(found.scores, np.cos(0.02 * np.arange(64)), atol=1e-6)


def test_keys_on_both_sides_are_fitted_by_the_size_of_the_distance() -> None:
    place = np.arange(-20, 21)
    found = by_distance(decaying(21, causal=False))
    assert found.first == -20
    assert found.line(3.0 - 0.5 * np.abs(place)) == pytest.approx((-0.5, 3, 1))


def test_numbers_that_are_not_finite_stay_where_they_are() -> None:
    layer = decaying()
    layer.query[0, 2, 5], layer.key[0, 63, 11] = np.nan, np.inf
    found = by_distance(layer)
    assert np.isnan(found.contributions[5]).nonzero()[0].tolist() == [0, 1, 2]
    assert (~np.isfinite(found.contributions[11])).nonzero()[0].tolist() == [0]
    lines = [found.line(each) for each in found.contributions]
    assert strongest(lines)[0] == 5


def test_without_neurons_there_are_weights_alone() -> None:
    weights = np.tril(np.ones((1, 4, 4), np.float32)) / np.arange(1, 5)[:, None]
    found = by_distance(AttentionLayer(weights=weights))
    assert found.contributions.shape == (0, 4)
    assert np.allclose(
        found.weights,
        [
            np.mean(1 / np.arange(1, 5)),
            np.mean([1 / 2, 1 / 3, 1 / 4]),
            np.mean([1 / 3, 1 / 4]),
            1 / 4,
        ],
    )
    assert np.isnan(found.scores).all()


def test_it_is_about_one_head() -> None:
    with pytest.raises(InvalidInput, match="one head"):
        by_distance(random_layer())


def test_memory_grows_with_tokens_not_with_their_square_times_neurons() -> None:
    layer = decaying(2048, 64)
    tracemalloc.start()
    by_distance(layer)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24e6  # T x T floats alone are 17 MB, T x T x neurons 1 GB


def test_how_far_vectors_are_the_same() -> None:
    same = np.tile([1.0, 2.0], (9, 1))
    assert common_share(same) == pytest.approx(1)
    assert common_share(np.concatenate([same, -same])) == pytest.approx(0)
    assert common_share(np.zeros((3, 0))) is None
    assert common_share(np.full((2, 2), np.nan)) is None
