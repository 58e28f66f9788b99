"""Protobuf messages in a file, walked field by field, with only a window of bytes in memory.

Fields can be jumped over.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_attention.files.file_state import Read

LARGEST_BLOCK = 1 << 20
"""Bytes read at once where records are read one after the other."""

LARGEST_TEXT = 64 << 20
"""Bytes: no tag and no description is larger.

Unless it is damaged, or made to take the memory of the reader.
"""

_FIXED = {1: 8, 5: 4}
"""Wire type -> bytes."""


class Damaged(Exception):
    """Bytes that are no record, or no Event."""


class Shortened(OSError):
    """The file ends before its end of a moment ago: somebody is rewriting it."""


class Window:
    """Part of a file, held in memory; moves along as bytes are asked for."""

    def __init__(self, read: Read, block: int) -> None:
        """block: bytes to read after a jump; reading on without a jump reads ever more at once."""
        self._read, self._first, self._block = read, block, block
        self.base, self.data = 0, b""

    def hold(self, start: int, length: int) -> int:
        """Makes sure that `data` holds these bytes; returns where in `data` they begin."""
        place = start - self.base
        if 0 <= place and place + length <= len(self.data):
            return place
        onwards = 0 <= place <= len(self.data) + self._block
        self._block = min(self._block * 4, LARGEST_BLOCK) if onwards else self._first
        self.base, self.data = start, self._read(start, max(length, self._block))
        if len(self.data) < length:
            raise Shortened("the file is being rewritten")
        return 0

    def bytes(self, start: int, end: int) -> bytes:
        """The bytes from start to end, of a tag, number or description.

        Raises:
            Damaged: they are more than LARGEST_TEXT.
        """
        if end - start > LARGEST_TEXT:
            raise Damaged("a tag or description is too large")
        place = start - self.base
        if place < 0 or place + end - start > len(self.data):
            place = self.hold(start, end - start)
        return self.data[place : place + end - start]

    def field(self, start: int, end: int) -> tuple[int, int, int]:
        """The protobuf field that begins at start, in a message that ends at end.

        Returns:
            (key, first, last). key: field number << 3 | wire type. first, last: where its bytes
            begin and end; of a varint, its value and where it ends.

        Raises:
            Damaged: there is no field.
        """
        place = start - self.base
        data = self.data
        if place < 0 or place + 20 > len(data):
            place = self.hold(start, min(20, end - start))
            data = self.data
        try:
            # One byte below 128; calling a function for it would double the time of a scan.
            key = data[place]
            place += 1
            if key >= 0x80:
                key, place = _varint(data, place - 1)
            wire = key & 7
            if wire == 2:
                length = data[place]
                place += 1
                if length >= 0x80:
                    length, place = _varint(data, place - 1)
                first = self.base + place
                last = first + length
            elif wire == 0:
                first, place = _varint(data, place)
                last = self.base + place
            else:
                first = self.base + place
                last = first + _FIXED[wire]
        except (IndexError, KeyError) as error:
            raise Damaged("a field is cut off, or of an unknown wire type") from error
        if last > end:
            raise Damaged("a field does not fit its message")
        return key, first, last


def fields(window: Window, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields of the message between start and end, as Window.field returns them."""
    while start < end:
        key, first, last = window.field(start, end)
        yield key, first, last
        start = last


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """The varint at the place in the data, and the place behind it."""
    byte = data[place]
    if byte < 0x80:
        return byte, place + 1
    value = byte & 0x7F
    for shift in range(7, 70, 7):
        place += 1
        byte = data[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, place + 1
    raise Damaged("a number is too long")
