"""Head metrics: one number per head of a capture, added up over blocks of rows so that no T x T array is kept.

p[i, j] is the weight of query i on key j. A row whose support (the keys it may see) is one token says nothing and is left out, and so
is a row that is NaN; a metric whose rows are all left out is NaN, "not defined" (duplicate and induction in a text without repeats,
positions in cross attention). A head metric is the mean over the rows that are left, unless its line below says otherwise.

A head that has most of its weight on the first token (an attention sink) scores low on everything else, whatever it does with the rest.
The metrics that end in `_without_first` look at the rest: p without its first token, renormalised, over the rows that have at most
FIRST_TAKES_ALL of their weight there and see two tokens besides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from array_api_compat import array_namespace, device

from tb_attention.attend import Array, AttentionLayer, support

LOCAL = 4
"""Reach of the metric `local`, in tokens."""

FIRST_TAKES_ALL = 0.9
"""Rows with more than this weight on the first token are left out of the metrics without the first token (Vig and Belinkov 2019)."""

FORMULAS = {
    "entropy": "-sum_j p ln p / ln(support); 0 is one token, 1 is even (Ghader and Monz 2017, by support)",
    "entropy_without_first": "the same without the first token (Vig and Belinkov 2019, eq. 7)",
    "mean_distance": "sum_j p |i - j| / sum_j p, in tokens (Vig and Belinkov 2019, eq. 6)",
    "mean_distance_without_first": "the same without the first token, in tokens",
    "first_token": "p[i, 0]: the attention sink (Gu et al. 2024)",
    "self": "p[i, i] (Clark et al. 2019)",
    "self_without_first": "the same without the first token",
    "previous_token": "p[i, i - 1] over i >= 2, because at i = 1 the previous token is the first (Clark et al. 2019)",
    "previous_token_without_first": "the same without the first token",
    "duplicate_token": "sum of p[i, j] over j < i with token[j] = token[i], over rows that have such a j (Elhage et al. 2021)",
    "duplicate_token_without_first": "the same over 1 <= j < i, without the first token",
    "induction": "sum of p[i, j] over j <= i with token[j - 1] = token[i], over rows that have one (Olsson et al. 2022)",
    "induction_without_first": "the same without the first token",
    "local": f"sum of p[i, j] over |i - j| <= {LOCAL}, over rows whose support is larger than that reach",
    "local_without_first": f"sum of p[i, j] over |i - j| <= {LOCAL} and j >= 1 without the first token, over rows that see more than that",
    "effective_span": "exp(-sum_j p ln p), in tokens (perplexity of p)",
    "row_maximum": "max_j p (confidence, Voita et al. 2019)",
    "max_logit": "the largest score of all rows, before the softmax (Kimi K2 2025)",
    "nan_rows": "share of the rows with a NaN",
}
"""Name of every head metric, in the order of the last axis, and its formula."""

NAMES = tuple(FORMULAS)


class HeadMetrics:
    """Adds up the head metrics of one layer: `add` every row block, then `result`."""

    def __init__(self, layer: AttentionLayer, ids: Sequence[int] = (), *, aligned: bool = True) -> None:
        """ids: token ids of the sequence, for the metrics of repeats. aligned: queries and keys are the same tokens (not cross)."""
        self._layer = layer
        self._ids = np.asarray(ids, dtype=np.int64) if aligned and len(ids) == layer.keys else None
        self._aligned = aligned
        self._sums = np.zeros((layer.heads, len(NAMES)))
        self._counts = np.zeros((layer.heads, len(NAMES)))
        self._max_logit = np.full(layer.heads, np.nan)

    def add(self, start: int, scores: Array | None, weights: Array) -> None:
        """One block of tb_attention.attend.row_blocks: scores (or None) and weights [heads, rows, width], of the queries from start."""
        xp = array_namespace(weights)
        heads, rows, width = weights.shape
        kinds = _Rows(start + self._layer.query_start, rows, width, self._ids if self._aligned else None, self._aligned)
        # [rows, kinds, width] @ [rows, width, heads]: each sum over keys below is one row of one product.
        matrix = xp.asarray(kinds.matrix, device=device(weights))
        sums = _numpy(xp.matmul(matrix, xp.permute_dims(weights, (1, 2, 0)))).astype(np.float64)
        by_kind = dict(zip(kinds.names, sums.transpose(1, 2, 0), strict=True))
        top = _numpy(xp.max(weights, axis=2)) if width else np.zeros((heads, rows))
        with np.errstate(invalid="ignore"):  # rows that are NaN or see nothing are left out below
            entropy = _entropy(scores, weights, by_kind["mass"], top)
            self._add_rows(kinds, by_kind, entropy, top, support(self._layer, start, scores, weights))
        if scores is not None and width:
            self._max_logit = np.fmax(self._max_logit, _numpy(xp.max(xp.reshape(scores, (heads, -1)), axis=1)))

    def result(self) -> npt.NDArray[np.float32]:
        """float32 [heads, len(NAMES)]; NaN where not defined."""
        with np.errstate(invalid="ignore"):
            means = np.where(self._counts > 0, self._sums / np.maximum(self._counts, 1), np.nan)
        means[:, NAMES.index("max_logit")] = np.where(np.isfinite(self._max_logit), self._max_logit, np.nan)
        return means.astype(np.float32)

    def _add_rows(self, kinds: _Rows, sums: dict[str, Array], entropy: Array, top: Array, seen: Array) -> None:
        """All arguments [heads or 1, rows], seen: keys that a row may see; adds what each row gives to each metric."""
        mass, first = sums["mass"], sums["first"]
        sound = np.isfinite(mass)
        counted = sound & (seen > 1)
        rest = np.where(counted, mass - first, np.nan)
        others = counted & (seen > 2) & (first <= FIRST_TAKES_ALL) & (rest > 0)
        rest = np.where(others, rest, 1.0)
        first_share = np.clip(np.where(counted, first, 0), 1e-37, None)
        # -sum over j >= 1 of q ln q with q = p / rest, from the sums over p.
        entropy_rest = (entropy + first_share * np.log(first_share)) / rest + np.log(rest)
        self._mean("entropy", entropy / np.log(np.maximum(seen, 2)), counted)
        self._mean("entropy_without_first", entropy_rest / np.log(np.maximum(seen - 1, 2)), others)
        self._mean("first_token", first, counted)
        self._mean("effective_span", np.exp(np.where(counted, entropy, 0)), counted)
        self._mean("row_maximum", top, counted)
        self._mean("nan_rows", ~sound, np.ones_like(sound))
        if not self._aligned:
            return
        i = kinds.positions[None, :]

        def both(name: str, kind: str, rows: Array, rows_of_rest: Array, first_is_one: Array) -> None:
            """The metric with and without the first token. first_is_one: rows of whose keys of that kind the first token is one."""
            self._mean(name, sums[kind], counted & rows)
            self._mean(f"{name}_without_first", (sums[kind] - first * first_is_one) / rest, others & rows_of_rest)

        every = np.ones_like(i, dtype=bool)
        self._mean("mean_distance", sums["distance"] / np.where(mass > 0, mass, 1), counted & (mass > 0))
        self._mean("mean_distance_without_first", (sums["distance"] - first * i) / rest, others)
        both("self", "self", every, every, i == 0)
        both("previous_token", "previous", i >= 2, i >= 2, ~every)
        both("local", "local", seen > LOCAL + 1, seen > LOCAL + 2, i <= LOCAL)
        if self._ids is not None:
            same_as_first = kinds.same_as_first
            both("duplicate_token", "duplicate", kinds.has["duplicate"], kinds.has["duplicate_without_first"], same_as_first)
            both("induction", "induction", kinds.has["induction"], kinds.has["induction"], ~every)

    def _mean(self, name: str, values: Array, rows: Array) -> None:
        column = NAMES.index(name)
        heads = self._layer.heads
        rows = np.broadcast_to(rows, (heads, rows.shape[1]))
        self._sums[:, column] += np.where(rows, values, 0).sum(axis=1)
        self._counts[:, column] += rows.sum(axis=1)


class _Rows:
    """Which keys count for which metric, for a block of rows: `matrix` float32 [rows, kinds, width], kinds as in `names`."""

    def __init__(self, position: int, rows: int, width: int, ids: npt.NDArray[np.int64] | None, aligned: bool) -> None:
        self.positions = np.arange(position, position + rows)
        i, j = self.positions[:, None], np.arange(width)[None, :]
        kinds: dict[str, npt.NDArray[np.generic]] = {"mass": np.ones((rows, width)), "first": np.broadcast_to(j == 0, (rows, width))}
        if aligned:
            kinds |= {"distance": np.abs(i - j), "self": i == j, "previous": i - 1 == j, "local": np.abs(i - j) <= LOCAL}
        self.has: dict[str, npt.NDArray[np.bool_]] = {}
        """Rows that have such a key: bool [1, rows]."""
        if ids is not None:
            own, before = ids[self.positions][:, None], np.concatenate([[np.iinfo(np.int64).min], ids[:-1]])
            duplicate, induction = (own == ids[None, :width]) & (j < i), (own == before[None, :width]) & (j <= i)
            kinds |= {"duplicate": duplicate, "induction": induction}
            self.same_as_first = duplicate[:, :1].T
            rows_of = {"duplicate": duplicate, "duplicate_without_first": duplicate[:, 1:], "induction": induction}
            self.has = {name: np.any(keys, axis=1)[None, :] for name, keys in rows_of.items()}
        self.names = tuple(kinds)
        self.matrix = np.stack([kind.astype(np.float32) for kind in kinds.values()], axis=1)


def _entropy(scores: Array | None, weights: Array, mass: Array, top: Array) -> npt.NDArray[np.float64]:
    """-sum_j p ln p of each row: float64 [heads, rows]."""
    xp = array_namespace(weights)
    if scores is None or not weights.shape[2]:
        return -_numpy(xp.sum(weights * xp.log(weights + 1e-37), axis=2)).astype(np.float64)
    # ln p = score - logarithm of the softmax's denominator, which the largest weight gives: no logarithm of every weight, half the time.
    seen = xp.clip(scores, -1e30, None)
    denominator = _numpy(xp.max(scores, axis=2)).astype(np.float64) - np.log(np.maximum(top, 1e-37))
    entropy: npt.NDArray[np.float64] = denominator * mass - _numpy(xp.vecdot(weights, seen)).astype(np.float64)
    return entropy


def _numpy(array: Array) -> npt.NDArray[np.float32]:
    return np.asarray(array.cpu() if hasattr(array, "cpu") else array)
