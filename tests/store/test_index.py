"""The index on log directories written with TensorBoard's record writer."""

from __future__ import annotations

import os
from pathlib import Path

from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_attention import schema
from tb_attention.files.local import LocalFiles
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.summary import overview_value
from tb_attention.store.index import NO_LOGDIR, Index
from tb_attention.store.logdir import Root
from tb_attention.store.reader import open_capture
from tests.support.indexes import found, index_of, problems
from tests.support.logs import WALL_TIME, events, record_file, write


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
