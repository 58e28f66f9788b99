"""The index on log directories written with TensorBoard's record writer."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from logs import WALL_TIME, capture, events, record_file, write
from tensorboard.compat.proto import event_pb2, summary_pb2
from torch.utils.tensorboard import SummaryWriter

from tb_attention import schema
from tb_attention.files.read import LocalFiles, Read
from tb_attention.record.summary import overview_value, parse_plugin_data
from tb_attention.store.index import NO_LOGDIR, UNFORESEEN, Index
from tb_attention.store.logdir import Root
from tb_attention.store.reader import open_capture
from tb_attention.store.scan import Record, payload_is_intact


def index_of(directory: Path) -> Index:
    index = Index([Root(str(directory))])
    index.refresh()
    return index


def found(index: Index) -> dict[str, dict[str, list[int]]]:
    index.refresh()
    return {
        run: {tag: list(steps) for tag, steps in tags.items()}
        for run, tags in index.snapshot.runs.items()
    }


def problems(index: Index) -> list[tuple[str, str, str]]:
    index.refresh()
    return [(problem.run, problem.file, problem.problem) for problem in index.snapshot.problems]


def test_runs_are_directories_with_event_files_or_record_files(tmp_path: Path) -> None:
    write(tmp_path / "events.out.tfevents.1.host", events(3))
    write(record_file(tmp_path / "gpt2" / "lr1"), events(5), events(4))
    write(record_file(tmp_path / "gpt2" / "lr1", 1), events(6, tag="other"))
    write(tmp_path / "gpt2" / "lr2" / "my.tfevents.txt", events(0))
    write(tmp_path / "gpt2" / "not" / "attention.tfrecord", events(0))
    write(tmp_path / "plugins" / "other" / "attention.1.tfrecord", events(0))
    assert found(index_of(tmp_path)) == {
        ".": {"probe": [3]},
        str(Path("gpt2/lr1")): {"other": [6], "probe": [4, 5]},
        str(Path("gpt2/lr2")): {"probe": [0]},
    }


def test_a_capture_without_its_last_record_does_not_exist(tmp_path: Path) -> None:
    *layers, commit = events()
    path = write(record_file(tmp_path), layers)
    index = index_of(tmp_path)
    assert found(index) == {}
    write(path, [commit], append=True)
    assert found(index) == {".": {"probe": [0]}}
    assert problems(index) == []


def test_captures_written_side_by_side(tmp_path: Path) -> None:
    (a0, a1, a), (b0, b1, b) = events(), events(tag="probe/decoder")
    (c0, c1, c) = events(1)
    write(record_file(tmp_path), [a0, b0, c0, b1, a1, c1, c, b, a])
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0, 1], "probe/decoder": [0]}}
    reader = open_capture(LocalFiles(), index.snapshot.runs["."]["probe/decoder"][0])
    assert {record.offset for record, _ in reader.tensors.values()} == set(reader.location.records)


def test_missing_tensors_leave_the_capture_out_and_are_counted(tmp_path: Path) -> None:
    rest = events()[1:]
    write(record_file(tmp_path), rest, events(1), events(2)[1:])
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [1]}}
    assert problems(index) == [
        (".", record_file(tmp_path).name, "2 captures left out: tensors are missing")
    ]


def test_a_damaged_commit_is_skipped_and_counted(tmp_path: Path) -> None:
    path = write(record_file(tmp_path), events(0), events(1))
    data = bytearray(path.read_bytes())
    data[data.index(b" t3")] ^= 1
    path.write_bytes(data)
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [1]}}
    assert problems(index) == [(".", path.name, "1 corrupt record skipped")]


def test_a_damaged_length_hides_what_is_behind_it(tmp_path: Path) -> None:
    path = write(record_file(tmp_path), events(0))
    size = path.stat().st_size
    write(path, events(1), append=True)
    data = bytearray(path.read_bytes())
    data[size] ^= 1
    path.write_bytes(data)
    write(record_file(tmp_path, 1), events(2))
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0, 2]}}
    assert problems(index) == [
        (
            ".",
            path.name,
            "the length of a record is damaged: what was written behind it cannot be found",
        )
    ]


def test_a_newer_format_is_left_out_with_its_sentence(tmp_path: Path) -> None:
    *layers, commit = events()
    data = parse_plugin_data(commit.summary.value[0].metadata.plugin_data.content)
    data.version = 2
    commit.summary.value[0].metadata.plugin_data.content = data.SerializeToString()
    write(record_file(tmp_path), layers, [commit])
    index = index_of(tmp_path)
    assert found(index) == {}
    ((_, _, sentence),) = problems(index)
    assert sentence == (
        "1 capture left out: the capture has format version 2, this tb-attention reads version 1: "
        "upgrade tb-attention"
    )


def test_the_small_value_in_the_event_file_is_no_capture(tmp_path: Path) -> None:
    *layers, commit = events()
    small = event_pb2.Event(
        step=0, wall_time=WALL_TIME, summary=summary_pb2.Summary(value=[overview_value(commit)])
    )
    write(tmp_path / "events.out.tfevents.1.host", [small])
    index = index_of(tmp_path)
    assert found(index) == {}
    write(tmp_path / "events.out.tfevents.1.host", layers, [commit, small], append=True)
    assert (found(index), problems(index)) == ({".": {"probe": [0]}}, [])


def test_an_event_file_that_was_copied_alone_says_so(tmp_path: Path) -> None:
    *_, commit = events()
    small = event_pb2.Event(
        step=0, wall_time=WALL_TIME, summary=summary_pb2.Summary(value=[overview_value(commit)])
    )
    write(tmp_path / "events.out.tfevents.1.host", [small])
    write(record_file(tmp_path), events(1))
    index = index_of(tmp_path)
    sentence = "1 capture without the record file: copy plugins/attention of the run directory too"
    assert problems(index) == [(".", "events.out.tfevents.1.host", sentence)]
    write(record_file(tmp_path), events(0))
    assert (found(index), problems(index)) == ({".": {"probe": [0]}}, [])


RESTARTS: list[tuple[str, list[tuple[str, int]], list[tuple[str, int]]]] = [
    (
        "resumed at 2",
        [("a", 0), ("a", 1), ("a", 2), ("a", 3), ("b", 2)],
        [("a", 0), ("a", 1), ("b", 2)],
    ),
    ("from the start", [("a", 0), ("a", 10), ("b", 0)], [("b", 0)]),
    ("further on", [("a", 0), ("a", 10), ("b", 20)], [("a", 0), ("a", 10), ("b", 20)]),
    ("twice", [("a", 0), ("a", 10), ("b", 5), ("b", 20), ("c", 7)], [("a", 0), ("b", 5), ("c", 7)]),
    ("twice, deeper", [("a", 0), ("a", 10), ("b", 5), ("b", 20), ("c", 3)], [("a", 0), ("c", 3)]),
    (
        "one session, steps not in order",
        [("a", 10), ("a", 5), ("a", 7)],
        [("a", 5), ("a", 7), ("a", 10)],
    ),
    (
        "first capture counts, not the lowest",
        [("a", 0), ("a", 10), ("b", 10), ("b", 5)],
        [("a", 0), ("b", 5), ("b", 10)],
    ),
]


@pytest.mark.parametrize(
    ("written", "shown"), [case[1:] for case in RESTARTS], ids=[case[0] for case in RESTARTS]
)
@pytest.mark.parametrize("files", ["one", "by session", "by session, names reversed"])
def test_a_restarted_writer_hides_what_older_ones_wrote(
    tmp_path: Path, written: list[tuple[str, int]], shown: list[tuple[str, int]], files: str
) -> None:
    for when, (session, step) in enumerate(written):
        number = (
            0 if files == "one" else ord(session) if files == "by session" else 1000 - ord(session)
        )
        write(
            record_file(tmp_path, number),
            events(step, session=session, wall_time=WALL_TIME + when),
            append=True,
        )
    steps = index_of(tmp_path).snapshot.runs["."]["probe"]
    assert [(location.session, step) for step, location in steps.items()] == shown


def test_a_restart_concerns_its_tag_only(tmp_path: Path) -> None:
    write(
        record_file(tmp_path),
        events(0, tag="x"),
        events(5, tag="x"),
        events(0, tag="y"),
        events(5, tag="y"),
        events(0, tag="x", session="two", wall_time=WALL_TIME + 9),
    )
    index = index_of(tmp_path)
    assert found(index) == {".": {"x": [0], "y": [0, 5]}}
    hidden = "1 capture of 'x' hidden (step 5): a later session began again at step 0"
    assert problems(index) == [(".", "", hidden)]


def test_a_session_before_all_others_hides_nothing(tmp_path: Path) -> None:
    """Checkpoints that are logged the newest first, by a process each."""
    for when, step in enumerate((300, 200, 100)):
        of = events(step, session=f"of {step}", wall_time=WALL_TIME + when)
        write(record_file(tmp_path, when), of)
    index = index_of(tmp_path)
    assert (found(index), problems(index)) == ({".": {"probe": [100, 200, 300]}}, [])


@pytest.mark.parametrize("behind", [0, 3600])
def test_a_session_that_found_more_files_is_later(tmp_path: Path, behind: int) -> None:
    """The clock of the machine on which a training is resumed may run behind."""
    first = [events(step, session="z", files=1) for step in (0, 10, 20)]
    second = events(10, session="a", files=2, wall_time=WALL_TIME + 9 - behind)
    write(record_file(tmp_path, 0), *first)
    write(record_file(tmp_path, 1), second)
    index = index_of(tmp_path)
    steps = index.snapshot.runs["."]["probe"]
    assert [(at.session, step) for step, at in steps.items()] == [("z", 0), ("a", 10)]
    hidden = "1 capture of 'probe' hidden (step 20): a later session began again at step 10"
    assert problems(index) == [(".", "", hidden)]


def test_what_a_summary_writer_purges_is_hidden(tmp_path: Path) -> None:
    write(record_file(tmp_path, 0), *(events(step, session="a") for step in (0, 10, 20, 30)))
    with SummaryWriter(tmp_path, purge_step=15) as writer:
        writer.add_scalar("loss", 1.0, 15)
    write(record_file(tmp_path, 1), events(30, session="b", wall_time=time.time()))
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [0, 10, 30]}}
    hidden = "1 capture of 'probe' hidden (step 20): a later session began again at step 15"
    assert problems(index) == [(".", "", hidden)]


def test_of_two_captures_of_a_step_the_later_one_stays(tmp_path: Path) -> None:
    path = write(
        record_file(tmp_path),
        events(0, of=capture(seed=1)),
        events(0, of=capture(9, seed=2), wall_time=WALL_TIME + 1),
    )
    index = index_of(tmp_path)
    first = index.snapshot.runs["."]["probe"][0]
    assert len(open_capture(LocalFiles(), first).message.sequences[0].tokens) == 9
    write(path, events(0, wall_time=WALL_TIME + 2), append=True)
    index.refresh()
    assert index.snapshot.runs["."]["probe"][0].version != first.version


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


def test_something_unforeseen_is_told_and_what_was_found_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(record_file(tmp_path / "a"), events(0))
    write(record_file(tmp_path / "b"), events(0), events(1))
    index, parsed = Index([Root(str(tmp_path))]), []

    def fail(content: bytes) -> schema.AttentionPluginData:
        parsed.append(content)
        if len(parsed) == 3:
            raise MemoryError
        return parse_plugin_data(content)

    monkeypatch.setattr("tb_attention.store.capture_file.parse_plugin_data", fail)
    with pytest.raises(MemoryError):
        index.refresh()
    assert [problem.problem for problem in index.snapshot.problems] == [UNFORESEEN]
    assert list(index.snapshot.runs["b"]["probe"]) == [0]
    assert found(index) == {"a": {"probe": [0]}, "b": {"probe": [0, 1]}}
    assert index.snapshot.problems == ()


def test_a_read_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(record_file(tmp_path), events(0), events(1))
    index, reads = Index([Root(str(tmp_path))]), []
    intact = payload_is_intact

    def fail(read: Read, record: Record) -> bool:
        reads.append(record.offset)
        if len(reads) == 2:
            raise OSError(5, "Input/output error")
        return intact(read, record)

    monkeypatch.setattr("tb_attention.store.capture_file.payload_is_intact", fail)
    index.refresh()
    assert list(index.snapshot.runs["."]["probe"]) == [0]
    assert [problem.problem for problem in index.snapshot.problems] == [
        "it cannot be read: Input/output error"
    ]
    assert (found(index), problems(index)) == ({".": {"probe": [0, 1]}}, [])


def test_no_log_directory(tmp_path: Path) -> None:
    assert problems(Index([])) == [("", "", NO_LOGDIR)]
    missing = index_of(tmp_path / "later")
    assert problems(missing) == [
        (
            "",
            "",
            f"The log directory {tmp_path / 'later'} cannot be read: No such file or directory.",
        )
    ]
    write(record_file(tmp_path / "later"), events(0))
    assert (found(missing), problems(missing)) == ({".": {"probe": [0]}}, [])


def test_several_roots_and_one_name(tmp_path: Path) -> None:
    write(record_file(tmp_path / "one"), events(0))
    write(record_file(tmp_path / "two" / "sub"), events(1))
    write(record_file(tmp_path / "three"), events(2))
    roots = [
        Root(str(tmp_path / "one"), "a"),
        Root(str(tmp_path / "two"), "b"),
        Root(str(tmp_path / "three"), "a"),
    ]
    assert found(Index(roots)) == {f"a{os.sep}.": {"probe": [2]}, f"b{os.sep}sub": {"probe": [1]}}


def test_a_hostile_description(tmp_path: Path) -> None:
    """Layers that nobody wrote, a tag with a path in it, a session that is empty."""
    *layers, commit = events(tag="../../etc/passwd", session="")
    write(record_file(tmp_path), layers, [commit])
    message = schema.AttentionPluginData(
        version=1,
        capture=schema.Capture(stacks=[schema.Stack(name="x", layers=[schema.Layer(layer=-1)])]),
    )
    commit.summary.value[0].metadata.plugin_data.content = message.SerializeToString()
    write(record_file(tmp_path, 1), [commit])
    assert found(index_of(tmp_path)) == {".": {"../../etc/passwd": [0]}}


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
