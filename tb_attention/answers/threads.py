"""Several parts of a slow answer at once: numpy leaves the interpreter to others meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event

from tb_attention.answers.blas import one_thread
from tb_attention.answers.jobs import Work

THREADS = min(os.cpu_count() or 1, 4)
"""So many parts are worked at at once: each holds the tensors of a layer, and takes a core."""

TURN = 0.1
"""Seconds after which other answers have a turn."""


def in_threads(parts: Iterable[Work], count: int) -> Work:
    """Works at parts that do not depend on each other, in their order, THREADS at once.

    Parts that were begun are worked at while other answers have a turn. Where the work is given
    up, or a part fails, none of them outlives its next yield.

    Example:
        >>> list(in_threads((iter((0.5, 1.0)) for _ in range(2)), 2))[-1]
        1.0

    Args:
        parts: of the work, each of which yields its progress, 0 to 1.
        count: number of parts.
    """
    if THREADS == 1:
        for number, part in enumerate(parts):
            for done in part:
                yield (number + done) / count
        return
    given_up, progress = Event(), [0.0] * count

    def work(number: int, part: Work) -> None:
        with one_thread():
            for done in part:
                progress[number] = done
                if given_up.is_set():
                    return

    with ThreadPoolExecutor(THREADS, "attention-answer") as pool:
        begin = (pool.submit(work, number, part) for number, part in enumerate(parts))
        running: set[Future[None]] = set(islice(begin, THREADS))
        try:
            while running:
                ended, running = wait(running, TURN, FIRST_COMPLETED)
                for each in ended:
                    each.result()
                running |= set(islice(begin, len(ended)))
                yield sum(progress) / count
        finally:
            given_up.set()
