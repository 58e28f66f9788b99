"""Answers that take a while: computed in one background thread, told as far as they are, and kept.

Comes in: a key, and a function that begins the work. Goes out: the value so far, how far it is, and
whether it is done.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from typing import Any

from tb_attention.answers.blas import one_thread
from tb_attention.store.cache import ByteCache

PATIENCE = 0.5
"""Seconds that an asker waits, so that what is quick needs no second request."""

ABANDONED = 10.0
"""Seconds after which work that nobody asks about is given up.

The tab asks every second while it shows it.
"""

Work = Generator[float, None, None]
"""Does a part of the work between two of its yields, each of which tells how far it is, 0 to 1.

A part should take less than a second.
"""


@dataclass
class Job:
    """Work that was begun. value: what it fills; bytes: how much that is."""

    value: Any
    work: Work
    bytes: int


@dataclass(frozen=True)
class JobState:
    """How far an answer is: progress 0 to 1."""

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


class Jobs:
    """Works at what was asked for last, a part at a time, so that a quick question never waits for a long answer."""

    def __init__(self, limit: int) -> None:
        """limit: bytes of finished answers that are kept."""
        self._finished = ByteCache(limit)
        self._running: dict[Hashable, _Running] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(
        self, key: Hashable, begin: Callable[[], Job], patience: float | None = None
    ) -> JobState:
        """The answer as far as it is, after waiting a moment.

        `begin` is called where it is not kept and not being worked at.

        Raises what the work raised; the next asking then begins anew.
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
            self._changed.wait_for(lambda: running.done, PATIENCE if patience is None else patience)
            if running.error is not None:
                raise running.error
            return JobState(running.job.value, running.progress, running.done)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._abandon)
                key, running = max(self._running.items(), key=lambda entry: entry[1].asked)
            self._part(key, running)

    def _abandon(self) -> int:
        """Gives up what nobody asks about any more; the number of jobs that are left."""
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
        if ended or error:
            with self._changed:
                running.progress, running.done, running.error = 1.0, True, error
                self._running.pop(key, None)
                self._changed.notify_all()
