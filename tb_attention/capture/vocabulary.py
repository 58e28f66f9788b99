"""What is known of the tokens of a model, whatever tokenizer they are from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Encoded(NamedTuple):
    """The tokens of a text or of a pair of texts.

    starts, ends: character offsets of each token in the texts, one below the other; segments: 0 for
    the first text, 1 for the second. Empty where they are not known.
    """

    ids: tuple[int, ...]
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    segments: tuple[int, ...] = ()


class Spelled(NamedTuple):
    """What tokens stand for: bytes, the piece as the vocabulary has it (empty where it is the same).

    special: whether it is a special token; empty where that is not known.
    """

    tokens: tuple[bytes, ...]
    pieces: tuple[str, ...] = ()
    special: tuple[bool, ...] = ()


class Vocabulary(Protocol):
    """Makes tokens of texts, and texts of tokens."""

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """The tokens of a text or of a pair of texts. Raises InvalidInput where it cannot."""

    def spell(self, ids: Sequence[int]) -> Spelled:
        """What each token stands for. Raises InvalidInput where it cannot."""
