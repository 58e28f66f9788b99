"""What head metrics are computed from: sums over each row, and which rows count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_attention.attention.row_sums import RowSums

Floats64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FIRST_TAKES_ALL = 0.9
"""Rows with more than this weight on the first token are left out of what is without it.

Vig and Belinkov 2019.
"""


class MetricRows:
    """The rows of one layer, all [heads or 1, queries].

    seen: keys that a row may see. counted: rows that say something, because they see two tokens and
    are no NaN. first: weight on the first token; rest: weight on the others, 1 where a row is not
    in `others`. others: counted rows that see three tokens and have at most FIRST_TAKES_ALL of
    their weight on the first. place: position of the query among the keys.
    """

    def __init__(self, sums: RowSums) -> None:
        self.sums = sums
        self.seen = sums.support
        self.sound = np.isfinite(sums.mass)
        self.counted: Flags = self.sound & (self.seen > 1)
        self.first = sums.first
        rest = np.where(self.counted, sums.mass - sums.first, np.nan)
        self.others: Flags = (
            self.counted & (self.seen > 2) & (self.first <= FIRST_TAKES_ALL) & (rest > 0)
        )
        self.rest = np.where(self.others, rest, 1.0)
        self.place = sums.positions[None, :]

    def mean(self, values: Floats64, rows: Flags) -> Floats64:
        """float64 [heads]: the mean of values [heads, queries] over these rows; NaN without any."""
        rows = np.broadcast_to(rows, values.shape)
        count = rows.sum(axis=1)
        total = np.where(rows, values, 0).sum(axis=1)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def mean_counted(self, values: Floats64, rows: Flags | bool = True) -> Floats64:
        """The mean over the rows that count, of these."""
        return self.mean(values, self.counted & rows)

    def mean_without_first(
        self, values: Floats64, first_is_one: Flags | bool, rows: Flags | bool = True
    ) -> Floats64:
        """The mean of sums of weights without the first token, renormalised.

        first_is_one: rows in whose sum the first token is. rows: those that can show the pattern.
        """
        return self.mean((values - self.first * first_is_one) / self.rest, self.others & rows)

    @property
    def entropy_without_first(self) -> Floats64:
        """-sum over j >= 1 of q ln q with q = p / rest, from the sums over p; nats."""
        share = np.clip(np.where(self.counted, self.first, 0), 1e-37, None)
        nats: Floats64 = (self.sums.entropy + share * np.log(share)) / self.rest
        return nats + np.log(self.rest)

    def repeat_flags(self) -> tuple[Flags, Flags, Flags]:
        """Of the queries [1, queries]; see RepeatedTokens.rows."""
        assert self.sums.repeats is not None
        again, later, same_as_first = self.sums.repeats.rows()
        at = self.sums.positions
        return again[None, at], later[None, at], same_as_first[None, at]
