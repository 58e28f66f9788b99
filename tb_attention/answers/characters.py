"""Characters that are spread over several tokens, and where a reader must join these."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BYTE = re.compile("[\udc80-\udcff]")


def shown(token: bytes) -> str:
    r"""Bytes as text: UTF-8, and a byte that is no character by itself as \xE2."""
    text = token.decode("utf-8", "surrogateescape")
    return _BYTE.sub(lambda byte: f"\\x{ord(byte[0]) - 0xDC00:02X}", text)


def split_characters(tokens: Sequence[bytes]) -> list[tuple[int, int, str]]:
    """Runs of tokens of which each shares a character with the next.

    Returns:
        (first, last, text) of each run; `text` is what the whole run spells.
    """
    joined = _joined(tokens)
    runs: list[tuple[int, int, str]] = []
    first = 0
    for place in range(len(tokens)):
        if place in joined:
            continue
        if place > first:
            runs.append((first, place, shown(b"".join(tokens[first : place + 1]))))
        first = place + 1
    return runs


def _joined(tokens: Sequence[bytes]) -> set[int]:
    """Places of the tokens that end within a character."""
    stream = b"".join(tokens)
    if stream.isascii():
        return set()
    within: set[int] = set()
    at = 0
    for letter in stream.decode("utf-8", "surrogateescape"):
        size = len(letter.encode("utf-8", "surrogateescape"))
        within.update(range(at + 1, at + size))
        at += size
    joined: set[int] = set()
    end = 0
    for place, token in enumerate(tokens):
        end += len(token)
        if end in within:
            joined.add(place)
    return joined
