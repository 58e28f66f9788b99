"""Small values in event files, through users' writers, read with TensorBoard's own readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto import summary_pb2
from torch.utils.tensorboard import SummaryWriter

from tb_attention.errors import InvalidInput, LoggingFailed
from tb_attention.log.event_file import EventWriter
from tb_attention.record.tensors import tensor_proto
from tb_attention.record.tfrecord import FileNames


def value(tag: str = "probe") -> summary_pb2.Summary:
    metadata = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name="attention", content=b"what"
        ),
        data_class=summary_pb2.DATA_CLASS_TENSOR,
    )
    return summary_pb2.Summary(
        value=[
            summary_pb2.Summary.Value(
                tag=tag, metadata=metadata, tensor=tensor_proto(np.ones((2, 3), "f4"))
            )
        ]
    )


def event_files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*tfevents*"))


def steps(directory: Path) -> list[tuple[str, int, float]]:
    """(tag, step, wall time) of the attention values in the only event file."""
    (path,) = event_files(directory)
    found = []
    for event in EventFileLoader(str(path)).Load():
        for one in event.summary.value:
            if one.metadata.plugin_data.plugin_name == "attention":
                assert one.metadata.plugin_data.content == b"what"
                assert one.metadata.data_class == summary_pb2.DATA_CLASS_TENSOR
                found.append((one.tag, event.step, event.wall_time))
    return found


def test_a_directory_gets_one_event_file_with_the_first_value(tmp_path: Path) -> None:
    writer = EventWriter(tmp_path / "run")
    assert not (tmp_path / "run").exists()
    writer.add(value(), 3, 1.5)
    writer.add(value(), 4, 2.5)
    writer.flush()
    writer.close()
    writer.close()
    assert steps(writer.place.path) == [("probe", 3, 1.5), ("probe", 4, 2.5)]
    accumulator = EventAccumulator(str(writer.place.path))
    accumulator.Reload()
    assert accumulator.PluginTagToContent("attention") == {"probe": b"what"}
    assert accumulator.file_version == 2.0


def test_the_users_summary_writer_is_used_and_stays_open(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as users:
        writer = EventWriter(users)
        assert writer.place.path == tmp_path
        users.add_scalar("loss", 1.0, 0)
        writer.add(value(), 3, 1.5)
        writer.flush()
        assert steps(tmp_path) == [("probe", 3, 1.5)]
        writer.close()
        users.add_scalar("loss", 0.5, 1)
    accumulator = EventAccumulator(str(tmp_path))
    accumulator.Reload()
    assert [scalar.step for scalar in accumulator.Scalars("loss")] == [0, 1]


def test_a_closed_summary_writer_is_never_opened_again(tmp_path: Path) -> None:
    users = SummaryWriter(tmp_path)
    writer = EventWriter(users)
    users.close()
    with pytest.raises(LoggingFailed, match="the SummaryWriter was closed"):
        writer.add(value(), 3, 1.5)
    writer.flush()
    writer.close()
    assert len(event_files(tmp_path)) == 1


def test_no_second_event_file_beside_another_writer(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path):
        writer = EventWriter(tmp_path)
        with pytest.raises(LoggingFailed, match="give its SummaryWriter to AttentionLogger"):
            writer.add(value(), 0, 0.0)
        writer.close()
    assert len(event_files(tmp_path)) == 1


def test_a_closed_file_of_the_same_name_elsewhere_hides_no_other_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SummaryWriter(tmp_path / "a"):
        (path,) = event_files(tmp_path / "a")
        # Each library counts for itself, so that two files of one second may have one name.
        monkeypatch.setattr(FileNames, "new", lambda self: path.name)
        elsewhere = EventWriter(tmp_path / "b")
        elsewhere.add(value(), 0, 0.0)
        elsewhere.close()
        with pytest.raises(LoggingFailed, match="give its SummaryWriter to AttentionLogger"):
            EventWriter(tmp_path / "a").add(value(), 0, 0.0)


def test_a_directory_may_be_logged_to_again_after_close_only(tmp_path: Path) -> None:
    first, second = EventWriter(tmp_path), EventWriter(tmp_path)
    first.add(value(), 0, 0.0)
    with pytest.raises(LoggingFailed, match="another writer of this process"):
        second.add(value(), 1, 0.0)
    first.close()
    second.add(value(), 2, 0.0)
    second.close()
    assert len(event_files(tmp_path)) == 2


def test_tensorboardx(tmp_path: Path) -> None:
    tensorboardx: Any = pytest.importorskip("tensorboardX")
    users = tensorboardx.SummaryWriter(str(tmp_path))
    writer = EventWriter(users)
    writer.add(value(), 3, 1.5)
    writer.flush()
    users.close()
    assert steps(tmp_path) == [("probe", 3, 1.5)]
    with pytest.raises(LoggingFailed, match="the SummaryWriter was closed"):
        writer.add(value(), 4, 1.5)


def test_what_cannot_be_logged_to() -> None:
    for wrong in (5, None, object()):
        with pytest.raises(InvalidInput, match="a log directory or a SummaryWriter is needed"):
            EventWriter(wrong)
    with pytest.raises(
        InvalidInput,
        match=r"nothing can be written to nosuch://bucket/run, as nosuch:// is not known "
        r".*install fsspec",
    ):
        EventWriter("nosuch://bucket/run")
