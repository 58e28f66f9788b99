"""Slow answers: computed in one background thread, partial until they are done, and kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from typing import Any

from tb_attention.answers.blas import one_thread
from tb_attention.store.cache import ByteCache

PATIENCE = 0.5
"""Seconds that a request waits, so that what is quick needs no second one."""

ABANDONED = 10.0
"""Seconds after which work that nobody asks about is given up.

The tab asks every second while it shows it.
"""

Work = Generator[float, None, None]
"""Does a part of the work between two of its yields, each of which is its progress, 0 to 1.

A part should take less than a second.
"""


@dataclass
class Job:
    """Work that was begun.

    Attributes:
        value: the answer, which the work fills.
        work: does the work, a part at a time.
        bytes: size of the answer.
        refines: from this progress on the work only makes more exact what is there, and other work
            goes first. None: never.
    """

    value: Any
    work: Work
    bytes: int
    refines: float | None = None


@dataclass(frozen=True)
class JobState:
    """An answer and its progress; it is partial until `done`.

    Attributes:
        value: the answer.
        progress: 0 to 1.
        done: whether it is complete.
    """

    value: Any
    progress: float
    done: bool


@dataclass
class _Running:
    job: Job
    asked: float
    progress: float = 0.0
    done: bool = False
    error: Exception | None = None

    @property
    def shows(self) -> bool:
        """Whether what is left only makes more exact what is there."""
        return self.job.refines is not None and self.progress >= self.job.refines

    @property
    def turn(self) -> tuple[bool, float]:
        """Of several the largest has the next turn."""
        return not self.shows, self.asked


class Jobs:
    """Works at what was asked for last, a part at a time: a quick question never waits long.

    What has nothing to show yet goes before what is only made more exact.
    """

    def __init__(self, limit: int) -> None:
        """limit: bytes of finished answers that are kept."""
        self._finished = ByteCache(limit)
        self._running: dict[Hashable, _Running] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(
        self, key: Hashable, begin: Callable[[], Job], patience: float | None = None
    ) -> JobState:
        """The answer, partial until `done`, after waiting a moment, or until it shows something.

        Raises what the work raised; the next call then begins anew.

        Args:
            key: what is asked for.
            begin: begins the work; called where the answer is neither kept nor being computed.
            patience: seconds to wait; None: PATIENCE.
        """
        kept = self._finished.find(key)
        if kept is not None:
            return JobState(kept[0], 1.0, True)
        with self._changed:
            running = self._running.get(key)
        if running is None:
            job = begin()
            with self._changed:
                running = self._running.setdefault(key, _Running(job, time.monotonic()))
        with self._changed:
            running.asked = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="attention-answers", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()
            shown = running.shows
            self._changed.wait_for(
                lambda: running.done or running.shows is not shown,
                PATIENCE if patience is None else patience,
            )
            if running.error is not None:
                raise running.error
            return JobState(running.job.value, running.progress, running.done)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._abandon)
                key, running = max(self._running.items(), key=lambda entry: entry[1].turn)
            self._part(key, running)

    def _abandon(self) -> int:
        """Gives up what nobody asks about any more; returns the number of jobs that are left."""
        limit = time.monotonic() - ABANDONED
        self._running = {
            key: running for key, running in self._running.items() if running.asked >= limit
        }
        return len(self._running)

    def _part(self, key: Hashable, running: _Running) -> None:
        ended, error = False, None
        try:
            with one_thread():
                running.progress = next(running.job.work)
        except StopIteration:
            ended = True
            self._finished.keep(key, running.job.value, running.job.bytes)
        except Exception as raised:  # noqa: BLE001  (it is raised where it was asked for)
            error = raised
        if running.shows and not (ended or error):
            with self._changed:
                self._changed.notify_all()
        if ended or error:
            with self._changed:
                running.progress, running.done, running.error = 1.0, True, error
                self._running.pop(key, None)
                self._changed.notify_all()
