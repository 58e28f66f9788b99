"""An open capture: its description and its tensors, read when they are asked for.

Records are checked against their crc32c.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from google.protobuf.message import DecodeError
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.util.tensor_util import make_ndarray

from tb_attention import schema
from tb_attention.attention.dtypes import Floats32, Numbers
from tb_attention.errors import UnreadableRecord
from tb_attention.files.file_state import Read
from tb_attention.files.read import Files
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.tensors import DTYPES
from tb_attention.record.tfrecord import tensor_names
from tb_attention.store.fit import metrics_misfit_in_file, misfit_in_file, numbers_in
from tb_attention.store.location import Location
from tb_attention.store.scan import (
    Record,
    Tensor,
    parse_event,
    payload_is_intact,
    record_at,
)
from tb_attention.store.wire import Damaged, Window

SLICED = 16 << 20
"""Bytes: of a larger record one head is read alone, and so without a check of the checksum."""


@dataclass
class Reader:
    """An open capture.

    Attributes:
        files: the file system that holds it.
        location: where it stands.
        message: its description.
        tensors: name -> where the tensor stands; the head metrics stand under the tag itself.
    """

    files: Files
    location: Location
    message: schema.Capture
    tensors: dict[str, tuple[Record, Tensor]]
    _intact: set[int] = field(default_factory=set)
    """Offsets of the records that were checked."""

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, roughly."""
        return 4 * self.message.ByteSize() + 500 * len(self.tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor, without reading it."""
        return self.tensors[name][1].shape

    def dtype(self, name: str) -> np.dtype[np.generic]:
        """The dtype of a tensor, without reading it."""
        return DTYPES[self.tensors[name][1].dtype]

    def read(self, name: str, first: slice = slice(None)) -> Numbers:
        """The tensor of that name, or these entries of its first axis.

        Raises:
            UnreadableRecord: it is damaged.
        """
        record, tensor = self.tensors[name]
        with self.files.open(self.location.path) as read:
            if first == slice(None) or record.end - record.start <= SLICED:
                self._check(read, record)
            return _array(read, tensor, first)

    def _check(self, read: Read, record: Record) -> None:
        if record.offset not in self._intact:
            if not payload_is_intact(read, record):
                where = f"Step {self.location.step} of {self.location.tag!r}"
                raise UnreadableRecord(f"{where} is damaged on disk: a checksum is wrong.")
            self._intact.add(record.offset)


@dataclass(frozen=True)
class MetricTable:
    """Head metrics with the names of their axes.

    Attributes:
        values: float32 [rows, heads, metrics] of one capture, [steps, rows, heads, metrics] of
            several; NaN where not defined.
        rows: (stack, layer) of each row.
        names: names of the metrics.
    """

    values: Floats32
    rows: tuple[tuple[str, int], ...]
    names: tuple[str, ...]


def open_capture(files: Files, location: Location) -> Reader:
    """Finds the tensors of the capture again, and checks them against its description.

    No tensor is read.

    Raises:
        UnreadableRecord: its records are damaged or gone, or do not fit each other.
    """
    found: dict[str, tuple[Record, Tensor]] = {}
    with files.open(location.path) as read:
        window = Window(read, files.block)
        message = schema.Capture()
        for offset in location.records:
            message.MergeFrom(_record(window, location, offset, found))
        names = [location.tag, *tensor_names(location.tag, message)]
        if missing := [name for name in names if name not in found]:
            raise UnreadableRecord(f"The tensor {missing[0]!r} is not in the file any more.")
        reader = Reader(files, location, message, {name: found[name] for name in names})
        reader._check(read, found[location.tag][0])
    tensors = {name: found[name][1] for name in names}
    _refuse(location, misfit_in_file(location.tag, message, tensors))
    return reader


def read_head_metrics(files: Files, location: Location) -> MetricTable:
    """The head metrics of a capture, from its last record alone.

    Raises:
        UnreadableRecord: it is damaged.
    """
    found: dict[str, tuple[Record, Tensor]] = {}
    with files.open(location.path) as read:
        message = _record(Window(read, files.block), location, location.commit, found)
        if location.tag not in found:
            raise UnreadableRecord(
                f"Step {location.step} of {location.tag!r} is not in the file any more."
            )
        tensor = found[location.tag][1]
        _refuse(location, metrics_misfit_in_file(location.tag, message, tensor))
        values = _array(read, tensor, slice(None)).astype(np.float32)
    rows = tuple((stack.name, layer.layer) for stack in message.stacks for layer in stack.layers)
    return MetricTable(values, rows, tuple(message.metrics))


def _record(
    window: Window, location: Location, offset: int, found: dict[str, tuple[Record, Tensor]]
) -> schema.Capture:
    """Adds the tensors of the record at the offset to `found`.

    Returns:
        The description of the capture; empty where another record holds it.
    """
    message = schema.Capture()
    try:
        record = record_at(window, offset)
        parse_event(window, record)
        for value in record.values:
            if value.content:
                data = parse_plugin_data(value.content)
                if value.tag != location.tag or not data.HasField("capture"):
                    continue
                message = data.capture
            if value.tensor is not None:
                found[value.tag] = record, value.tensor
    except Damaged as error:
        raise UnreadableRecord(
            f"Step {location.step} of {location.tag!r} is damaged on disk: {error}."
        ) from error
    return message


def _refuse(location: Location, misfit: str) -> None:
    if misfit:
        where = f"Step {location.step} of {location.tag!r}"
        raise UnreadableRecord(f"{where} does not fit its description: {misfit}.")


def _array(read: Read, tensor: Tensor, first: slice) -> Numbers:
    """These entries of the first axis of a tensor, as numpy.

    Only their bytes are read where the tensor has raw content.
    """
    if tensor.content is None and numbers_in(tensor.shape):
        return _unpacked(read(tensor.start, tensor.end - tensor.start), tensor.shape)[first]
    dtype = DTYPES[tensor.dtype]
    start, end = tensor.content or (0, 0)
    count = tensor.shape[0] if tensor.shape else 1
    low, high, _ = first.indices(count)
    entry = (end - start) // count if count else 0
    shape = (max(high - low, 0), *tensor.shape[1:]) if tensor.shape else ()
    data = read(start + low * entry, numbers_in(shape) * dtype.itemsize)
    if len(data) != numbers_in(shape) * dtype.itemsize:
        raise UnreadableRecord("A tensor is cut off.")
    return np.frombuffer(data, dtype).reshape(shape)


def _unpacked(data: bytes, shape: tuple[int, ...]) -> Numbers:
    """A tensor whose numbers stand one by one in half_val, float_val or int_val.

    Other writers make small ones like that.
    """
    try:
        array: Numbers = make_ndarray(TensorProto.FromString(data)).reshape(shape)
    except (DecodeError, ValueError, TypeError, OverflowError) as error:
        raise UnreadableRecord("A tensor cannot be decoded.") from error
    return array
