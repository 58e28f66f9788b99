"""Does a job in a thread of its own, such as reading a large log directory.

So neither TensorBoard's start nor a request waits for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_logger = logging.getLogger(__name__)


class Refresher:
    """Does one job in a daemon thread, whenever it is asked to.

    If asked while it is at work, it does the job once more.
    """

    def __init__(self, job: Callable[[], None]) -> None:
        self._job = job
        self._changed = threading.Condition()
        self._asked = self._done = 0
        self._thread: threading.Thread | None = None

    def ask(self) -> int:
        """Asks for the job and does not wait. Returns the number of this call."""
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
        """Waits until a job that began after that call of `ask` is done; returns whether it is.

        seconds: it waits at most this long.
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
                # The next `ask` tries again; if the thread died, the tab would wait for ever.
                _logger.exception("attention: reading the log directory failed")
            with self._changed:
                self._done = number
                self._changed.notify_all()
