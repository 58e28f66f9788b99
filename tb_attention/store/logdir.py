"""The directories that TensorBoard was started on (--logdir, --logdir_spec), and names of runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tb_attention.files.names import shown_name
from tb_attention.files.url import is_url, path_rules
from tb_attention.record.tfrecord import DIRECTORY, is_event_file, is_record_file


@dataclass(frozen=True)
class Root:
    """A directory that is searched for runs.

    Attributes:
        path: path or URL.
        name: what the names of its runs begin with, as in --logdir_spec=name:path.
    """

    path: str
    name: str = ""

    def run(self, directory: str) -> str:
        r"""The name of the run in a directory of this root, as TensorBoard shows it.

        Relative to the root, "." for the root itself; bytes that are no UTF-8 are \xe9.
        """
        path = path_rules(self.path)
        relative: str = path.relpath(directory, self.path)
        # TensorBoard joins name and "." too, and so shows "name/.".
        return shown_name(str(path.join(self.name, relative)) if self.name else relative)

    def run_of_records(self, directory: str) -> str | None:
        """The name of the run whose record files stand in the directory.

        None where a directory of that name holds no record files.
        """
        path = path_rules(self.path)
        run = directory
        for name in reversed(DIRECTORY):
            run, last = path.split(run)
            if last != name or len(run) < len(self.path.rstrip("/")):
                return None
        return self.run(run)

    def record_files(self, directory: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(run, path) of the record files among the names of files in the directory."""
        run = self.run_of_records(directory)
        if run is not None:
            for name in filter(is_record_file, names):
                yield run, self._join(directory, name)

    def event_files(self, directory: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(run, path) of the event files among the names of files in the directory."""
        for name in filter(is_event_file, names):
            yield self.run(directory), self._join(directory, name)

    def _join(self, directory: str, name: str) -> str:
        return f"{directory}{path_rules(self.path).sep}{name}"


def roots(logdir: str | None, logdir_spec: str | None) -> list[Root]:
    """The roots of the flags; --logdir goes before --logdir_spec.

    Empty where TensorBoard was given neither.
    """
    if logdir:
        return [Root(_absolute(logdir, os.path.abspath))]
    found: dict[str, Root] = {}
    for part in (logdir_spec or "").split(","):
        if part:
            name, path = _named(part)
            path = _absolute(path, os.path.realpath)
            found[path] = Root(path, name)
    return list(found.values())


def _named(part: str) -> tuple[str, str]:
    """(name, path) of "name:path"; a URL, an absolute path or a Windows path has no name."""
    if ":" in part and not is_url(part) and part[0] != "/" and not os.path.splitdrive(part)[0]:
        name, _, path = part.partition(":")
        return name, path
    return "", part


def _absolute(path: str, resolve: Callable[[str], str]) -> str:
    return path.rstrip("/") if is_url(path) else resolve(os.path.expanduser(path))  # noqa: PTH111
