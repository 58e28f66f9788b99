"""A weighted Theil-Sen fit: a line through means that a few outliers do not turn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tb_attention.attention.dtypes import Floats64

BINS = 32
"""Points that a line is fitted through.

Few enough to compare all pairs, for every neuron, at any length.
"""


class Line(NamedTuple):
    """A line: value = intercept + slope * place; all NaN where there is none.

    Attributes:
        slope: change of the value per place.
        intercept: value at place 0.
        r2: share of the values' variance that the line explains, 0 to 1.
    """

    slope: float
    intercept: float
    r2: float


NO_LINE = Line(np.nan, np.nan, np.nan)


def binned(
    place: Floats64, count: Floats64, value: Floats64, most: int = BINS
) -> tuple[Floats64, Floats64, Floats64]:
    """Means in at most `most` intervals of equal width.

    Args:
        place: [points].
        count: [points], how many numbers each value is the mean of.
        value: [points]; values that are not finite take no part.
        most: number of intervals.

    Returns:
        Place, count and value of the intervals that hold anything, ascending by place.
    """
    used = (count > 0) & np.isfinite(value)
    place, count, value = place[used], count[used], value[used]
    if len(place) == 0:
        return place, count, value
    low, high = place.min(), place.max()
    number = (
        np.zeros(len(place), np.int64)
        if high == low
        else np.minimum((place - low) / (high - low) * most, most - 1).astype(np.int64)
    )
    total = np.bincount(number, count)
    filled = total > 0
    held = total[filled].astype(np.float64)
    return (
        np.bincount(number, count * place)[filled] / held,
        held,
        np.bincount(number, count * value)[filled] / held,
    )


def fit_line(place: Floats64, count: Floats64, value: Floats64) -> Line:
    """The weighted Theil-Sen line through `binned(place, count, value)`.

    The slope is the weighted median of the slopes between all pairs of bins (a, b), with weight
    |x_b - x_a| * sqrt(n_a n_b / (n_a + n_b)): one over the standard error of that slope if all
    numbers scatter alike. The intercept is the median of y - slope * x, with weight sqrt(n). r2 is
    1 - sum n (y - line)^2 / sum n (y - mean)^2, at least 0; 0 where all values are equal. Theil
    1950; Sen 1968; weights: Sievers 1978 (Journal of the American Statistical Association 73).

    Returns:
        The line; NO_LINE where fewer than three bins hold anything.
    """
    x, n, y = binned(place, count, value)
    if len(x) < 3:
        return NO_LINE
    a, b = np.triu_indices(len(x), 1)
    slope = weighted_median(
        (y[b] - y[a]) / (x[b] - x[a]), np.abs(x[b] - x[a]) * np.sqrt(n[a] * n[b] / (n[a] + n[b]))
    )
    intercept = weighted_median(y - slope * x, np.sqrt(n))
    spread = float(np.sum(n * (y - np.average(y, weights=n)) ** 2))
    rest = float(np.sum(n * (y - intercept - slope * x) ** 2))
    return Line(slope, intercept, max(0.0, 1 - rest / spread) if spread > 0 else 0.0)


def weighted_median(values: Floats64, weights: Floats64) -> float:
    """The least value at which half of the weight is reached.

    Where exactly half is reached there, the mean of it and the next value.
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    half = reached[-1] / 2
    at = int(np.searchsorted(reached, half))
    after = at + 1 if at + 1 < len(order) and reached[at] == half else at
    return float(values[order[at]] + values[order[after]]) / 2
