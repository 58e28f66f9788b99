"""Where tokens come again in a sequence, as pairs of a query and a key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tb_attention.attention.dtypes import Booleans, Integers

Pairs = tuple[Integers, Integers]

ENOUGH = 8
"""A text needs this many tokens that come again, for a score of repeats to make a type.

In "the doctor met the nurse" one does, and what a head does there is no habit.
"""

OF_REPEATS = (
    "duplicate_token",
    "duplicate_token_without_first",
    "induction",
    "induction_without_first",
)
"""The head metrics that are scores of repeats."""

_KEPT = 1 << 20
"""Pairs that are kept for the next layer.

There are more only where nearly all tokens are the same.
"""


class RepeatedTokens:
    """Pairs of a query i and a key j of one sequence where a token comes again.

    The pairs "duplicate": j < i is the same token. The pairs "induction": j stands behind the same
    token, 1 <= j <= i.
    """

    def __init__(self, ids: tuple[int, ...]) -> None:
        self._ids = np.asarray(ids, dtype=np.int64)
        self._before = np.concatenate([[np.iinfo(np.int64).min], self._ids[:-1]])
        self._pairs: dict[tuple[int, int, int], dict[str, Pairs]] = {}
        self._room = _KEPT

    @staticmethod
    @lru_cache(maxsize=4)
    def of(ids: tuple[int, ...]) -> RepeatedTokens:
        """The repeats of these token ids; kept, because all layers of a capture have the same."""
        return RepeatedTokens(ids)

    def pairs(self, begin: int, rows: int, width: int) -> dict[str, Pairs]:
        """Pairs of the queries from `begin` to `begin + rows` and the keys before `width`.

        Returns:
            "duplicate" and "induction" -> (row, key), each int64 [pairs], ascending by row; row 0
            is the query at `begin`.
        """
        place = (begin, rows, width)
        if (kept := self._pairs.get(place)) is not None:
            return kept
        i, j = np.arange(begin, begin + rows)[:, None], np.arange(width)[None, :]
        own = self._ids[begin : begin + rows, None]
        same, after = (
            (own == self._ids[None, :width]) & (j < i),
            (own == self._before[None, :width]) & (j <= i),
        )
        found: dict[str, Any] = {"duplicate": np.nonzero(same), "induction": np.nonzero(after)}
        self._room -= sum(len(of_row) for of_row, _ in found.values())
        if self._room >= 0:
            self._pairs[place] = found
        return found

    def rows(self) -> tuple[Booleans, Booleans, Booleans]:
        """Which queries have a pair of which kind, each bool [tokens].

        Returns:
            Queries that have a pair, of either kind; that have a duplicate other than the first
            token; that have the first token as a duplicate.
        """
        number, earliest = np.arange(len(self._ids)), _earliest(self._ids)
        later = np.concatenate([[False], _earliest(self._ids[1:]) < number[:-1]])
        return earliest < number, later, (earliest == 0) & (number > 0)


def _earliest(ids: Integers) -> Integers:
    """Where the token of each place stands for the first time."""
    _, first, which = np.unique(ids, return_index=True, return_inverse=True)
    return first[which]


def shows_repeats(ids: Sequence[int]) -> bool:
    """Whether enough tokens of a text come again."""
    return len(ids) - len(set(ids)) >= ENOUGH
