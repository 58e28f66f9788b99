"""What the watchers of attention functions share.

How functions are replaced and restored, what they must not see twice, and that no exception of
theirs reaches the model.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall

Failed = Callable[[Exception], None]
"""Called with an exception of a watcher."""

_here = threading.local()


class _Replaced:
    """What one `with` replaced, and whether it was left."""

    def __init__(self) -> None:
        self.restore, self.left = ExitStack(), False


_lock = threading.RLock()
_replaced: list[_Replaced] = []
"""In the order in which they were begun, by whichever threads."""


@contextmanager
def replacing(replace: Callable[[ExitStack], None]) -> Iterator[None]:
    """Functions are replaced, for the whole process, until the `with` is left.

    No thread waits for another to leave its `with`, for the other may wait for this one. What
    others replaced once more meanwhile is restored when they are done.

    Args:
        replace: replaces them, and puts into the stack what restores them.
    """
    mine = _Replaced()
    try:
        with _lock:
            _replaced.append(mine)
            replace(mine.restore)
        yield
    finally:
        with _lock:
            mine.left = True
            while _replaced and _replaced[-1].left:
                _replaced.pop().restore.close()


@contextmanager
def watched_call() -> Iterator[list[AttentionCall]]:
    """A context around the attention function of a call that is seen.

    A function that it calls is no second call: it is put into the list that is yielded.
    """
    before, _here.inner = inner_calls(), []
    try:
        yield _here.inner
    finally:
        _here.inner = before


def inner_calls() -> list[AttentionCall] | None:
    """The list of the `watched_call` that this thread is inside of, or None."""
    inner: list[AttentionCall] | None = getattr(_here, "inner", None)
    return inner


def recomputing() -> bool:
    """Whether a backward pass runs: gradient checkpointing calls attention a second time there."""
    return torch._C._current_graph_task_id() != -1


def uncompiled() -> Any:
    """A context in which torch.compile runs nothing compiled, which calls unwatched functions.

    Does nothing where dynamo was never imported, which is slow.
    """
    return (
        torch.compiler.set_stance("force_eager")
        if "torch._dynamo" in sys.modules
        else nullcontext()
    )


@contextmanager
def harmless(failed: Failed) -> Iterator[None]:
    """Keeps what a watcher does wrong out of the forward pass that it watches."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  (whatever it is, the model goes on)
        failed(error)


@contextmanager
def reporting(failed: Failed | None) -> Iterator[Failed]:
    """Yields `failed`; where it is None, the first exception is raised when the `with` is left."""
    errors: list[Exception] = []
    yield failed or errors.append
    if errors:
        raise errors[0]
