"""What is known of a file, and the function that reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[int, int], bytes]
"""read(offset, length) returns the bytes of an open file, fewer where the file ends before."""

Failed = Callable[[str, OSError], None]
"""failed(directory, error) is called for a directory that cannot be listed."""


@dataclass(frozen=True)
class FileState:
    """What shows that a file has changed: its size, which file it is, and when it was written.

    Attributes:
        size: bytes.
        identity: device and inode, where the file system has them.
        written: when its bytes and when its status were changed, in nanoseconds, where the file
            system says so. Copies that keep the first change the second.
    """

    size: int
    identity: tuple[int, int] | None = None
    written: tuple[int, int] | None = None


def ignored(directory: str, error: OSError) -> None:
    """For those whom directories that cannot be listed do not concern."""
