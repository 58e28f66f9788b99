"""Does a job in a thread of its own, so that neither TensorBoard's start nor a request waits for a large log directory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_logger = logging.getLogger(__name__)


class Refresher:
    """Does one job in a daemon thread, whenever it is asked to.

    Asking while it is at work makes it do the job once more.
    """

    def __init__(self, job: Callable[[], None]) -> None:
        self._job = job
        self._changed = threading.Condition()
        self._asked = self._done = 0
        self._thread: threading.Thread | None = None

    def ask(self) -> int:
        """Asks for the job and does not wait. Returns the number of this asking."""
        with self._changed:
            self._asked += 1
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="attention-index", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()
            return self._asked

    def wait(self, number: int, seconds: float) -> bool:
        """Waits, at most so many seconds, until a job that began after this asking is done.

        Returns whether it is.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._done >= number, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked > self._done)
                number = self._asked
            try:
                self._job()
            except Exception:
                # The next asking tries again; a thread that died would leave the tab waiting for
                # ever.
                _logger.exception("attention: reading the log directory failed")
            with self._changed:
                self._done = number
                self._changed.notify_all()
