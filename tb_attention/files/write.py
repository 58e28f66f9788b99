"""Directories that records are written to, of this machine or at a URL."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from tb_attention.files.url import as_os_error, file_layer, is_url


class Output(Protocol):
    """A file that is written from its beginning to its end."""

    @property
    def full(self) -> bool:
        """Whether what comes next belongs into another file."""

    def append(self, data: bytes) -> None:
        """Adds bytes; in one piece, or none of them count."""

    def flush(self, sync: bool = False) -> None:
        """Makes all that was added readable for others.

        sync: and forces it onto the disk of this machine.
        """

    def close(self) -> None:
        """Flushes, and adds no more."""

    def abandon(self) -> bool:
        """Adds no more after a failure, and gives back what was added since the last flush.

        Returns whether the file stays: where nothing was ever flushed it is removed.
        """

    def removed(self) -> bool:
        """Whether somebody has removed the file, so that nobody can read what is added."""


class Place(Protocol):
    """A directory, which need not be there yet."""

    @property
    def path(self) -> Path | str:
        """A Path, or a URL without a slash at its end."""

    def below(self, *names: str) -> Place:
        """A directory in this one."""

    def names(self) -> set[str]:
        """Names of the files in it."""

    def create(self, name: str, full: int) -> Output:
        """A new file in the directory, which is made.

        full: number of bytes from which on the file is full, where a file cannot grow in place.
        """

    def identity(self) -> str:
        """The same for two ways to write the same directory."""


def place_at(where: str | os.PathLike[str]) -> Place:
    """The directory at a path, or at a URL."""
    return RemotePlace(os.fspath(where)) if is_url(where) else LocalPlace(Path(where))


class LocalPlace:
    """A directory of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def below(self, *names: str) -> LocalPlace:
        """A directory in this one."""
        return LocalPlace(self.path.joinpath(*names))

    def names(self) -> set[str]:
        """Names of the files in it."""
        return {path.name for path in self.path.iterdir()} if self.path.is_dir() else set()

    def create(self, name: str, full: int) -> _LocalOutput:
        """A new file in the directory, which is made; it is never full."""
        self.path.mkdir(parents=True, exist_ok=True)
        return _LocalOutput(self.path / name)

    def identity(self) -> str:
        """The path without links."""
        return str(self.path.resolve())


class _LocalOutput:
    """Every record goes to the operating system in one piece, as soon as it is added."""

    full = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._flushed = 0
        self._file = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
        )

    def append(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # a nearly full disk takes a part, and fails with the next call
            rest = rest[os.write(self._file, rest) :]

    def flush(self, sync: bool = False) -> None:
        if sync:
            os.fsync(self._file)
        self._flushed = os.lseek(self._file, 0, os.SEEK_CUR)

    def close(self) -> None:
        os.close(self._file)

    def abandon(self) -> bool:
        # Half a capture on a full disk would eat what is freed, before the training's checkpoints.
        with suppress(OSError):  # what cannot be given back stays, and no reader shows it
            os.ftruncate(self._file, self._flushed)
        self.close()
        if self._flushed == 0:
            self._path.unlink(missing_ok=True)
        return self._flushed > 0

    def removed(self) -> bool:
        try:
            there = self._path.stat()
        except OSError:
            return True
        return not os.path.samestat(there, os.fstat(self._file))


class RemotePlace:
    """A directory at a URL, by TensorBoard's own file layer."""

    def __init__(self, url: str) -> None:
        self.path = url.rstrip("/")

    def below(self, *names: str) -> RemotePlace:
        """A directory in this one."""
        return RemotePlace("/".join((self.path, *names)))

    def names(self) -> set[str]:
        """Names of the files in it."""
        with as_os_error(self.path):
            files = file_layer()
            return set(files.listdir(self.path)) if files.isdir(self.path) else set()

    def create(self, name: str, full: int) -> _RemoteOutput:
        """A new file in the directory, which is made. full: bytes from which on it is full."""
        with as_os_error(self.path):
            file_layer().makedirs(self.path)
        return _RemoteOutput(f"{self.path}/{name}", full)

    def identity(self) -> str:
        """The URL."""
        return self.path


class _RemoteOutput:
    """A file at a URL: an object store takes whole files only.

    What was added is kept here, and `flush` writes all of it anew. What was flushed before is at no
    risk where the store replaces a file in one go, as s3 and gs do.
    """

    def __init__(self, url: str, full: int) -> None:
        self._url, self._full = url, full
        self._data = bytearray()
        self._written = 0

    @property
    def full(self) -> bool:
        return len(self._data) >= self._full

    def append(self, data: bytes) -> None:
        self._data += data

    def flush(self, sync: bool = False) -> None:
        if self._written < len(self._data):
            with as_os_error(self._url), file_layer().GFile(self._url, "wb") as file:
                file.write(bytes(self._data))
            self._written = len(self._data)

    def close(self) -> None:
        self.flush()

    def abandon(self) -> bool:
        return self._written > 0

    def removed(self) -> bool:
        return False  # each flush writes all of it
