"""The index of a log directory: runs x tags x steps -> location, without reading a tensor.

A snapshot of it does not change, for any thread, while `refresh` makes the next.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tb_attention.files.file_state import Failed
from tb_attention.files.names import shown_name
from tb_attention.files.read import Files, files_of
from tb_attention.record.tfrecord import DIRECTORY
from tb_attention.store.file_problems import count
from tb_attention.store.indexed_file import IndexedFile
from tb_attention.store.location import Location
from tb_attention.store.logdir import Root
from tb_attention.store.sessions import Shown, Steps, shown_captures

_logger = logging.getLogger(__name__)

PUBLISH_SECONDS = 1.0
"""While a long scan goes on, what it has found is shown this often."""

MOST_PATIENCE = 1.0
"""Seconds that a refresh waits for a file that is written anew; the next refresh looks again."""

NO_LOGDIR = (
    "TensorBoard was started without a log directory that this machine can read: "
    "start it with --logdir."
)

UNFORESEEN = "{} could not be read to its end ({}): the output of TensorBoard says why."
"""The sentence for what nobody thought of."""


@dataclass(frozen=True)
class Problem:
    """Something that cannot be shown, in a sentence.

    Attributes:
        run: name of the run; empty where it concerns all.
        file: name of the file; empty where it concerns all.
        problem: the sentence.
    """

    run: str
    file: str
    problem: str


@dataclass(frozen=True)
class Snapshot:
    """What was in the log directory at one moment.

    Attributes:
        runs: run -> tag -> step -> location, sorted.
        problems: what cannot be shown.
    """

    runs: Mapping[str, Mapping[str, Steps]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Index:
    """The captures of all runs below some directories.

    `refresh` reads what has grown; `snapshot` is what the last one found.
    """

    def __init__(self, roots: Sequence[Root]) -> None:
        """roots: empty where TensorBoard has no log directory; the snapshot then says so."""
        self._roots = list(roots)
        self._files: dict[str, Files] = {}
        self._runs: dict[str, dict[str, IndexedFile]] = {}
        self._shown: dict[str, Shown] = {}
        self._problems: list[Problem] = []
        self._refreshing = threading.Lock()
        self._published = 0.0
        self.snapshot = Snapshot()

    def refresh(self) -> None:
        """Reads what is new and publishes a snapshot; in a long scan also from time to time."""
        with self._refreshing:
            self._problems = []
            try:
                found = dict(self._find())
                for run in self._runs.keys() - found.keys():
                    del self._runs[run]
                    self._shown.pop(run, None)
                self._read_all(found)
                self._wait_for_those_that_settle(found)
            except Exception as error:
                self._unforeseen("", "The log directory", error)
                raise
            finally:
                self._publish()

    def files(self, location: Location) -> Files:
        """The file system that holds the capture."""
        return self._files[location.root]

    def doubt(self, location: Location) -> None:
        """Says that a file does not hold what was found in it: the next refresh scans all of it."""
        for files in list(self._runs.values()):
            if (file := files.get(location.path)) is not None:
                file.doubt()

    def _find(self) -> Iterator[tuple[str, dict[str, str]]]:
        """(run, path -> root of its files) of every run.

        Where two roots have a run of the same name, the last root has it.
        """
        if not self._roots:
            self._problems.append(Problem("", "", NO_LOGDIR))
        for root in self._roots:
            runs: dict[str, dict[str, str]] = {}
            hidden: list[str] = []
            try:
                files = self._files.get(root.path) or self._files.setdefault(
                    root.path, files_of(root.path)
                )
                for directory, names in files.walk(root.path, self._not_listed(root, hidden)):
                    for run, path in itertools.chain(
                        root.event_files(directory, names), root.record_files(directory, names)
                    ):
                        runs.setdefault(run, {})[path] = root.path
            except (OSError, ImportError) as error:
                reason = getattr(error, "strerror", None) or error
                name = shown_name(root.path)
                if not isinstance(error, FileNotFoundError):
                    hidden.append(root.path)
                self._problems.append(
                    Problem("", "", f"The log directory {name} cannot be read: {reason}.")
                )
            except Exception as error:
                _logger.exception("attention: listing %s failed", shown_name(root.path))
                self._unforeseen("", f"The log directory {shown_name(root.path)}", error)
                hidden.append(root.path)
            # What stands in a directory that cannot be listed now has not gone.
            for run, known in self._runs.items():
                for path, file in known.items():
                    if file.root == root.path and any(_is_in(path, each) for each in hidden):
                        runs.setdefault(run, {})[path] = file.root
            yield from runs.items()

    def _not_listed(self, root: Root, hidden: list[str]) -> Failed:
        """Makes a problem of a directory that cannot be listed, and notes it in `hidden`."""

        def failed(directory: str, error: OSError) -> None:
            hidden.append(directory)
            run = root.run_of_records(directory) or root.run(directory)
            reason = error.strerror or error
            self._problems.append(Problem(run, "", f"the directory cannot be listed: {reason}"))

        return failed

    def _unforeseen(self, run: str, what: str, error: Exception) -> None:
        self._problems.append(Problem(run, "", UNFORESEEN.format(what, type(error).__name__)))

    def _read_all(self, found: Mapping[str, dict[str, str]]) -> None:
        for run, paths in sorted(found.items()):
            try:
                self._read(run, paths)
            except Exception as error:
                _logger.exception("attention: the run %s failed", run)
                self._unforeseen(run, "The run", error)

    def _wait_for_those_that_settle(self, found: Mapping[str, dict[str, str]]) -> None:
        """Looks once more at files that are written anew, so that one refresh shows the outcome."""
        patience: dict[str, float] = {}
        for run, files in self._runs.items():
            left = [file.patience for file in files.values() if file.patience is not None]
            if soon := [seconds for seconds in left if seconds <= MOST_PATIENCE]:
                patience[run] = max(soon)
        if patience:
            self._publish()
            time.sleep(max(patience.values()))
            self._read_all({run: found[run] for run in patience})

    def _read(self, run: str, paths: dict[str, str]) -> None:
        files = self._runs.setdefault(run, {})
        gone = files.keys() - paths.keys()
        changed = run not in self._shown or bool(gone)
        try:
            for path, root in sorted(paths.items()):
                file = files.setdefault(path, IndexedFile(path, root))
                for _ in file.refresh(self._files[root]):
                    changed = True
                    if time.monotonic() > self._published + PUBLISH_SECONDS:
                        self._show(run, files)
                        self._publish()
        finally:
            for path in gone:  # not before: it may have another name now, under which it is read
                del files[path]
            if changed:
                self._show(run, files)

    def _show(self, run: str, files: dict[str, IndexedFile]) -> None:
        self._shown[run] = shown_captures(
            [location for file in files.values() for location in file.captures],
            [file.purge for file in files.values() if file.purge is not None],
        )

    def _publish(self) -> None:
        problems = list(self._problems)
        for run, files in sorted(self._runs.items()):
            for path, file in sorted(files.items()):
                problems += [Problem(run, _name(path), sentence) for sentence in file.problems()]
            problems += _lost(run, files)
            if run in self._shown:
                problems += [Problem(run, "", sentence) for sentence in self._shown[run].hidden]
        runs = {run: shown.tags for run, shown in sorted(self._shown.items()) if shown.tags}
        self.snapshot = Snapshot(runs, tuple(problems))
        self._published = time.monotonic()


def _lost(run: str, files: Mapping[str, IndexedFile]) -> Iterator[Problem]:
    """What event files announce and no record file holds, as where only event files were copied."""
    if any(True for file in files.values() for _ in file.problems()):
        return  # what is damaged is lost for that reason
    there = {(capture.tag, capture.step) for file in files.values() for capture in file.captures}
    for path, file in sorted(files.items()):
        if lost := len(file.announced - there):
            sentence = (
                f"{count(lost, 'capture')} without the record file: "
                f"copy {'/'.join(DIRECTORY)} of the run directory too"
            )
            yield Problem(run, _name(path), sentence)


def _is_in(path: str, directory: str) -> bool:
    return path.startswith((f"{directory}/", f"{directory}{os.sep}"))


def _name(path: str) -> str:
    """The name of a file, of a path or a URL."""
    return shown_name(re.split(r"[/\\]", path)[-1])
