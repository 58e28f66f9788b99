"""The robust line: exact on lines, unmoved by a few outliers; the weighted median by definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_attention.attention.theil_sen import BINS, binned, fit_line, weighted_median


@given(
    slope=st.floats(-5, 5),
    intercept=st.floats(-5, 5),
    points=st.integers(3, 200),
    seed=st.integers(0, 99),
)
def test_a_line_is_found_whatever_the_counts(
    slope: float, intercept: float, points: int, seed: int
) -> None:
    place = np.arange(points, dtype=np.float64)
    count = np.random.default_rng(seed).integers(1, 50, points).astype(np.float64)
    line = fit_line(place, count, intercept + slope * place)
    assert line.slope == pytest.approx(slope, abs=1e-9)
    assert line.intercept == pytest.approx(intercept, abs=1e-6)
    if abs(slope) > 1e-3:
        assert line.r2 == pytest.approx(1)


def test_a_fifth_of_odd_values_does_not_turn_it() -> None:
    random = np.random.default_rng(0)
    place = np.arange(BINS, dtype=np.float64)
    value = 3 - 0.5 * place + random.normal(0, 0.05, BINS)
    value[random.permutation(BINS)[: BINS // 5]] = 100
    line = fit_line(place, np.ones(BINS), value)
    assert line.slope == pytest.approx(-0.5, abs=0.02)
    assert abs(np.polyfit(place, value, 1)[0] + 0.5) > 0.1


def test_rare_distances_weigh_little() -> None:
    place = np.arange(20, dtype=np.float64)
    count = np.where(place < 15, 1000.0, 1.0)
    line = fit_line(place, count, np.where(place < 15, -place, 50.0))
    assert line.slope == pytest.approx(-1)
    assert line.r2 > 0.9


@pytest.mark.parametrize(
    ("value", "r2"),
    [(np.full(9, 2.0), 0), (np.full(9, np.nan), np.nan), (np.array([1, 2] + [np.inf] * 7), np.nan)],
)
def test_where_there_is_no_line(value: np.ndarray, r2: float) -> None:
    assert fit_line(np.arange(9.0), np.ones(9), value).r2 == pytest.approx(r2, nan_ok=True)


def test_values_that_are_not_finite_take_no_part() -> None:
    value = 2 * np.arange(9.0)
    value[[2, 5]] = np.nan, -np.inf
    assert fit_line(np.arange(9.0), np.ones(9), value) == pytest.approx((2, 0, 1))


@given(counts=st.lists(st.integers(0, 9), min_size=1, max_size=300), seed=st.integers(0, 99))
def test_bins_keep_all_that_counts(counts: list[int], seed: int) -> None:
    count = np.array(counts, np.float64)
    place = np.sort(np.random.default_rng(seed).uniform(0, 10, len(counts)))
    middle, number, mean = binned(place, count, 3 * place)
    assert number.sum() == count.sum()
    assert len(middle) <= BINS
    assert np.all(np.diff(middle) > 0)
    assert np.allclose(mean, 3 * middle)


@given(values=st.lists(st.integers(-9, 9), min_size=1, max_size=30))
def test_the_median_of_equal_weights_is_the_median(values: list[int]) -> None:
    assert weighted_median(np.array(values, np.float64), np.ones(len(values))) == np.median(values)


@given(pairs=st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 5)), min_size=1, max_size=20))
def test_a_weight_counts_as_often_as_it_says(pairs: list[tuple[int, int]]) -> None:
    values, weights = (np.array(each, np.float64) for each in zip(*pairs, strict=True))
    assert weighted_median(values, weights) == np.median(np.repeat(values, weights.astype(int)))
