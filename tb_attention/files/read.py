"""Reading directories and ranges of bytes, of this machine or at a URL.

The one place where the reading side touches files. Every failure is an OSError.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from tb_attention.files.url import as_os_error, file_layer, is_url, missing

Read = Callable[[int, int], bytes]
"""read(offset, length) returns the bytes of an open file, fewer where the file ends before."""


@dataclass(frozen=True)
class FileState:
    """What shows that a file has changed: its size in bytes, and which file it is.

    Attributes:
        size: bytes.
        identity: device and inode, where the file system has them.
    """

    size: int
    identity: tuple[int, int] | None = None


class Files(Protocol):
    """A file system. `block` is the number of bytes worth reading at once after a jump."""

    block: int

    def walk(self, root: str) -> Iterator[tuple[str, list[str]]]:
        """Yields (directory, names of its files) of root and all that is under it.

        Links are followed, but not in circles.
        """

    def state(self, path: str) -> FileState:
        """Size and identity of a file."""

    def open(self, path: str) -> AbstractContextManager[Read]:
        """A function that reads ranges of the file, for a `with`."""


class LocalFiles:
    """The file system of this machine."""

    block = 4096

    def walk(self, root: str) -> Iterator[tuple[str, list[str]]]:
        """Yields (directory, names of its files) of root and all that is under it.

        Directories under it that cannot be listed are left out.
        """
        directories = [root]
        while directories:
            directory = directories.pop()
            names = []
            try:
                with os.scandir(directory) as entries:
                    for entry in entries:
                        if not _is_directory(entry):
                            names.append(entry.name)
                        elif not (entry.is_symlink() and _leads_back(entry.path, directory)):
                            directories.append(entry.path)
            except OSError:
                if directory == root:
                    raise
                continue
            yield directory, names

    def state(self, path: str) -> FileState:
        """Size and identity of a file."""
        status = os.stat(path)  # noqa: PTH116
        return FileState(status.st_size, (status.st_dev, status.st_ino))

    @contextmanager
    def open(self, path: str) -> Iterator[Read]:
        """A function that reads ranges of the file."""
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123

            def read(offset: int, length: int) -> bytes:
                file.seek(offset)
                parts = []
                while length > 0 and (part := file.read(length)):
                    parts.append(part)
                    length -= len(part)
                return parts[0] if len(parts) == 1 else b"".join(parts)

            yield read


class RemoteFiles:
    """s3://, gs:// and whatever else TensorBoard's file layer reads.

    TensorFlow where it is installed, else boto3 or fsspec.
    """

    block = 1 << 20

    def __init__(self) -> None:
        self._gfile = file_layer()

    def walk(self, root: str) -> Iterator[tuple[str, list[str]]]:
        """Yields (directory, names of its files) of root and all that is under it."""
        if advice := missing(root):
            raise OSError(advice)
        with as_os_error(root):
            if not self._gfile.exists(root):
                raise FileNotFoundError(f"there is no {root}")
            for directory, _, names in self._gfile.walk(root):
                yield directory.rstrip("/"), list(names)

    def state(self, path: str) -> FileState:
        """Size of a file."""
        with as_os_error(path):
            return FileState(int(self._gfile.stat(path).length))

    @contextmanager
    def open(self, path: str) -> Iterator[Read]:
        """A function that reads ranges of the file."""
        with as_os_error(path):
            if hasattr(self._gfile.GFile, "seek"):
                with self._gfile.GFile(path, "rb") as file:

                    def seek_and_read(offset: int, length: int) -> bytes:
                        file.seek(offset)
                        return bytes(file.read(length))

                    yield seek_and_read
            else:
                yield _ranged(path)


def files_of(root: str) -> Files:
    """The file system that holds the log directory `root`, a path or a URL."""
    return RemoteFiles() if is_url(root) else LocalFiles()


def _ranged(path: str) -> Read:
    """Ranged reads through TensorBoard's own file layer, whose GFile reads no ranges."""
    from tensorboard.compat.tensorflow_stub.io.gfile import get_filesystem

    filesystem = get_filesystem(path)

    def read(offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        with as_os_error(path):
            start = {"opaque_offset": offset, "byte_offset": offset}
            data, _ = filesystem.read(path, binary_mode=True, size=length, continue_from=start)
        # boto3's end of a range is inclusive, so s3 gives a byte more.
        return bytes(data[:length])

    return read


def _is_directory(entry: os.DirEntry[str]) -> bool:
    """Whether it is a directory, or a link to one; False of a link that points to itself."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _leads_back(link: str, directory: str) -> bool:
    """Whether the link in the directory points to that directory or to one above it."""
    target, here = os.path.realpath(link), os.path.realpath(directory)
    return os.path.join(here, "").startswith(os.path.join(target, ""))  # noqa: PTH118
