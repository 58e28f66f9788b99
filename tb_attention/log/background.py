"""Runs jobs one after the other in a daemon thread, with a bounded queue."""

from __future__ import annotations

import os
import queue
import threading
import weakref
from collections.abc import Callable

from tb_attention.log.termination import finish_before_termination


class BackgroundWriter:
    """Runs jobs one after the other in a daemon thread, with a bounded queue.

    What waits is finished before the process ends. A job that raises is handed to `on_failure`, and
    the next one runs. It is closed too when nothing refers to it any more, so no job may refer to
    it.
    """

    def __init__(
        self,
        size: int,
        on_failure: Callable[[Exception], None],
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        """Starts the thread.

        Args:
            size: number of jobs that may wait, >= 1.
            on_failure: called in the thread with what a job raises.
            on_close: called in the thread after the last job.
        """
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(size)
        self._thread = threading.Thread(
            target=_run, args=(self._jobs, on_failure, on_close), name="tb_attention", daemon=True
        )
        self._process = os.getpid()
        # Runs once: by close(), when the writer is collected, or at the end of the process.
        self._finish = weakref.finalize(self, _finish, self._jobs, self._thread, self._process)
        self._thread.start()
        finish_before_termination(self)

    @property
    def full(self) -> bool:
        """Whether the queue has no room now."""
        return self._jobs.full()

    @property
    def closed(self) -> bool:
        """Whether it takes no more jobs.

        After close, and in a forked process (a data loader's), which has no thread.
        """
        return not self._finish.alive or os.getpid() != self._process

    @property
    def unfinished(self) -> int:
        """Number of jobs that wait or run; takes no lock."""
        return self._jobs.unfinished_tasks if os.getpid() == self._process else 0

    def submit(self, job: Callable[[], None], *, block: bool = True) -> bool:
        """Queues a job; returns whether it was queued.

        Where there is no room it waits, or without `block` returns False. Returns False where it is
        closed.
        """
        if self.closed:
            return False
        try:
            self._jobs.put(job, block=block)
        except queue.Full:
            return False
        return True

    def flush(self) -> None:
        """Returns when all jobs that were submitted before have run."""
        if not self.closed:
            self._jobs.join()

    def close(self) -> None:
        """Finishes the jobs and the thread. May be called twice."""
        self._finish()


def _run(
    jobs: queue.Queue[Callable[[], None] | None],
    on_failure: Callable[[Exception], None],
    on_close: Callable[[], None],
) -> None:
    """The thread. Holds no reference to the writer, so that a forgotten one is collected."""
    while (job := jobs.get()) is not None:
        _guarded(job, on_failure)
        del job
        jobs.task_done()
    _guarded(on_close, on_failure)
    jobs.task_done()


def _guarded(job: Callable[[], None], on_failure: Callable[[Exception], None]) -> None:
    try:
        job()
    except Exception as error:  # noqa: BLE001  (the thread must live; on_failure reports it)
        on_failure(error)


def _finish(
    jobs: queue.Queue[Callable[[], None] | None], thread: threading.Thread, process: int
) -> None:
    if os.getpid() != process:
        return
    jobs.put(None)
    if thread is not threading.current_thread():  # the last job may have held the last reference
        thread.join()
