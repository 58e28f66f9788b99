"""What is known of the tokens of a model, whatever tokenizer they are from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Encoded(NamedTuple):
    """The tokens of a text or of a pair of texts; what is empty is not known.

    Attributes:
        ids: token ids.
        starts: first character of each token in the texts, joined.
        ends: one past the last character of each token.
        segments: 0 for the first text, 1 for the second.
    """

    ids: tuple[int, ...]
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    segments: tuple[int, ...] = ()


class Spelled(NamedTuple):
    """What tokens stand for.

    Attributes:
        tokens: bytes.
        pieces: as the vocabulary has them; empty where a piece is the same as its bytes.
        special: whether each is a special token; empty where that is not known.
    """

    tokens: tuple[bytes, ...]
    pieces: tuple[str, ...] = ()
    special: tuple[bool, ...] = ()


class Vocabulary(Protocol):
    """Makes tokens of texts, and texts of tokens."""

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """The tokens of a text or of a pair of texts.

        Raises:
            InvalidInput: it cannot make them.
        """

    def spell(self, ids: Sequence[int]) -> Spelled:
        """What each token stands for.

        Raises:
            InvalidInput: it cannot say it.
        """
