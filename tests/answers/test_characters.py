"""Which tokens share a character, against Python's own decoder."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from tb_attention.answers.characters import shown, split_characters


def test_an_emoji_over_three_tokens_is_one_run() -> None:
    assert split_characters((b"a", b" \xf0\x9f", b"\x99", b"\x82", b"b")) == [(1, 3, " \U0001f642")]


def test_tokens_that_reach_into_the_next_character_stay_one_run() -> None:
    stream = "好名x".encode()
    assert split_characters((stream[:2], stream[2:5], stream[5:])) == [(0, 2, "好名x")]


def test_bytes_that_are_no_character_are_not_joined() -> None:
    assert split_characters((b"\xe2\x82", b"<s>", b"\xac", b"\xff", b"\xfe")) == []
    assert split_characters(()) == []


@given(st.text(), st.data())
def test_every_cut_inside_a_character_and_no_other_joins_two_tokens(
    text: str, data: st.DataObject
) -> None:
    stream = text.encode("utf-8", "surrogatepass")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))) | {0, len(stream)})
    tokens = tuple(stream[start:end] for start, end in itertools.pairwise(cuts))
    joined = {place for first, last, _ in split_characters(tokens) for place in range(first, last)}
    whole = _starts_of_characters(stream)
    assert joined == {place for place, cut in enumerate(cuts[1:-1]) if cut not in whole}


def _starts_of_characters(stream: bytes) -> set[int]:
    """Where a character, or a byte that is none, begins."""
    starts, at = set(), 0
    while at < len(stream):
        starts.add(at)
        size = next((n for n in (1, 2, 3, 4) if _is_character(stream[at : at + n])), 1)
        at += size
    return starts | {len(stream)}


def _is_character(piece: bytes) -> bool:
    try:
        return len(piece.decode()) == 1
    except UnicodeDecodeError:
        return False


@given(st.binary(max_size=12).filter(lambda token: b"\\" not in token))
def test_tokens_are_shown_without_losing_a_byte(token: bytes) -> None:
    escaped = re.sub(r"\\x([0-9A-F]{2})", lambda byte: chr(0xDC00 + int(byte[1], 16)), shown(token))
    assert escaped.encode("utf-8", "surrogateescape") == token
