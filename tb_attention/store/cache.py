"""Keeps what was read or computed, up to a number of bytes, the most recently used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from cachetools import LRUCache

Made = TypeVar("Made")


class ByteCache:
    """A least-recently-used cache that is bounded by bytes.

    Any thread may use it; two that ask for the same at once may both make it.
    """

    def __init__(self, limit: int) -> None:
        """limit: bytes. What is larger than that is made again each time."""
        self._lock = threading.Lock()
        self._limit = limit
        self._kept: LRUCache[Hashable, tuple[Any, int]] = LRUCache(
            limit, getsizeof=lambda kept: kept[1]
        )

    def get(self, key: Hashable, make: Callable[[], Made], size: Callable[[Made], int]) -> Made:
        """What was kept under the key, or what `make` makes.

        size: returns the bytes of what was made.
        """
        kept = self.find(key)
        if kept is None:
            made = make()
            self.keep(key, made, size(made))
            return made
        value: Made = kept[0]
        return value

    def find(self, key: Hashable) -> tuple[Any, int] | None:
        """What was kept under the key, and its bytes; None where nothing was."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: Hashable, value: object, size: int) -> None:
        """Keeps a value of `size` bytes, if that is not more than may be kept."""
        if size <= self._limit:
            with self._lock:
                self._kept[key] = value, size

    @property
    def bytes(self) -> int:
        """Bytes that are kept now."""
        return int(self._kept.currsize)
