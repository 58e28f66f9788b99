"""What the watchers of attention functions share.

The lock under which functions are replaced, and what they must not see twice.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch

replacing = threading.RLock()
"""Functions are replaced for the whole process.

Another thread that captures waits, so that all are restored in order.
"""

_here = threading.local()


@contextmanager
def watched_call() -> Iterator[None]:
    """Around the attention function of a call that was seen, so that a function which it calls is not taken for a second one."""
    before, _here.seen = is_seen(), True
    try:
        yield
    finally:
        _here.seen = before


def is_seen() -> bool:
    """Whether this thread is inside of a `watched_call`."""
    return getattr(_here, "seen", False)


def recomputing() -> bool:
    """Whether a backward pass runs: gradient checkpointing calls attention a second time there."""
    return torch._C._current_graph_task_id() != -1


def uncompiled() -> Any:
    """Compiled code has the unwatched functions in it.

    Nothing is compiled where dynamo was never imported, which is slow.
    """
    return (
        torch.compiler.set_stance("force_eager")
        if "torch._dynamo" in sys.modules
        else nullcontext()
    )
