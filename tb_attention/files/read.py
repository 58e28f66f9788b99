"""Reading directories and ranges of bytes, of this machine or at a URL.

The one place where the reading side touches files: `files/local.py` on this machine, and what
stands here at a URL. Every failure is an OSError.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from tb_attention.files.file_state import Failed, FileState, Read, ignored
from tb_attention.files.local import LocalFiles
from tb_attention.files.url import as_os_error, file_layer, is_url, missing


class Files(Protocol):
    """A file system. `block` is the number of bytes worth reading at once after a jump."""

    block: int

    def walk(self, root: str, failed: Failed = ignored) -> Iterator[tuple[str, list[str]]]:
        """Yields (directory, names of its files) of root and all that is under it.

        No directory comes twice. failed: called for one under root that cannot be listed.
        """

    def state(self, path: str) -> FileState:
        """What shows whether a file has changed; an OSError where it is no regular file."""

    def open(self, path: str) -> AbstractContextManager[Read]:
        """A function that reads ranges of the file, for a `with`."""


class RemoteFiles:
    """s3://, gs:// and whatever else TensorBoard's file layer reads.

    TensorFlow where it is installed, else boto3 or fsspec.
    """

    block = 1 << 20

    def __init__(self) -> None:
        self._gfile = file_layer()

    def walk(self, root: str, failed: Failed = ignored) -> Iterator[tuple[str, list[str]]]:
        """Yields (directory, names of its files) of root and all that is under it.

        The file layer lists all or nothing, so `failed` is never called.
        """
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
