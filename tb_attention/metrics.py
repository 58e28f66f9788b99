"""Head metrics: one number per head of a capture, added up over blocks of rows so that no T x T array is kept.

p[i, j] is the weight of query i on key j. A row whose support (the keys it may see) is one token
says nothing and is left out, and so is a row that is NaN; a metric whose rows are all left out is
NaN, "not defined" (duplicate and induction in a text without repeats, positions in cross
attention). A head metric is the mean over the rows that are left, unless its line below says
otherwise.

A head that has most of its weight on the first token (an attention sink) scores low on everything
else, whatever it does with the rest. The metrics that end in `_without_first` look at the rest: p
without its first token, renormalised, over the rows that have at most FIRST_TAKES_ALL of their
weight there and see two tokens besides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tb_attention.attend import Array, AttentionLayer, Block
from tb_attention.row_sums import LOCAL, RowSums

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
    """Adds up the head metrics of one layer: `add` every block, then `result`."""

    def __init__(
        self, layer: AttentionLayer, ids: Sequence[int] = (), *, aligned: bool = True
    ) -> None:
        """ids: token ids of the sequence, for the metrics of repeats.

        aligned: queries and keys are the same tokens (not cross).
        """
        self._sums = RowSums(layer, ids, aligned=aligned)
        self._aligned = aligned
        self._means = np.full((layer.heads, len(NAMES)), np.nan)

    def add(self, block: Block) -> None:
        """One block of tb_attention.attend.raised_blocks; overwrites its scores."""
        self._sums.add(block)

    def result(self) -> npt.NDArray[np.float32]:
        """float32 [heads, len(NAMES)]; NaN where not defined."""
        with np.errstate(invalid="ignore"):  # rows that are NaN or see nothing are left out
            self._all()
        return self._means.astype(np.float32)

    def _all(self) -> None:
        sums, seen = self._sums, self._sums.support
        mass, first = sums.mass, sums.first
        sound = np.isfinite(mass)
        counted = sound & (seen > 1)
        rest = np.where(counted, mass - first, np.nan)
        others = counted & (seen > 2) & (first <= FIRST_TAKES_ALL) & (rest > 0)
        rest = np.where(others, rest, 1.0)
        first_share = np.clip(np.where(counted, first, 0), 1e-37, None)
        # -sum over j >= 1 of q ln q with q = p / rest, from the sums over p.
        entropy_rest = (sums.entropy + first_share * np.log(first_share)) / rest + np.log(rest)
        self._mean("entropy", sums.entropy / np.log(np.maximum(seen, 2)), counted)
        self._mean("entropy_without_first", entropy_rest / np.log(np.maximum(seen - 1, 2)), others)
        self._mean("first_token", first, counted)
        self._mean("effective_span", np.exp(np.where(counted, sums.entropy, 0)), counted)
        self._mean("row_maximum", sums.top, counted)
        self._mean("nan_rows", ~sound, np.ones_like(sound))
        top_score = np.where(np.isfinite(sums.top_score), sums.top_score, -np.inf).max(
            axis=1, initial=-np.inf
        )
        self._means[:, NAMES.index("max_logit")] = np.where(
            np.isfinite(top_score), top_score, np.nan
        )
        if not self._aligned:
            return
        i = sums.positions[None, :]

        def both(
            name: str, sum_of_kind: Array, rows: Array, rows_of_rest: Array, first_is_one: Array
        ) -> None:
            """The metric with and without the first token.

            first_is_one: rows of whose keys of that kind the first token is one.
            """
            self._mean(name, sum_of_kind, counted & rows)
            self._mean(
                f"{name}_without_first",
                (sum_of_kind - first * first_is_one) / rest,
                others & rows_of_rest,
            )

        every = np.ones_like(i, dtype=bool)
        self._mean(
            "mean_distance", sums.distance / np.where(mass > 0, mass, 1), counted & (mass > 0)
        )
        self._mean("mean_distance_without_first", (sums.distance - first * i) / rest, others)
        both("self", sums.own, every, every, i == 0)
        both("previous_token", sums.previous, i >= 2, i >= 2, ~every)
        both("local", sums.local, seen > LOCAL + 1, seen > LOCAL + 2, i <= LOCAL)
        if sums.repeats is not None:
            again, later, same_as_first = (
                flags[None, sums.positions] for flags in sums.repeats.rows()
            )
            both("duplicate_token", sums.duplicate, again, later, same_as_first)
            both("induction", sums.induction, again, again, ~every)

    def _mean(self, name: str, values: Array, rows: Array) -> None:
        rows = np.broadcast_to(rows, values.shape)
        count = rows.sum(axis=1)
        total = np.where(rows, values, 0).sum(axis=1)
        self._means[:, NAMES.index(name)] = np.where(
            count > 0, total / np.maximum(count, 1), np.nan
        )
