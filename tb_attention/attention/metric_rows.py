"""What head metrics are computed from: sums over each row, and which rows count."""

from __future__ import annotations

import numpy as np

from tb_attention.attention.dtypes import Booleans, Floats64
from tb_attention.attention.key_sums import RESTS
from tb_attention.attention.row_sums import RowSums

FIRST_TAKES_ALL = 0.9
"""Metrics without the first token leave out rows with more weight than this on it.

Vig and Belinkov 2019.
"""


class MetricRows:
    """The rows of one layer: arrays of [heads or 1, queries].

    Attributes:
        sums: the sums over the keys of each row.
        seen: number of keys that a row may see.
        sound: rows that are not NaN.
        counted: rows that say something: they see two tokens and are not NaN.
        first: weight on the first token.
        others: counted rows that see three tokens and have at most FIRST_TAKES_ALL of their weight
            on the first.
        rest: weight on all but the first token; 1 where a row is not in `others`.
        place: position of the query among the keys.
        resting: the largest mean weight on one key, [heads]; NaN where no key counts.
        resting_token: position of that key, [heads].
    """

    def __init__(self, sums: RowSums) -> None:
        self.sums = sums
        self.seen = sums.support
        self.sound = np.isfinite(sums.mass)
        self.counted: Booleans = self.sound & (self.seen > 1)
        self.first = sums.first
        rest = np.where(self.counted, sums.mass - sums.first, np.nan)
        self.others: Booleans = (
            self.counted & (self.seen > 2) & (self.first <= FIRST_TAKES_ALL) & (rest > 0)
        )
        self.rest = np.where(self.others, rest, 1.0)
        self.place = sums.positions[None, :]
        self.resting, self.resting_token = sums.keys.resting()

    @property
    def first_arriving(self) -> Floats64:
        """The share of what arrives that is of the first token, NaN where nothing arrives."""
        norms, arriving = self.sums.norms(0)[:, None], self.sums.arriving
        return np.where(
            arriving > 0, self.first * norms / np.where(arriving > 0, arriving, 1), np.nan
        )

    def mean(self, values: Floats64, rows: Booleans) -> Floats64:
        """Mean of values [heads, queries] over these rows: float64 [heads], NaN without any."""
        rows = np.broadcast_to(rows, values.shape)
        count = rows.sum(axis=1)
        total = np.where(rows, values, 0).sum(axis=1)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def mean_counted(self, values: Floats64, rows: Booleans | bool = True) -> Floats64:
        """Mean over the rows that count, of these: float64 [heads]."""
        return self.mean(values, self.counted & rows)

    def mean_without_first(
        self, values: Floats64, first_is_one: Booleans | bool, rows: Booleans | bool = True
    ) -> Floats64:
        """Mean of sums of weights without the first token, renormalised: float64 [heads].

        Args:
            values: sums of weights, [heads, queries].
            first_is_one: rows whose sum includes the first token.
            rows: rows that can show the pattern.
        """
        return self.mean((values - self.first * first_is_one) / self.rest, self.others & rows)

    def mean_distance_without_rest(self) -> Floats64:
        """Mean distance without the first token, and what the head rests on: float64 [heads]."""
        lost, rest_apart, left = self.first.copy(), self.first * self.place, self.seen - 1
        left = np.broadcast_to(left, lost.shape).copy()
        for head in np.flatnonzero((self.resting >= RESTS) & (self.resting_token > 0)):
            key = int(self.resting_token[head])
            weight = self.sums.on_key(int(head), key)
            lost[head] += weight
            rest_apart[head] += weight * np.abs(self.place[0] - key)
            left[head] -= 1
        rest = self.sums.mass - lost
        rows = self.counted & (left > 1) & (lost <= FIRST_TAKES_ALL) & (rest > 0)
        return self.mean((self.sums.distance - rest_apart) / np.where(rows, rest, 1.0), rows)

    @property
    def entropy_without_first(self) -> Floats64:
        """Entropy without the first token in nats: -sum over j >= 1 of q ln q, q = p / rest."""
        share = np.clip(np.where(self.counted, self.first, 0), 1e-37, None)
        nats: Floats64 = (self.sums.entropy + share * np.log(share)) / self.rest
        return nats + np.log(self.rest)

    def repeat_flags(self) -> tuple[Booleans, Booleans, Booleans]:
        """The three flags of RepeatedTokens.rows for these queries, each [1, queries]."""
        assert self.sums.repeats is not None
        again, later, same_as_first = self.sums.repeats.rows()
        at = self.sums.positions
        return again[None, at], later[None, at], same_as_first[None, at]
