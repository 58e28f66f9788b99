"""The index on files that change, vanish or cannot be read."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from tb_attention import schema
from tb_attention.files.file_state import Read
from tb_attention.files.local import LocalFiles
from tb_attention.record.message import parse_plugin_data
from tb_attention.store.index import UNFORESEEN, Index
from tb_attention.store.location import Location
from tb_attention.store.logdir import Root
from tb_attention.store.records import Record, payload_is_intact
from tb_attention.store.scan import Purge
from tb_attention.store.sessions import Shown, shown_captures
from tests.support.indexes import found, index_of, problems
from tests.support.logs import WALL_TIME, events, record_file, write


def test_files_that_grow_vanish_shrink_and_are_replaced(tmp_path: Path) -> None:
    path = write(record_file(tmp_path / "a"), events(0))
    other = write(record_file(tmp_path / "b"), events(0))
    index = index_of(tmp_path)
    write(path, events(1), append=True)
    assert found(index) == {"a": {"probe": [0, 1]}, "b": {"probe": [0]}}
    write(path, events(7))
    assert found(index)["a"] == {"probe": [7]}
    before = index.snapshot.runs["a"]["probe"][7].version
    replacement = write(tmp_path / "new", events(7, wall_time=WALL_TIME))
    assert replacement.stat().st_size == path.stat().st_size
    replacement.replace(path)
    index.refresh()
    assert index.snapshot.runs["a"]["probe"][7].version != before
    path.write_bytes(b"")
    assert found(index) == {"b": {"probe": [0]}}
    shutil.rmtree(tmp_path / "b")
    assert found(index) == {}
    write(other, events(3))
    assert found(index) == {"b": {"probe": [3]}}


def test_a_version_stays_while_the_file_grows(tmp_path: Path) -> None:
    path = write(record_file(tmp_path), events(0))
    index = index_of(tmp_path)
    before = index.snapshot
    write(path, events(1), append=True)
    index.refresh()
    assert list(before.runs["."]["probe"]) == [0], "a snapshot does not change"
    assert index.snapshot.runs["."]["probe"][0] == before.runs["."]["probe"][0]
    assert found(index_of(tmp_path)) == found(index)
    assert (
        index_of(tmp_path).snapshot.runs["."]["probe"][0].version
        == before.runs["."]["probe"][0].version
    )


def test_nothing_is_read_again_when_nothing_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(record_file(tmp_path), events(0))
    index = index_of(tmp_path)
    before = index.snapshot.runs["."]
    monkeypatch.setattr(LocalFiles, "open", lambda self, path: pytest.fail("opened"))
    index.refresh()
    assert index.snapshot.runs["."] is before


def test_a_long_scan_shows_what_it_has_found_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(record_file(tmp_path / "a"), events(0), events(1))
    write(record_file(tmp_path / "b"), events(0))
    index, shown = Index([Root(str(tmp_path))]), []
    read = LocalFiles.state

    def state(self: LocalFiles, path: str) -> object:
        shown.append(sorted(index.snapshot.runs))
        return read(self, path)

    monkeypatch.setattr(LocalFiles, "state", state)
    monkeypatch.setattr("tb_attention.store.index.PUBLISH_SECONDS", 0)
    index.refresh()
    assert shown == [[], ["a"]]


def test_what_cannot_be_read_is_a_problem_and_the_rest_is_shown(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0))
    record_file(tmp_path, 1).symlink_to(tmp_path / "gone")
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0]}}
    assert problems(index) == [
        (".", record_file(tmp_path, 1).name, "it cannot be read: No such file or directory")
    ]
    write(tmp_path / "gone", events(1))
    assert (found(index), problems(index)) == ({".": {"probe": [0, 1]}}, [])


def test_what_fails_unforeseen_is_a_problem_of_its_file_and_all_else_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(record_file(tmp_path / "a"), events(0))
    failing = write(record_file(tmp_path / "b"), events(0), events(1))
    write(record_file(tmp_path / "c"), events(0))
    index, parsed = Index([Root(str(tmp_path))]), []

    def fail(content: bytes) -> schema.AttentionPluginData:
        parsed.append(content)
        if len(parsed) in (3, 5):
            raise MemoryError
        return parse_plugin_data(content)

    monkeypatch.setattr("tb_attention.store.file_contents.parse_plugin_data", fail)
    index.refresh()
    said = ("b", failing.name, "it cannot be read: MemoryError, see the output of TensorBoard")
    assert [tuple(vars(problem).values()) for problem in index.snapshot.problems] == [said]
    shown = {"a": {"probe": [0]}, "b": {"probe": [0]}, "c": {"probe": [0]}}
    assert found(index) == shown, "it fails once more"
    assert len(caplog.records) == 1, "and is not logged again"
    assert found(index) == {**shown, "b": {"probe": [0, 1]}}
    assert index.snapshot.problems == ()


def test_a_run_that_cannot_be_put_together_is_a_problem_of_that_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run in "abc":
        write(record_file(tmp_path / run), events(0, session=run))
    index = Index([Root(str(tmp_path))])

    def fail(captures: Iterable[Location], purges: Sequence[Purge]) -> Shown:
        captures = list(captures)
        if captures[0].session == "b":
            raise ZeroDivisionError
        return shown_captures(captures, purges)

    monkeypatch.setattr("tb_attention.store.index.shown_captures", fail)
    assert found(index) == {"a": {"probe": [0]}, "c": {"probe": [0]}}
    sentence = UNFORESEEN.format("The run", "ZeroDivisionError")
    assert problems(index) == [("b", "", sentence)]


def test_a_read_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(record_file(tmp_path), events(0), events(1))
    index, reads = Index([Root(str(tmp_path))]), []
    intact = payload_is_intact

    def fail(read: Read, record: Record) -> bool:
        reads.append(record.offset)
        if len(reads) == 2:
            raise OSError(5, "Input/output error")
        return intact(read, record)

    monkeypatch.setattr("tb_attention.store.file_contents.payload_is_intact", fail)
    index.refresh()
    assert list(index.snapshot.runs["."]["probe"]) == [0]
    assert [problem.problem for problem in index.snapshot.problems] == [
        "it cannot be read: Input/output error"
    ]
    assert (found(index), problems(index)) == ({".": {"probe": [0, 1]}}, [])


def test_many_threads_refresh_and_read_while_a_file_grows(tmp_path: Path) -> None:
    path = write(record_file(tmp_path), events(0))
    index = index_of(tmp_path)
    failed: list[Exception] = []

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                for _ in range(20):
                    work()
            except Exception as error:  # noqa: BLE001  (told to the main thread)
                failed.append(error)

        return run

    def look() -> None:
        steps = list(index.snapshot.runs["."]["probe"])
        assert steps == list(range(len(steps)))

    threads = [
        threading.Thread(target=guarded(work))
        for work in (index.refresh, index.refresh, look, look)
    ]
    for thread in threads:
        thread.start()
    for step in range(1, 30):
        write(path, events(step), append=True)
    for thread in threads:
        thread.join()
    assert not failed
    assert found(index) == {".": {"probe": list(range(30))}}


def test_a_directory_that_cannot_be_listed_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a network file system that is away: nothing has gone."""
    for run in "ab":
        write(record_file(tmp_path / run), events(0))
    index = index_of(tmp_path)
    scandir = os.scandir

    def failing(where: str) -> Callable[[str], object]:
        def scan(path: str) -> object:
            if path.startswith(where):
                raise OSError(116, "Stale file handle")
            return scandir(path)

        return scan

    shown = {"a": {"probe": [0]}, "b": {"probe": [0]}}
    for where in (tmp_path / "a", tmp_path):
        monkeypatch.setattr("tb_attention.files.local.os.scandir", failing(str(where)))
        assert found(index) == shown
        assert all("Stale file handle" in problem for *_, problem in problems(index))
        assert problems(index)
    monkeypatch.undo()
    assert (found(index), problems(index)) == (shown, [])
