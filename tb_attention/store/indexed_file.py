"""One event file or record file, which may grow, be replaced, cut or written anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from tb_attention.files.file_state import FileState
from tb_attention.files.names import shown_name
from tb_attention.files.read import Files
from tb_attention.store.file_contents import FileContents
from tb_attention.store.location import Location
from tb_attention.store.scan import Purge

SETTLED = 1.0
"""Seconds that a file must have stood still to be taken for complete, where it may not be."""

DAMAGED_SETTLED = 30.0
"""The same where it has more damage than what is shown.

Half of it may be from before, while whoever writes over it pauses.
"""

_logger = logging.getLogger(__name__)


class IndexedFile:
    """What is shown of one file; `refresh` reads what is new in it.

    A file that has become another one is scanned beside what is shown, which stays until the new
    one is complete: so a copy that is being made never takes away what was there.
    """

    def __init__(self, path: str, root: str) -> None:
        self.path, self.root = path, root
        self._shown = FileContents(path, root)
        self._beside: FileContents | None = None
        self._state: FileState | None = None
        """Of the file that was scanned last, beside or not."""
        self._since = 0.0
        """When the file was first seen in that state."""
        self._replaced = False
        """Whether what is scanned beside is another file, and not the same one written anew."""
        self._finished = self._doubted = False
        self._error = self._failed = ""

    @property
    def captures(self) -> list[Location]:
        """The captures that are shown."""
        return self._shown.captures

    @property
    def announced(self) -> set[tuple[str, int]]:
        """(tag, step) of what an event file says was logged; the capture is in a record file."""
        return self._shown.announced

    @property
    def purge(self) -> Purge | None:
        """What an event file says its SummaryWriter purges."""
        return self._shown.purge

    @property
    def patience(self) -> float | None:
        """Seconds until the next refresh may show what was scanned beside; None: nothing was."""
        if self._beside is None or not self._finished:
            return None
        worse = self._beside.damage > self._shown.damage
        settled = DAMAGED_SETTLED if worse else SETTLED
        return max(self._since + settled - time.monotonic(), 0.0)

    def doubt(self) -> None:
        """Says that a record is not what was found there, so that all is scanned again."""
        self._doubted = True

    def refresh(self, files: Files) -> Iterator[None]:
        """Reads what has been added; yields each time `captures` has changed.

        Whatever fails is a problem of this file, and is tried again by the next call.
        """
        try:
            state = files.state(self.path)
            if state != self._state or not self._finished or self._doubted:
                self._error = ""
                yield from self._read(files, state)
            if self._beside is not None and self._complete():
                self._shown, self._beside = self._beside, None
                yield
        except OSError as error:
            self._error = f"it cannot be read: {error.strerror or error}"
        except Exception as error:
            failed = f"it cannot be read: {type(error).__name__}, see the output of TensorBoard"
            if self._failed != failed:  # each refresh tries again, and says the same
                _logger.exception("attention: %s cannot be read", shown_name(self.path))
            self._error = self._failed = failed

    def problems(self) -> Iterator[str]:
        """What cannot be shown, in sentences."""
        yield from self._shown.problems()
        if self._beside is not None:
            yield "it is being written anew: what it held before is shown until it stands still"
        if self._error:
            yield self._error

    def _read(self, files: Files, state: FileState) -> Iterator[None]:
        with files.open(self.path) as read:
            before = self._beside or self._shown
            grown = self._state is None or (
                state.identity == self._state.identity
                and (state.size > self._state.size or state == self._state)
                and not self._doubted
                and before.is_begin_of(read)
            )
            if not grown and self._state is not None:
                self._replaced = state.identity != self._state.identity
                self._beside = FileContents(self.path, self.root)
            if state != self._state:
                self._since = time.monotonic()
            self._state, self._finished, self._doubted = state, False, False
            for _ in (self._beside or self._shown).scan(read, state, files.block):
                if self._beside is None:
                    yield
            self._finished = True

    def _complete(self) -> bool:
        """Whether what was scanned beside may take the place of what is shown."""
        assert self._beside is not None
        if not self._finished:
            return False
        # A new file has its name as soon as it is whole, if it was made as files should be made.
        whole = self._replaced and self._beside.steps() >= self._shown.steps()
        return whole or self._beside.begins_with(self._shown) or self.patience == 0
