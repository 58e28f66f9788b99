"""Head metrics against their formulas, written directly on dense matrices, one row at a time."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import ALWAYS_LOGGED, METRIC_NAMES, METRICS
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.measure import measure_layer
from tb_attention.attention.row_sums import LOCAL


def direct(
    p: np.ndarray, scores: np.ndarray | None, ids: list[int], norms: np.ndarray
) -> dict[str, float]:
    """The formulas of one causal head, p [T, T]; a metric without rows is NaN."""
    rows: dict[str, list[float]] = {name: [] for name in METRIC_NAMES}
    for i in range(1, len(p)):
        row = p[i].astype(np.float64)
        entropy = -sum(x * math.log(x) for x in row if x > 0)
        rows["entropy"].append(entropy / math.log(i + 1))
        rows["effective_span"].append(math.exp(entropy))
        rows["first_token"].append(row[0])
        rows["first_token_arriving"].append(row[0] * norms[0] / (row * norms).sum())
        rows["self"].append(row[i])
        rows["row_maximum"].append(row.max())
        rows["mean_distance"].append(sum(row[j] * (i - j) for j in range(i + 1)) / row.sum())
        if i >= 2:
            rows["previous_token"].append(row[i - 1])
        if i + 1 > LOCAL + 1:
            rows["local"].append(row[max(0, i - LOCAL) : i + 1].sum())
        same = [j for j in range(i) if ids[j] == ids[i]]
        if same:
            rows["duplicate_token"].append(row[same].sum())
        after = [j for j in range(1, i + 1) if ids[j - 1] == ids[i]]
        if after:
            rows["induction"].append(row[after].sum())
        if row[0] <= 0.9 and i >= 2:
            rest = np.concatenate([[0], row[1:] / row[1:].sum()])
            rows["entropy_without_first"].append(
                -sum(x * math.log(x) for x in rest if x > 0) / math.log(i)
            )
            rows["mean_distance_without_first"].append(
                sum(rest[j] * (i - j) for j in range(1, i + 1))
            )
            rows["self_without_first"].append(rest[i])
            rows["previous_token_without_first"].append(rest[i - 1])
            if i > LOCAL + 1:
                rows["local_without_first"].append(rest[i - LOCAL : i + 1].sum())
            if later := [j for j in same if j >= 1]:
                rows["duplicate_token_without_first"].append(rest[later].sum())
            if after:
                rows["induction_without_first"].append(rest[after].sum())
    sees_enough = range(3, len(p))
    means = {
        j: float(np.mean([p[i, j] for i in sees_enough if i >= j]))
        for j in range(len(p))
        if (count := sum(i >= j for i in sees_enough)) >= 8 and 4 * count >= len(sees_enough)
    }
    at = max(means, key=lambda j: means[j]) if means else -1
    out = {0, at} if means and means[at] >= 0.3 else {0}
    for i in range(1, len(p)):
        row = p[i].astype(np.float64)
        hidden = [j for j in out if j <= i]
        if row[hidden].sum() <= 0.9 and i + 1 - len(out) > 1:
            row[hidden] = 0
            rows["mean_distance_without_rest"].append(
                sum(row[j] * (i - j) for j in range(i + 1)) / row.sum()
            )
    result = {name: float(np.mean(values)) if values else math.nan for name, values in rows.items()}
    result["resting"] = means.get(at, math.nan)
    result["resting_token"] = at if means else math.nan
    result["max_logit"] = math.nan if scores is None else float(scores[np.isfinite(scores)].max())
    result["nan_rows"] = 0.0
    return result


@given(
    seed=st.integers(0, 1000),
    tokens=st.integers(1, 80),
    vocabulary=st.sampled_from([2, 10, 10_000]),
    sharpness=st.sampled_from([0.1, 2.0]),
)
@settings(max_examples=40, deadline=None)
def test_metrics_are_their_formulas(
    seed: int, tokens: int, vocabulary: int, sharpness: float
) -> None:
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, vocabulary, tokens).tolist()
    layer = AttentionLayer(
        query=rng.normal(size=(2, tokens, 8)).astype(np.float32),
        key=rng.normal(size=(2, tokens, 8)).astype(np.float32),
        scale=sharpness,
        value_norms=rng.random((2, tokens)),
    )
    measured, _ = measure_layer(layer, ids)
    weights, scores = softmax.weights(layer), softmax.scores(layer)
    for head in range(2):
        expected = direct(weights[head], scores[head], ids, layer.value_norms[head])
        np.testing.assert_allclose(
            measured[head], [expected[name] for name in METRIC_NAMES], rtol=2e-4, atol=2e-5
        )


def test_a_perfect_head_of_each_type_scores_one() -> None:
    ids = [1, 2, 3, 4, 5, 6, 7, 8] * 2
    length = len(ids)
    targets = {
        "self": np.arange(length),
        "previous_token": np.maximum(np.arange(length) - 1, 0),
        "first_token": np.zeros(length, dtype=int),
        "duplicate_token": np.maximum(np.arange(length) - 8, 0),
        "induction": np.maximum(np.arange(length) - 7, 0),
    }
    weights = np.stack([np.eye(length, dtype=np.float32)[target] for target in targets.values()])
    measured, _ = measure_layer(AttentionLayer(weights=weights), ids)
    for head, name in enumerate(targets):
        assert measured[head, METRIC_NAMES.index(name)] == pytest.approx(1)


def test_a_pattern_that_the_sink_drowns_shows_without_it() -> None:
    length = 12
    targets = np.maximum(np.arange(length) - 1, 0)
    weights = (
        0.8 * np.eye(length, dtype=np.float32)[np.zeros(length, dtype=int)]
        + 0.2 * np.eye(length, dtype=np.float32)[targets]
    )
    measured, _ = measure_layer(AttentionLayer(weights=weights[None]), [1, 2, 3, 4, 5, 6] * 2)
    scores = dict(zip(METRIC_NAMES, measured[0], strict=True))
    assert scores["previous_token"] == pytest.approx(0.2)
    assert scores["previous_token_without_first"] == pytest.approx(1)
    assert scores["entropy_without_first"] == pytest.approx(0, abs=1e-6)
    assert scores["mean_distance_without_first"] == pytest.approx(1)


def test_a_head_that_only_sees_the_first_token_has_nothing_without_it() -> None:
    measured, _ = measure_layer(
        AttentionLayer(weights=np.eye(12, dtype=np.float32)[np.zeros(12, dtype=int)][None]),
        [1, 2] * 6,
    )
    for name in ALWAYS_LOGGED:
        score = measured[0, METRIC_NAMES.index(name)]
        without = name.endswith(("_without_first", "_without_rest"))
        assert np.isnan(score) == (without or name == "max_logit"), name


def test_encoders_are_their_formulas() -> None:
    """Every row sees every key, so row 0 counts and the first token may be near."""
    p = np.random.default_rng(2).dirichlet(np.full(9, 0.5), size=9)
    measured, _ = measure_layer(
        AttentionLayer(weights=p.astype(np.float32)[None], causal=False),
        [1, 2, 1, 3, 2, 1, 4, 5, 1],
    )
    scores = dict(zip(METRIC_NAMES, measured[0], strict=True))
    rest = {i: np.concatenate([[0], p[i, 1:] / p[i, 1:].sum()]) for i in range(9) if p[i, 0] <= 0.9}
    near = {i: slice(max(0, i - LOCAL), i + LOCAL + 1) for i in range(9)}
    assert scores["self"] == pytest.approx(np.mean(np.diag(p)), rel=1e-4)
    assert scores["local"] == pytest.approx(
        np.mean([p[i, near[i]].sum() for i in range(9)]), rel=1e-4
    )
    assert scores["self_without_first"] == pytest.approx(
        np.mean([row[i] for i, row in rest.items()]), rel=1e-4
    )
    assert scores["local_without_first"] == pytest.approx(
        np.mean([row[near[i]].sum() for i, row in rest.items()]), rel=1e-4
    )
    distance = np.mean([sum(row[j] * abs(i - j) for j in range(9)) for i, row in rest.items()])
    assert scores["mean_distance_without_first"] == pytest.approx(distance, rel=1e-4)


def test_no_repeats_is_not_defined() -> None:
    layer = AttentionLayer(weights=np.eye(6, dtype=np.float32)[None])
    measured, _ = measure_layer(layer, list(range(6)))
    for name in ("duplicate_token", "induction", "max_logit"):
        assert np.isnan(measured[0, METRIC_NAMES.index(name)])
    assert measured[0, METRIC_NAMES.index("self")] == 1


def test_cross_attention_has_no_positions() -> None:
    layer = AttentionLayer(weights=np.full((1, 3, 4), 0.25, dtype=np.float32), causal=False)
    measured, thumbnail = measure_layer(layer, [1, 1, 1, 1], aligned=False)
    for name in ("self", "previous_token", "mean_distance", "local", "induction"):
        assert np.isnan(measured[0, METRIC_NAMES.index(name)])
    assert measured[0, METRIC_NAMES.index("entropy")] == pytest.approx(1)
    assert thumbnail.shape == (1, 3, 4)


def test_numbers_that_are_not_finite_are_measured_without_a_warning() -> None:
    query, key = np.random.default_rng(0).normal(0, 1, (2, 1, 9, 8)).astype(np.float32)
    query[0, 7, 3], key[0, 2, 5] = np.nan, np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values, thumbnails = measure_layer(AttentionLayer(query=query, key=key, scale=1.0))
    assert values.shape[0] == len(thumbnails) == 1


def test_a_nan_row_is_counted_and_left_out() -> None:
    weights = np.eye(4, dtype=np.float32)[None].copy()
    weights[0, 2] = np.nan
    measured, thumbnail = measure_layer(AttentionLayer(weights=weights), [1, 2, 3, 4])
    assert measured[0, METRIC_NAMES.index("nan_rows")] == pytest.approx(0.25)
    assert measured[0, METRIC_NAMES.index("self")] == 1
    assert thumbnail[0, 2].tolist() == [0, 0, 0, 0]


def test_rows_that_see_nothing_or_too_much_warn_nobody() -> None:
    rng = np.random.default_rng(3)
    mask = np.tri(6, dtype=bool)[None].copy()
    mask[0, 3] = False
    query, key = (rng.normal(size=(1, 6, 4)).astype(np.float32) for _ in range(2))
    query[0, 5] = np.nan
    layer = AttentionLayer(query=query, key=key, mask=mask)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measured, _ = measure_layer(layer, [1, 2, 1, 2, 1, 2])
    expected = np.mean([softmax.weights(layer)[0, i, i] for i in (1, 2, 4)])
    assert measured[0, METRIC_NAMES.index("self")] == pytest.approx(expected, rel=1e-5)
    assert measured[0, METRIC_NAMES.index("nan_rows")] == pytest.approx(1 / 6)


def test_torch_measures_the_same() -> None:
    rng = np.random.default_rng(1)
    query, key = (rng.normal(size=(2, 70, 8)).astype(np.float32) for _ in range(2))
    ids = rng.integers(0, 5, 70).tolist()
    ours = measure_layer(AttentionLayer(query=query, key=key), ids)
    theirs = measure_layer(AttentionLayer(query=torch.tensor(query), key=torch.tensor(key)), ids)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(ours[1], theirs[1])


def test_every_metric_has_its_words() -> None:
    for metric in METRICS:
        assert metric.name and metric.label and metric.formula, metric
        assert metric.sentence.endswith("."), metric
    assert len(set(METRIC_NAMES)) == len({metric.label for metric in METRICS}) == len(METRICS)


def test_every_metric_is_computed() -> None:
    """On a text that repeats every metric is a number, and none is the same for all heads."""
    rng = np.random.default_rng(2)
    query, key = (3 * rng.normal(size=(6, 40, 8)).astype(np.float32) for _ in range(2))
    measured, _ = measure_layer(AttentionLayer(query=query, key=key), list(range(20)) * 2)
    for name in ALWAYS_LOGGED:
        column = measured[:, METRIC_NAMES.index(name)]
        assert np.isfinite(column).all(), f"{name} is computed by nothing"
        assert name == "nan_rows" or len(np.unique(column)) > 1, f"{name} is a constant"
