"""Keeps numpy's matrix products to one thread while an answer is computed.

The products of a block of rows are small. With a training run beside it on the same cores, threads
that wait for each other make an answer two to ten times slower, and they take the run's cores away;
on idle cores they gain next to nothing.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """A context in which the products of this process have one thread.

    It is a setting of the process, which threads that enter at once share.
    """
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limit


@cache
def _controller() -> ThreadpoolController:
    """Finding the libraries takes 3 ms, entering 0.07 ms."""
    return ThreadpoolController()
