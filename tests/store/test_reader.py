"""Tensors as they are read from a file: whole, by head, damaged, by other writers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.weights import answer_weights
from tb_attention.attention.head_metrics import ALWAYS_LOGGED
from tb_attention.errors import UnreadableRecord
from tb_attention.files.local import LocalFiles
from tb_attention.store import reader as reader_module
from tb_attention.store.reader import open_capture
from tests.support.captures import plain_softmax, rich
from tests.support.logs import capture, events, record_file, write
from tests.support.stores import index_that_believes, store_of, stored


def test_damaged_tensors_are_refused(tmp_path: Path) -> None:
    path = write(record_file(tmp_path), events(of=capture(layers=2)))
    store = store_of(tmp_path)
    location = store.find(".", "probe", 0)
    data = bytearray(path.read_bytes())
    data[location.records[1] + 100] ^= 1
    path.write_bytes(data)
    assert answer_weights(store, location, None, 0, None).arrays["weights"].shape == (4, 6, 6)
    for head in (None, 1):
        with pytest.raises(UnreadableRecord, match=r"Step 0 of 'probe' is damaged on disk"):
            answer_weights(store, location, None, 1, head)


def test_a_large_tensor_is_read_one_head_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rich()
    store = stored(tmp_path, events(of=made))
    location = store.find(".", "probe", 0)
    monkeypatch.setattr(reader_module, "SLICED", 0)
    asked: list[tuple[str, slice]] = []
    read = reader_module.Reader.read

    def spy(self: reader_module.Reader, name: str, first: slice = slice(None)) -> np.ndarray:
        asked.append((name, first))
        return read(self, name, first)

    monkeypatch.setattr(reader_module.Reader, "read", spy)
    np.testing.assert_allclose(
        answer_weights(store, location, None, 0, 3).arrays["weights"],
        plain_softmax(made.stacks[0].layers[0])[1][[3]],
        atol=2e-6,
    )
    assert asked == [("probe/decoder/0/key", slice(1, 2)), ("probe/decoder/0/query", slice(3, 4))]


def test_tensors_of_other_writers(tmp_path: Path) -> None:
    """Numbers one by one in half_val and float_val instead of raw bytes."""
    from tensorboard.util.tensor_util import make_ndarray, make_tensor_proto

    written = events(of=capture())
    for event in written:
        for value in event.summary.value:
            array = make_ndarray(value.tensor)
            value.tensor.CopyFrom(make_tensor_proto(array))
            if array.dtype == np.float32:
                value.tensor.ClearField("tensor_content")
                value.tensor.float_val.extend(array.ravel())
            assert array.dtype == np.uint8 or not value.tensor.tensor_content
    store = stored(tmp_path, written)
    location = store.find(".", "probe", 0)
    _, weights = plain_softmax(capture().stacks[0].layers[1])
    np.testing.assert_allclose(
        answer_weights(store, location, None, 1, None).arrays["weights"], weights, atol=2e-6
    )
    assert answer_metrics(store, store.steps(".", "probe")).arrays["metrics"].shape == (
        1,
        2,
        4,
        len(ALWAYS_LOGGED),
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda tensor: tensor.tensor_shape.dim[0].__setattr__("size", 3),
        lambda tensor: tensor.tensor_shape.dim[0].__setattr__("size", -1),
        lambda tensor: tensor.tensor_shape.dim[0].__setattr__("size", 2**62),
        lambda tensor: tensor.tensor_shape.dim.pop(),
        lambda tensor: tensor.__setattr__("dtype", 14),
        lambda tensor: tensor.__setattr__("tensor_content", tensor.tensor_content[:-2]),
        lambda tensor: tensor.ClearField("tensor_content"),
        lambda tensor: (
            tensor.tensor_shape.dim[0].__setattr__("size", 2),
            tensor.tensor_shape.dim[2].__setattr__("size", 16),
        ),
        lambda tensor: (
            tensor.tensor_shape.dim[0].__setattr__("size", 0),
            tensor.ClearField("tensor_content"),
        ),
    ],
)
@pytest.mark.parametrize("place", [0, 1], ids=["query", "key"])
@pytest.mark.parametrize("head", [None, 1])
def test_tensors_that_do_not_fit_their_description_are_refused(
    tmp_path: Path,
    damage: object,
    head: int | None,
    place: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = events(of=capture(heads=4, key_heads=4))
    damage(written[0].summary.value[place].tensor)  # type: ignore[operator]
    index_that_believes(monkeypatch)
    store = stored(tmp_path, written)
    with pytest.raises(UnreadableRecord):
        answer_weights(store, store.find(".", "probe", 0), None, 0, head)


def test_a_reader_of_a_file_that_is_gone(tmp_path: Path) -> None:
    store = stored(tmp_path, events())
    location = store.find(".", "probe", 0)
    record_file(tmp_path).unlink()
    with pytest.raises(FileNotFoundError):
        open_capture(LocalFiles(), location)
