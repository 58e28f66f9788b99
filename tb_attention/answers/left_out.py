"""What of the weights is left out: the first token, special tokens, or segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tb_attention import schema
from tb_attention.answers.pool import EVERYTHING, Kept
from tb_attention.attention.dtypes import Booleans

FIRST = ("show", "hide", "renormalise")
SEGMENTS = ("all", "AA", "AB", "BA", "BB")


@dataclass(frozen=True)
class LeftOut:
    """What a request leaves out of the weights.

    Attributes:
        first: one of FIRST, for the first key and, where `special`, for special tokens too;
            "renormalise" divides rows by what remains, so that they sum to 1 again.
        special: whether special tokens are treated as the first.
        segments: one of SEGMENTS, the segment of the queries and that of the keys.
        segment_share: whether rows are divided by their sum over the keys of the segment.
    """

    first: str = "show"
    special: bool = False
    segments: str = "all"
    segment_share: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing is left out."""
        return self.first == "show" and self.segments == "all"

    def kept(self, capture: schema.Capture, stack: schema.Stack, queries: int, keys: int) -> Kept:
        """What remains of weights [queries, keys] of this stack."""
        if self.plain:
            return EVERYTHING
        attended = capture.sequences[stack.key_sequence]
        # Segments are those of one sequence that attends to itself.
        pair = (
            self.segments
            if stack.query_sequence == stack.key_sequence and {0, 1} <= set(attended.segments)
            else "all"
        )
        return Kept(
            queries=_segment(attended, pair[0], queries),
            keys=_segment(attended, pair[1], keys),
            hidden=self._hidden(attended, keys),
            share_hidden=self.first == "renormalise",
            share_keys=self.segment_share and pair != "all",
        )

    def _hidden(self, sequence: schema.Sequence, keys: int) -> Booleans | None:
        if self.first == "show":
            return None
        hidden: Booleans = np.arange(keys) == 0
        if self.special and len(sequence.special) == keys:
            hidden |= np.array(sequence.special, bool)
        return hidden


PLAIN = LeftOut()


def _segment(sequence: schema.Sequence, letter: str, tokens: int) -> Booleans | None:
    """The tokens of segment A or B, bool [tokens]; None for all of them.

    Queries that begin later than the keys of the same sequence are its last tokens.
    """
    if letter not in "AB" or not tokens or len(sequence.segments) < tokens:
        return None
    flags: Booleans = np.array(sequence.segments[-tokens:]) == "AB".index(letter)
    return flags
