"""The file system of this machine, where anything may stand in a log directory.

A pipe would make its reader wait for ever and links may lead in circles, so only regular files are
opened, and each directory is listed once.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from tb_attention.files.file_state import Failed, FileState, Read, ignored

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a directory",
}

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""A file that is exchanged for a pipe between two calls must not be waited for."""


class LocalFiles:
    """The file system of this machine."""

    block = 4096

    def walk(self, root: str, failed: Failed = ignored) -> Iterator[tuple[str, list[str]]]:
        """Yields (directory, names of its files) of root and all that is under it.

        Links are followed after all that is there without them, and no directory comes twice.

        Args:
            root: the directory.
            failed: called for a directory under it that cannot be listed.

        Raises:
            OSError: root cannot be listed.
        """
        known: set[Hashable] = set()
        directories, links = [root], deque[str]()
        while directories or links:
            directory = directories.pop() if directories else links.popleft()
            try:
                identity = _identity(directory)
                if identity in known:
                    continue
                known.add(identity)
                with os.scandir(directory) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except (FileNotFoundError, NotADirectoryError):
                if directory == root:
                    raise
                continue  # it has vanished since
            except OSError as error:
                if directory == root:
                    raise
                failed(directory, error)
                continue
            names = []
            for entry in listed:
                if not _is_directory(entry):
                    names.append(entry.name)
                elif entry.is_symlink():
                    links.append(entry.path)
                else:
                    directories.append(entry.path)
            yield directory, names

    def state(self, path: str) -> FileState:
        """Size, identity and times of a file.

        Raises:
            OSError: it is not there, or no regular file.
        """
        status = os.stat(path)  # noqa: PTH116
        _refuse_special(status)
        return FileState(
            status.st_size,
            (status.st_dev, status.st_ino),
            (status.st_mtime_ns, status.st_ctime_ns),
        )

    @contextmanager
    def open(self, path: str) -> Iterator[Read]:
        """A function that reads ranges of the file.

        Raises:
            OSError: it cannot be opened, or is no regular file; a pipe is not even opened.
        """
        _refuse_special(os.stat(path))  # noqa: PTH116
        with open(path, "rb", buffering=0, opener=_opened) as file:
            _refuse_special(os.fstat(file.fileno()))

            def read(offset: int, length: int) -> bytes:
                file.seek(offset)
                parts = []
                while length > 0 and (part := file.read(length)):
                    parts.append(part)
                    length -= len(part)
                return parts[0] if len(parts) == 1 else b"".join(parts)

            yield read


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | _AT_ONCE)


def _refuse_special(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise OSError(f"it is {kind}, and only regular files are opened")


def _identity(directory: str) -> Hashable:
    """Which directory it is, however many links lead to it."""
    status = os.stat(directory)  # noqa: PTH116
    if status.st_ino:
        return status.st_dev, status.st_ino
    return os.path.realpath(directory)  # some file systems number nothing


def _is_directory(entry: os.DirEntry[str]) -> bool:
    """Whether it is a directory, or a link to one; False of a link that points to itself."""
    try:
        return entry.is_dir()
    except OSError:
        return False
