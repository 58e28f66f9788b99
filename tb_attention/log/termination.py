"""What waits is written before the process ends by SIGTERM, as clusters end it.

Only where nobody else handles SIGTERM, and only by waiting: the process then ends by the signal, as
it would have. A second SIGTERM ends it at once. Who wants that from the first one on sets
`signal.signal(SIGTERM, SIG_DFL)` after the logger was made.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import weakref
from types import FrameType
from typing import Protocol

GRACE = 90.0
"""Seconds to wait at most. Clusters kill after 30 (Kubernetes, Slurm) to 120."""

_PAUSE = 0.02


class Unfinished(Protocol):
    """Something that works in the background."""

    @property
    def unfinished(self) -> int:
        """Number of jobs that wait or run. Takes no lock: the main thread may hold it."""


_waited_for: weakref.WeakSet[Unfinished] = weakref.WeakSet()


def finish_before_termination(worker: Unfinished) -> None:
    """Lets SIGTERM wait until the worker has nothing left to do.

    Has no effect outside of the main thread, to which signals belong.
    """
    _waited_for.add(worker)
    if (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    ):
        signal.signal(signal.SIGTERM, _finish)


def _finish(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    workers = list(_waited_for)
    until = time.monotonic() + GRACE
    while time.monotonic() < until and any(worker.unfinished for worker in workers):
        time.sleep(_PAUSE)
    signal.raise_signal(number)


def _forget() -> None:
    """In a forked process, such as a data loader's, which has none of the threads."""
    if signal.getsignal(signal.SIGTERM) is _finish:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
