"""Files that are replaced, cut or written anew: what is shown stays until the new is complete."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.weights import answer_weights
from tb_attention.errors import Rewritten, UnreadableRecord
from tb_attention.files.file_state import FileState, Read
from tb_attention.files.local import LocalFiles
from tb_attention.store import indexed_file
from tb_attention.store.file_contents import FileContents
from tb_attention.store.index import Index
from tb_attention.store.store import Store
from tests.support.indexes import found, index_of, problems
from tests.support.logs import WALL_TIME, capture, events, record_file, write

BEING_WRITTEN = "it is being written anew: what it held before is shown until it stands still"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexed_file, "SETTLED", 0.1)


def bytes_of(tmp_path: Path, *steps: int, seed: int | None = None) -> bytes:
    """A record file with these steps; another seed makes other numbers of the same size."""
    made = [
        events(step, of=capture(seed=step if seed is None else seed), wall_time=WALL_TIME)
        for step in steps
    ]
    return write(tmp_path / "made", *made).read_bytes()


def steps_of(index: Index) -> list[int]:
    return list(index.snapshot.runs.get(".", {}).get("probe", {}))


def written(tmp_path: Path, data: bytes) -> tuple[Path, Index]:
    path = record_file(tmp_path / "log")
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return path, index_of(tmp_path / "log")


def replaced(path: Path, data: bytes) -> None:
    """As rsync and all that write a file under another name do."""
    path.with_name("part").write_bytes(data)
    path.with_name("part").replace(path)


def test_no_step_vanishes_while_a_longer_copy_is_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, *range(8)))
    store, seen = Store(index), []
    scan = FileContents.scan

    def slowly(self: FileContents, read: Read, state: FileState, block: int) -> object:
        for _ in scan(self, read, state, block):
            index._publish()
            seen.append(steps_of(index))
            assert store.message(store.find(".", "probe", 5)).model == "tiny"
            yield

    monkeypatch.setattr(FileContents, "scan", slowly)
    for longer in (9, 12, 14):
        replaced(path, bytes_of(tmp_path, *range(longer)))
        index.refresh()
        assert seen == [list(range(len(seen[0])))] * longer
        seen.clear()
        assert steps_of(index) == list(range(longer))
        assert problems(index) == []


def test_no_step_vanishes_while_a_file_that_was_renamed_is_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, *range(6)))
    path.rename(path.with_name("other.tfrecord"))
    seen: list[list[int]] = []
    publish = Index._publish

    def noted(self: Index) -> None:
        publish(self)
        seen.append(steps_of(self))

    monkeypatch.setattr(Index, "_publish", noted)
    monkeypatch.setattr("tb_attention.store.index.PUBLISH_SECONDS", 0)
    index.refresh()
    assert len(seen) > 3
    assert seen == [list(range(6))] * len(seen)
    assert {at.path for at in index.snapshot.runs["."]["probe"].values()} == {
        str(path.with_name("other.tfrecord"))
    }


def test_a_shorter_copy_is_shown_when_it_stands_still(tmp_path: Path) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, 0, 1, 2))
    replaced(path, bytes_of(tmp_path, 0, 1))
    assert found(index) == {".": {"probe": [0, 1]}}
    assert problems(index) == []


@pytest.mark.parametrize("truncate", [True, False], ids=["cp", "rsync --inplace"])
@pytest.mark.parametrize("seed", [None, 7], ids=["same numbers", "other numbers"])
def test_no_step_vanishes_while_a_file_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, truncate: bool, seed: int | None
) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, 0, 1, 2))
    data = bytes_of(tmp_path, 0, 1, 2, 3, seed=seed)
    before = index.snapshot.runs["."]["probe"]
    stop = threading.Event()

    def copy() -> None:
        with path.open("wb" if truncate else "r+b") as file:
            for start in range(0, len(data), len(data) // 40):
                file.write(data[start : start + len(data) // 40])
                file.flush()
                time.sleep(0.02)
        stop.set()

    thread = threading.Thread(target=copy)
    thread.start()
    with monkeypatch.context() as busy:  # where the copy may pause
        busy.setattr(indexed_file, "SETTLED", 60.0)
        busy.setattr(Index, "_wait_for_those_that_settle", lambda *_: None)
        while not stop.is_set():
            index.refresh()
            assert steps_of(index) in ([0, 1, 2], [0, 1, 2, 3])
            assert {problem for *_, problem in problems(index)} <= {BEING_WRITTEN}
    thread.join()
    assert found(index) == {".": {"probe": [0, 1, 2, 3]}}
    assert problems(index) == []
    same = [index.snapshot.runs["."]["probe"][step] == before[step] for step in range(3)]
    assert same == [seed is None] * 3, "what is the same is the same, and has its version"


def test_half_of_a_file_is_not_shown_while_who_writes_over_it_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, 0, 1, 2))
    data = bytes_of(tmp_path, 0, 1, 2, seed=7)
    with path.open("r+b") as file:
        file.write(data[: len(data) // 5])
    index.refresh()
    time.sleep(0.2)
    assert found(index) == {".": {"probe": [0, 1, 2]}}
    assert [problem for *_, problem in problems(index)] == [BEING_WRITTEN]
    monkeypatch.setattr(indexed_file, "DAMAGED_SETTLED", 0.1)
    assert found(index) == {".": {"probe": [1, 2]}}, "it stays so: who wrote has gone"
    with path.open("r+b") as file:
        file.write(data)
    assert found(index) == {".": {"probe": [0, 1, 2]}}
    assert problems(index) == []


def test_a_file_that_is_cut_keeps_what_is_left(tmp_path: Path) -> None:
    data = bytes_of(tmp_path, 0, 1, 2)
    path, index = written(tmp_path, data)
    store, gone = Store(index), index.snapshot.runs["."]["probe"][2]
    os.truncate(path, len(data) - 100)
    assert answer_weights(store, store.find(".", "probe", 1), None, 0, None)
    with pytest.raises((UnreadableRecord, OSError)):
        store.message(gone)
    assert found(index) == {".": {"probe": [0, 1]}}


@pytest.mark.parametrize("keep_time", [False, True], ids=["cp", "cp -p"])
def test_other_numbers_of_the_same_size(tmp_path: Path, keep_time: bool) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, 0, 1))
    status = path.stat()
    store = Store(index)
    old = store.find(".", "probe", 1)
    before = answer_weights(store, old, None, 0, None).arrays["weights"]
    with path.open("r+b") as file:
        file.write(bytes_of(tmp_path, 0, 1, seed=7))
    if keep_time:
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    with pytest.raises(Rewritten, match=r"Step 1 of 'probe' was written anew .*: ask again\."):
        answer_weights(store, old, None, 1, None)
    index.refresh()
    new = store.find(".", "probe", 1)
    assert new.version != old.version
    for layer in (0, 1):
        weights = answer_weights(store, new, None, layer, None).arrays["weights"]
        assert not np.allclose(weights, before)
    with pytest.raises(Rewritten):
        Store(index).message(old)


def test_what_no_time_tells_is_noticed_by_who_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written anew within one tick of the clock of the file system."""
    path, index = written(tmp_path, bytes_of(tmp_path, 0, 1))
    state = LocalFiles().state(str(path))
    monkeypatch.setattr(LocalFiles, "state", lambda self, path: state)
    store = Store(index)
    old = store.find(".", "probe", 1)
    with path.open("r+b") as file:
        file.write(bytes_of(tmp_path, 0, 1, seed=7))
    index.refresh()
    assert store.find(".", "probe", 1) == old
    with pytest.raises(Rewritten):
        store.layer(old, None, 1)
    index.refresh()
    assert store.find(".", "probe", 1).version != old.version
    assert store.layer(store.find(".", "probe", 1), None, 1).heads == 4


def test_early_records_that_changed_while_the_file_grew(tmp_path: Path) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, 0, 1, 2))
    old = index.snapshot.runs["."]["probe"]
    first = len(bytes_of(tmp_path, 0))
    other = bytes_of(tmp_path, 0, seed=7)
    assert len(other) == first
    path.write_bytes(other + bytes_of(tmp_path, 1, 2, 3))
    index.refresh()
    new = index.snapshot.runs["."]["probe"]
    assert list(new) == [0, 1, 2, 3]
    assert [new[step] == old[step] for step in range(3)] == [False, True, True]


def test_a_touched_file_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, index = written(tmp_path, bytes_of(tmp_path, 0, 1))
    before = index.snapshot.runs["."]["probe"]
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("waited"))
    os.utime(path)
    index.refresh()
    assert index.snapshot.runs["."]["probe"] == before
    assert problems(index) == []


def test_an_answer_is_of_one_file_while_two_take_turns(tmp_path: Path) -> None:
    both = [bytes_of(tmp_path, 0, seed=seed) for seed in (1, 2)]
    path, index = written(tmp_path, both[0])
    true = []
    for data in both:
        path.write_bytes(data)
        index.refresh()
        store = Store(index)
        at = store.find(".", "probe", 0)
        arrays = [
            answer_weights(store, at, None, layer, None).arrays["weights"] for layer in (0, 1)
        ]
        true.append((at.version, arrays))
    assert true[0][0] != true[1][0]
    of_version = dict(true)
    stop, failed = threading.Event(), []

    def turns() -> None:
        while not stop.is_set():
            for data in both:
                with path.open("r+b") as file:
                    file.write(data)
                time.sleep(0.002)

    thread = threading.Thread(target=turns)
    thread.start()
    answered = 0
    for tries in range(3000):
        if tries >= 150 and answered > 10:  # how many are whole depends on what else runs
            break
        store = Store(index)  # with an empty cache
        at = store.find(".", "probe", 0)
        for layer in (0, 1):
            try:
                weights = answer_weights(store, at, None, layer, None).arrays["weights"]
            except (UnreadableRecord, OSError):
                continue
            answered += 1
            if not np.array_equal(weights, of_version[at.version][layer]):
                failed.append((at.version, layer))
    stop.set()
    thread.join()
    assert answered > 10
    assert failed == []
