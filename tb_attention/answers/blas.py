"""Keeps numpy's matrix products to one thread while an answer is computed.

The products of a block of rows are small. With a training run beside it on the same cores, threads
that wait for each other make an answer two to ten times slower, and they take the run's cores away;
on idle cores they gain next to nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_answers = 0
_limit = ExitStack()


@contextmanager
def one_thread() -> Iterator[None]:
    """A context in which the products of this process have one thread.

    It is a setting of the process: the first answer makes it and the last one takes it back, so
    that none of them takes the setting of another for the one to go back to.
    """
    global _answers
    with _lock:
        if _answers == 0:
            _limit.enter_context(_controller().limit(limits=1, user_api="blas"))
        _answers += 1
    try:
        yield
    finally:
        with _lock:
            _answers -= 1
            if _answers == 0:
                _limit.close()


@cache
def _controller() -> ThreadpoolController:
    """Finding the libraries takes 3 ms, entering 0.07 ms."""
    return ThreadpoolController()
