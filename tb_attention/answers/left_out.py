"""What of the weights is left out: a token that heads rest on, special tokens, or segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tb_attention import schema
from tb_attention.answers.pool import EVERYTHING, Kept
from tb_attention.attention.dtypes import Booleans
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import NotLogged

FIRST = ("show", "hide", "renormalise")
FIRST_TOKEN, RESTING_TOKEN = "first", "resting"
"""Which token is meant: the first one, or the one that each head rests on, if any."""

Resting = Sequence[int | None]
"""Of each head of a layer, the position of the token that it rests on; None: it rests on none."""

SEGMENTS = ("all", "AA", "AB", "BA", "BB")


@dataclass(frozen=True)
class LeftOut:
    """What a request leaves out of the weights.

    Attributes:
        first: one of FIRST, for the token that is meant and, where `special`, for special tokens
            too; "renormalise" divides rows by what remains, so that they sum to 1 again.
        special: whether special tokens are treated as the first.
        segments: one of SEGMENTS, the segment of the queries and that of the keys.
        segment_share: whether rows are divided by their sum over the keys of the segment.
        token: which one is meant: FIRST_TOKEN, RESTING_TOKEN, or a position.
    """

    first: str = "show"
    special: bool = False
    segments: str = "all"
    segment_share: bool = False
    token: str | int = FIRST_TOKEN

    @property
    def plain(self) -> bool:
        """Whether nothing is left out."""
        return self.first == "show" and self.segments == "all"

    @property
    def rests(self) -> bool:
        """Whether it depends on what each head rests on."""
        return self.first != "show" and self.token == RESTING_TOKEN

    def kept(
        self,
        capture: schema.Capture,
        stack: schema.Stack,
        layer: AttentionLayer,
        resting: Resting = (),
    ) -> Kept:
        """What remains of the weights of a layer of this stack.

        Args:
            capture: the description of the capture.
            stack: the stack of the layer.
            layer: the layer, or some of its heads.
            resting: what its heads rest on, where that is meant; empty: not known.

        Raises:
            NotLogged: there is no token at the position that is meant.
        """
        if self.plain:
            return EVERYTHING
        queries, keys = layer.queries, layer.keys
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
            hidden=self._hidden(attended, layer, resting),
            share_hidden=self.first == "renormalise",
            share_keys=self.segment_share and pair != "all",
        )

    def _hidden(
        self, sequence: schema.Sequence, layer: AttentionLayer, resting: Resting
    ) -> Booleans | None:
        if self.first == "show":
            return None
        keys, places = layer.keys, np.arange(layer.keys)
        if self.token == RESTING_TOKEN:
            known = [*resting, *[None] * layer.heads][: layer.heads]
            of_heads = np.array([-1 if place is None else place for place in known])
            hidden: Booleans = places == of_heads[:, None]
        else:
            token = 0 if isinstance(self.token, str) else self.token
            if not 0 <= token < max(keys, 1):
                raise NotLogged(f"There are the keys 0 to {keys - 1}, and no {token}.")
            hidden = (places == token)[None]
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
