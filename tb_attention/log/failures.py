"""What could not be logged: reported once as a warning, counted, or raised by a strict logger."""

from __future__ import annotations

import logging
from pathlib import Path

from tb_attention.errors import AttentionError, LoggingFailed

_log = logging.getLogger("tb_attention.logger")


class Failures:
    """What went wrong in one run directory.

    The first failure of a kind is reported at once, the number at the end. If strict it is raised
    from the next call instead. Reported by logging and not by warnings.warn, because a warning can
    be turned into an exception, which would stop the training.
    """

    def __init__(self, directory: Path | str | None, strict: bool) -> None:
        """directory: None where nothing is written."""
        self._place = f" to {directory}" if directory is not None else ""
        self._strict = strict
        self._told: set[str] = set()
        self._raise: AttentionError | None = None
        self.lost = 0
        """Number of captures that were not logged."""

    def capture_lost(self, error: Exception) -> None:
        """A capture could not be made or written, for a reason that is not in the input."""
        self.lost += 1
        what = (
            f"attention could not be logged{self._place}: {sentence(error)} "
            "This capture is lost, training goes on."
        )
        advice = (
            "Make room on the disk and check that the directory can be written."
            if isinstance(error, OSError)
            else ""
        )
        self._tell(type(error).__name__, f"{what} {advice}".rstrip(), error)

    def refused(self, tag: str, error: AttentionError) -> None:
        """An input cannot be logged, under this tag. If strict, raises the error at once."""
        if self._strict:
            raise error
        self.lost += 1
        self._tell(f"tag {tag}", f"{tag!r} is not logged: {sentence(error)}", error)

    def effects_lost(self, tag: str, error: Exception) -> None:
        """An answer or effects could not be measured; the capture is logged without them."""
        what = f"not all that was asked for was measured of {tag!r}: {sentence(error)}"
        self._tell(f"effects {tag}", f"{what} Its attention is logged all the same.", error)

    def small_value_lost(self, error: Exception) -> None:
        """The event file got nothing, the record file has all."""
        what = (
            f"the event file got no head metrics of what was logged{self._place}: {sentence(error)}"
        )
        self._tell("event file", f"{what} The Attention tab still has the whole capture.", error)

    def removed(self) -> None:
        """The files that were written are not there any more."""
        self._tell(
            "removed",
            f"what was logged{self._place} was removed while it is written: it is lost, and what "
            "comes now goes to new files.",
            None,
        )

    def dropped(self, closed: bool) -> None:
        """A capture had no place in the queue."""
        self.lost += 1
        if closed:
            self._tell(
                "closed",
                f"the AttentionLogger that logged{self._place} is closed: what is logged now is "
                "lost.",
                None,
            )
        else:
            self._tell(
                "full",
                "attention was dropped, as writing is behind: log less often, or use "
                'when_full="block".',
                None,
            )

    def tell_rest(self) -> None:
        """Reports how many captures were not logged, when all is over."""
        if self.lost > 1 and not self._strict:
            _log.warning("%d captures were not logged%s.", self.lost, self._place)

    def raise_if_strict(self) -> None:
        """Raises the first failure since the last call."""
        if self._raise is not None:
            error, self._raise = self._raise, None
            raise error

    def _tell(self, kind: str, message: str, cause: Exception | None) -> None:
        if self._strict:
            if self._raise is None:
                self._raise = LoggingFailed(message)
                self._raise.__cause__ = cause
        elif kind not in self._told:
            self._told.add(kind)
            _log.warning("%s", message)


def sentence(error: Exception) -> str:
    """What an error says, with a full stop."""
    text = str(error) or type(error).__name__
    return text if text.endswith(".") else f"{text}."
