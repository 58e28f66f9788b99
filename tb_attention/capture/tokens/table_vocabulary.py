"""A table of texts and their ids as a tokenizer."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tb_attention.capture.tokens.plain_vocabulary import encoded
from tb_attention.capture.tokens.vocabulary import Encoded, Spelled
from tb_attention.errors import InvalidInput


class TableVocabulary:
    """A dict text -> id or id -> text, such as nanoGPT's stoi or itos, or a list of texts.

    A text may be bytes, and an id a number in a string, as JSON has it.
    """

    def __init__(self, table: Mapping[Any, Any] | Sequence[str | bytes]) -> None:
        self._texts = {
            number: text if isinstance(text, bytes) else text.encode()
            for number, text in _pairs(table)
        }
        self._ids = {text: number for number, text in self._texts.items()}
        self._longest = max(len(text) for text in self._ids)

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """The longest text of the table at each place."""
        return encoded(texts, lambda text: self._cut(text.encode()))

    def spell(self, ids: Sequence[int]) -> Spelled:
        """The text of each token."""
        return Spelled(tuple(self._texts.get(one, str(one).encode()) for one in ids))

    def _cut(self, text: bytes) -> list[int]:
        found, place = [], 0
        while place < len(text):
            for size in range(min(self._longest, len(text) - place), 0, -1):
                if (number := self._ids.get(text[place : place + size])) is not None:
                    found.append(number)
                    place += size
                    break
            else:
                before, rest = text[:place].decode(errors="ignore"), text[place:]
                raise InvalidInput(
                    f"{rest.decode(errors='replace')[0]!r} at character {len(before)} of the text "
                    "is not in the tokenizer's table: give a text of its characters."
                )
        return found


def _pairs(table: Mapping[Any, Any] | Sequence[str | bytes]) -> Iterable[tuple[int, str | bytes]]:
    """Ids and their texts."""
    pairs = list(table.items() if isinstance(table, Mapping) else enumerate(table))
    if all(isinstance(text, str | bytes) for text, _ in pairs):
        if all(isinstance(text, str | bytes) for _, text in pairs):
            numbers = [number for number, _ in pairs]
            if all(isinstance(one, str) and one.isdecimal() for one in numbers):
                pairs = [(int(number), text) for number, text in pairs]
        else:
            pairs = [(number, text) for text, number in pairs]
    if not pairs or not all(
        isinstance(text, str | bytes) and hasattr(number, "__index__") for number, text in pairs
    ):
        raise InvalidInput("a dict as tokenizer has texts and their ids, such as {'a': 0}.")
    return [(operator.index(number), text) for number, text in pairs]
