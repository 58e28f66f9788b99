"""The captures of one event file or record file, which may still grow, and what went wrong."""

from __future__ import annotations

import hashlib
import logging
import math
import sys
from array import array
from collections import Counter
from collections.abc import Iterator

from tb_attention import __version__, schema
from tb_attention.errors import UnreadableRecord
from tb_attention.files.file_state import FileState, Read
from tb_attention.files.names import shown_name
from tb_attention.files.read import Files
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.tfrecord import FOOTER, tensor_names
from tb_attention.store.location import Location
from tb_attention.store.scan import SMALL, Purge, Record, Scanner, payload_is_intact, purge_of

_logger = logging.getLogger(__name__)

CHECKED = 4 << 20
"""Bytes: commit records up to this size have their crc32c checked when they are found.

Larger ones have it checked when they are read.
"""


class IndexedFile:
    """The captures of one file; `refresh` reads what is new in it."""

    def __init__(self, path: str, root: str) -> None:
        self.path, self.root = path, root
        self._restart()

    def _restart(self) -> None:
        self.captures: list[Location] = []
        self.announced: set[tuple[str, int]] = set()
        """(tag, step) of what an event file says was logged.

        The capture itself is in a record file.
        """
        self.purge: Purge | None = None
        """What an event file says its SummaryWriter purges."""
        self._scanner = Scanner()
        self._state: FileState | None = None
        self._pending: dict[int, dict[str, int]] = {}
        """step -> name -> offset of its record: tensors of captures that are not committed yet."""
        self._corrupt = self._incomplete = 0
        self._refused: Counter[str] = Counter()
        self._finished = False
        self._error = self._failed = ""

    def refresh(self, files: Files) -> Iterator[None]:
        """Reads what has been added; yields each time `captures` has changed.

        A file that was replaced or cut is read anew. Whatever fails is a problem of this file, and
        is tried again by the next call.
        """
        try:
            state = files.state(self.path)
            if self._state is not None and (
                state.size < self._state.size or state.identity != self._state.identity
            ):
                self._restart()
                yield
            if state == self._state and self._finished:
                return
            self._state, self._finished, self._error = state, False, ""
            with files.open(self.path) as read:
                if self._scanner.position < SMALL:
                    self.purge = purge_of(read, state.size)
                for record in self._scanner.scan(read, state.size, files.block):
                    for location in self._take(read, record):
                        self.captures.append(location)
                        yield
            self._finished = True
        except OSError as error:
            self._error = f"it cannot be read: {error.strerror or error}"
        except Exception as error:
            failed = f"it cannot be read: {type(error).__name__}, see the output of TensorBoard"
            if self._failed != failed:  # each refresh tries again, and says the same
                _logger.exception("attention: %s cannot be read", shown_name(self.path))
            self._error = self._failed = failed

    def problems(self) -> Iterator[str]:
        """What cannot be shown, in sentences."""
        corrupt = self._corrupt + self._scanner.corrupt
        if corrupt:
            yield f"{count(corrupt, 'corrupt record')} skipped"
        if self._scanner.stuck:
            yield "the length of a record is damaged: what was written behind it cannot be found"
        if self._incomplete:
            yield f"{count(self._incomplete, 'capture')} left out: tensors are missing"
        for sentence, number in self._refused.items():
            yield f"{count(number, 'capture')} left out: {sentence}"
        if self._error:
            yield self._error

    def _take(self, read: Read, record: Record) -> Iterator[Location]:
        """Remembers the tensors of the record, and yields the captures that it commits."""
        pending = self._pending.setdefault(record.step, {})
        pending.update((value.tag, record.offset) for value in record.values if not value.content)
        described = [value for value in record.values if value.content]
        if (
            described
            and record.end - record.start <= CHECKED
            and not payload_is_intact(read, record)
        ):
            self._corrupt += 1
            described = []
        for value in described:
            try:
                data = parse_plugin_data(value.content)
            except UnreadableRecord as error:
                self._refused[str(error).rstrip(".")] += 1
                continue
            if data.HasField("capture"):
                names = tensor_names(value.tag, data.capture)
                if value.tensor is None or not pending.keys() >= set(names):
                    self._incomplete += 1
                else:
                    yield self._location(
                        read,
                        record,
                        value.tag,
                        data.capture,
                        {pending[name] for name in names},
                    )
                for name in names:
                    pending.pop(name, None)
            else:
                self.announced.add((value.tag, record.step))
        if not pending:
            del self._pending[record.step]

    def _location(
        self,
        read: Read,
        record: Record,
        tag: str,
        capture: schema.Capture,
        offsets: set[int],
    ) -> Location:
        records = array("Q", sorted(offsets | {record.offset}))
        name = f"{__version__} {shown_name(self.path)} {record.offset} {tag} ".encode() + read(
            record.end, FOOTER.size
        )
        return Location(
            root=self.root,
            path=self.path,
            tag=tag,
            step=record.step,
            wall_time=record.wall_time if math.isfinite(record.wall_time) else 0.0,
            session=sys.intern(capture.session),
            files=capture.files if capture.HasField("files") else None,
            records=records,
            commit=record.offset,
            version=hashlib.blake2s(name, digest_size=6).hexdigest(),
        )


def count(number: int, noun: str) -> str:
    """1 capture, 2 captures."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
