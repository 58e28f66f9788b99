"""What one event file or record file holds, as far as it has been scanned."""

from __future__ import annotations

import hashlib
import math
import sys
from array import array
from collections.abc import Iterator
from dataclasses import replace

from tb_attention import schema
from tb_attention._version import __version__
from tb_attention.errors import UnreadableRecord
from tb_attention.files.file_state import FileState, Read
from tb_attention.files.names import shown_name
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.tfrecord import FOOTER, logged_tag, tensor_names
from tb_attention.store.file_problems import FileProblems
from tb_attention.store.fit import misfit_in_file
from tb_attention.store.location import Location
from tb_attention.store.records import Record, Tensor, Value, payload_is_intact
from tb_attention.store.scan import SMALL, Purge, Scanner, purge_of

CHECKED = 4 << 20
"""Bytes: commit records up to this size have their crc32c checked when they are found.

Larger ones have it checked when they are read.
"""

SAMPLED = 64
"""Records that are compared where a file has grown, to see that it was not written anew."""


class FileContents:
    """The captures of a file that only grows; `scan` goes on where it stopped."""

    def __init__(self, path: str, root: str) -> None:
        self._path, self._root = path, root
        self.captures: list[Location] = []
        self.announced: set[tuple[str, int]] = set()
        """(tag, step) of what an event file says was logged.

        The capture itself is in a record file.
        """
        self.purge: Purge | None = None
        """What an event file says its SummaryWriter purges."""
        self._scanner = Scanner()
        self._pending: dict[int, dict[str, tuple[Record, Tensor]]] = {}
        """step -> name -> its record, and where it stands there: tensors of captures that are not
        committed yet."""
        self._problems = FileProblems()
        self._ends, self._footers = array("Q"), array("I")
        """Where the records end that have something of ours, and the checksums behind them."""
        self._last = b""
        """The bytes behind the last record of all."""

    def scan(self, read: Read, state: FileState, block: int) -> Iterator[None]:
        """Reads on to the end of the file; yields each time `captures` has changed."""
        if self._scanner.position < SMALL:
            self.purge = purge_of(read, state.size)
        for record in self._scanner.scan(read, state.size, block):
            for location in self._take(read, record):
                self.captures.append(location)
                yield
            self._ends.append(record.end)
            self._footers.append(record.footer)
        self._last = self._behind_the_last(read)

    def is_begin_of(self, read: Read) -> bool:
        """Whether the file still begins with what was scanned, by some of its checksums."""
        count = len(self._ends)
        places = {*range(0, count, max(count // SAMPLED, 1)), *([count - 1] if count else [])}
        return self._behind_the_last(read) == self._last and all(
            read(self._ends[place], FOOTER.size) == FOOTER.pack(self._footers[place])
            for place in sorted(places)
        )

    def steps(self) -> set[tuple[str, int]]:
        """(tag, step) of what the file holds."""
        return {(capture.tag, capture.step) for capture in self.captures}

    def begins_with(self, other: FileContents) -> bool:
        """Whether this holds all that the other holds, bit by bit."""
        same = self.captures[: len(other.captures)] == other.captures
        return same and self.announced >= other.announced

    @property
    def damage(self) -> int:
        """How many places of the file are damaged."""
        return self._problems.corrupt + self._scanner.corrupt + self._scanner.stuck

    def problems(self) -> Iterator[str]:
        """What cannot be shown, in sentences."""
        yield from replace(
            self._problems,
            corrupt=self._problems.corrupt + self._scanner.corrupt,
            stuck=self._scanner.stuck,
        ).sentences()

    def _behind_the_last(self, read: Read) -> bytes:
        position = self._scanner.position
        return read(position - FOOTER.size, FOOTER.size) if position else b""

    def _take(self, read: Read, record: Record) -> Iterator[Location]:
        """Remembers the tensors of the record, and yields the captures that it commits."""
        pending = self._pending.setdefault(record.step, {})
        for value in record.values:
            value.tag = logged_tag(value.tag, self._path)
            if not value.content and value.tensor is not None:
                pending[value.tag] = record, value.tensor
        described = [value for value in record.values if value.content]
        if (
            described
            and record.end - record.start <= CHECKED
            and not payload_is_intact(read, record)
        ):
            self._problems.corrupt += 1
            described = []
        for value in described:
            try:
                data = parse_plugin_data(value.content)
            except UnreadableRecord as error:
                self._problems.refuse(str(error))
                continue
            if not data.HasField("capture"):
                self.announced.add((value.tag, record.step))
                continue
            names = tensor_names(value.tag, data.capture)
            location = self._committed(record, value, data.capture, names)
            for name in names:
                pending.pop(name, None)
            if location is not None:
                yield location
        if not pending:
            del self._pending[record.step]

    def _committed(
        self, record: Record, value: Value, capture: schema.Capture, names: list[str]
    ) -> Location | None:
        """The capture that the value commits; None, and a problem, where it is not whole."""
        pending = self._pending[record.step]
        parts = {name: pending[name] for name in names if name in pending}
        if value.tensor is None or len(parts) < len(set(names)):
            self._problems.incomplete += 1
            return None
        tensors = {name: tensor for name, (_, tensor) in parts.items()}
        tensors[value.tag] = value.tensor
        if misfit := misfit_in_file(value.tag, capture, tensors):
            self._problems.misfit(f"step {record.step} of {value.tag!r}", misfit)
            return None
        of = {part.offset: part.footer for part, _ in parts.values()}
        of[record.offset] = record.footer
        return self._location(record, value.tag, capture, of)

    def _location(
        self, record: Record, tag: str, capture: schema.Capture, footers: dict[int, int]
    ) -> Location:
        """footers: offset -> checksum of each of its records."""
        records = array("Q", sorted(footers))
        checksums = array("I", (footers[offset] for offset in records))
        where = f"{__version__} {shown_name(self._path)} {record.offset} {tag} "
        name = where.encode() + b"".join(map(FOOTER.pack, checksums))
        return Location(
            root=self._root,
            path=self._path,
            tag=tag,
            step=record.step,
            wall_time=record.wall_time if math.isfinite(record.wall_time) else 0.0,
            session=sys.intern(capture.session),
            files=capture.files if capture.HasField("files") else None,
            records=records,
            checksums=checksums,
            commit=record.offset,
            tokens=max((len(each.tokens) for each in capture.sequences), default=0),
            version=hashlib.blake2s(name, digest_size=6).hexdigest(),
        )
