"""The captures of one event file or record file, which may still grow, and what went wrong."""

from __future__ import annotations

import hashlib
import logging
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
from tb_attention.files.read import Files
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.tfrecord import FOOTER, tensor_names
from tb_attention.store.file_problems import FileProblems
from tb_attention.store.fit import misfit_in_file
from tb_attention.store.location import Location
from tb_attention.store.scan import (
    SMALL,
    Purge,
    Record,
    Scanner,
    Tensor,
    payload_is_intact,
    purge_of,
)

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
        self._pending: dict[int, dict[str, tuple[int, Tensor]]] = {}
        """step -> name -> offset of its record, and where it stands there: tensors of captures that
        are not committed yet."""
        self._problems = FileProblems()
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
        yield from replace(
            self._problems,
            corrupt=self._problems.corrupt + self._scanner.corrupt,
            stuck=self._scanner.stuck,
        ).sentences()
        if self._error:
            yield self._error

    def _take(self, read: Read, record: Record) -> Iterator[Location]:
        """Remembers the tensors of the record, and yields the captures that it commits."""
        pending = self._pending.setdefault(record.step, {})
        for value in record.values:
            if not value.content and value.tensor is not None:
                pending[value.tag] = record.offset, value.tensor
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
            parts = {name: pending.pop(name) for name in names if name in pending}
            if value.tensor is None or len(parts) < len(set(names)):
                self._problems.incomplete += 1
                continue
            tensors = {name: tensor for name, (_, tensor) in parts.items()}
            tensors[value.tag] = value.tensor
            if misfit := misfit_in_file(value.tag, data.capture, tensors):
                self._problems.misfit(f"step {record.step} of {value.tag!r}", misfit)
                continue
            offsets = {offset for offset, _ in parts.values()}
            yield self._location(read, record, value.tag, data.capture, offsets)
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
