"""A log directory that a command reads."""

from __future__ import annotations

from tb_attention.errors import NotLogged
from tb_attention.store.index import Index
from tb_attention.store.logdir import roots
from tb_attention.store.store import Store


def opened(directory: str) -> Store:
    """All that is logged in a directory, a path or URL.

    Raises:
        NotLogged: there is no attention in it.
    """
    index = Index(roots(directory or ".", None))
    index.refresh()
    if not index.snapshot.runs:
        raise NotLogged(
            f"there is no attention in {directory}: give the directory that TensorBoard is started "
            "on."
        )
    return Store(index)
