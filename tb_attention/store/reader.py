"""An open capture: its description and its tensors, read when they are asked for.

Records are checked against their crc32c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from google.protobuf.message import DecodeError
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tb_attention import schema
from tb_attention.attention.dtypes import Numbers
from tb_attention.errors import Rewritten, UnreadableRecord
from tb_attention.files.file_state import Read
from tb_attention.files.read import Files
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.tensors import DTYPES, unpacked
from tb_attention.record.tfrecord import FOOTER, logged_tag, tensor_names
from tb_attention.store.committed import Committed, MetricTable, OutputNumber, TokenLosses
from tb_attention.store.fit import committed_misfit_in_file, misfit_in_file, numbers_in
from tb_attention.store.location import Location
from tb_attention.store.records import (
    Record,
    Tensor,
    footer_of,
    parse_event,
    read_intact,
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

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, roughly."""
        # As measured with 16 to 2,048 tokens and 2 to 48 layers, within 20 %.
        return 6 * self.message.ByteSize() + 1000 * len(self.tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor, without reading it."""
        return self.tensors[name][1].shape

    def dtype(self, name: str) -> np.dtype[np.generic]:
        """The dtype of a tensor, without reading it."""
        return DTYPES[self.tensors[name][1].dtype]

    def read(self, name: str, first: slice = slice(None)) -> Numbers:
        """The tensor of that name, or these entries of its first axis.

        What is returned has the checksum that was found when the capture was listed, so that an
        answer never mixes what was there with what has taken its place.

        Raises:
            UnreadableRecord: it is damaged, or was written anew.
        """
        record, tensor = self.tensors[name]
        start, end = _range(tensor, first)
        with self.files.open(self.location.path) as read:
            if first == slice(None) or record.end - record.start <= SLICED:
                data: bytes | bytearray = _intact(read, self.location, record, start, end)
            else:
                data = read(start, end - start)
                if read(record.end, FOOTER.size) != FOOTER.pack(record.footer):
                    raise _rewritten(self.location)
        return _array(data, tensor, first)


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
        commit = found[location.tag][0]
        _intact(read, location, commit, commit.start, commit.start)
    tensors = {name: found[name][1] for name in names}
    _refuse(location, misfit_in_file(location.tag, message, tensors))
    return Reader(files, location, message, {name: found[name] for name in names})


def read_committed(files: Files, location: Location) -> Committed:
    """Head metrics and numbers of the output of a capture, from its last record alone.

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
        record, tensor = found[location.tag]
        _refuse(location, committed_misfit_in_file(location.tag, message, tensor))
        data = _intact(read, location, record, *_range(tensor, slice(None)))
    values = _array(data, tensor, slice(None)).astype(np.float32)
    rows = tuple((stack.name, layer.layer) for stack in message.stacks for layer in stack.layers)
    numbers = tuple(
        OutputNumber(effect.number, effect.value, tuple(effect.first), tuple(effect.second))
        for effect in message.effects
    )
    text = next((each for each in message.sequences if each.losses), None)
    losses = (
        TokenLosses(np.array(text.ids, np.int64), np.array(text.losses, np.float32))
        if text is not None
        else None
    )
    return Committed(MetricTable(values, rows, tuple(message.metrics)), numbers, losses)


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
        record.footer = footer_of(window, record)
        if record.footer != location.checksums[location.records.index(offset)]:
            raise _rewritten(location)
        for value in record.values:
            value.tag = logged_tag(value.tag, location.path)
            if value.content:
                data = parse_plugin_data(value.content)
                if value.tag != location.tag or not data.HasField("capture"):
                    continue
                message = data.capture
            if value.tensor is not None:
                found[value.tag] = record, value.tensor
    except Damaged as error:
        # It was whole when it was listed.
        raise Rewritten(f"{_which(location)} is damaged on disk: {error}.") from error
    return message


def _refuse(location: Location, misfit: str) -> None:
    if misfit:
        raise UnreadableRecord(f"{_which(location)} does not fit its description: {misfit}.")


def _intact(read: Read, location: Location, record: Record, start: int, end: int) -> bytearray:
    """The bytes from start to end of a record, which as a whole is as it was listed.

    Raises:
        UnreadableRecord: it is not.
    """
    try:
        data = read_intact(read, record, start, end)
    except Damaged as error:
        if read(record.end, FOOTER.size) != FOOTER.pack(record.footer):
            raise _rewritten(location) from error
        raise UnreadableRecord(f"{_which(location)} is damaged on disk: {error}.") from error
    if read(record.end, FOOTER.size) != FOOTER.pack(record.footer):
        raise _rewritten(location)
    return data


def _rewritten(location: Location) -> Rewritten:
    return Rewritten(f"{_which(location)} was written anew since it was listed: ask again.")


def _which(location: Location) -> str:
    return f"Step {location.step} of {location.tag!r}"


def _range(tensor: Tensor, first: slice) -> tuple[int, int]:
    """Where the bytes of these entries of the first axis begin and end.

    All of the TensorProto where its numbers stand one by one.
    """
    if tensor.content is None:
        return tensor.start, tensor.end
    start, end = tensor.content
    count = tensor.shape[0] if tensor.shape else 1
    low, high, _ = first.indices(count)
    entry = (end - start) // count if count else 0
    return start + low * entry, start + max(high, low) * entry


def _array(data: bytes | bytearray, tensor: Tensor, first: slice) -> Numbers:
    """These entries of the first axis of a tensor, of the bytes of `_range`."""
    if tensor.content is None and numbers_in(tensor.shape):
        return _unpacked(bytes(data), tensor.shape)[first]
    dtype = DTYPES[tensor.dtype]
    shape = tensor.shape
    if shape:
        low, high, _ = first.indices(shape[0])
        shape = (max(high - low, 0), *shape[1:])
    if len(data) != numbers_in(shape) * dtype.itemsize:
        raise UnreadableRecord("A tensor is cut off.")
    array: Numbers = np.frombuffer(data, dtype).reshape(shape)
    array.flags.writeable = False  # what is kept is given to whoever asks
    return array


def _unpacked(data: bytes, shape: tuple[int, ...]) -> Numbers:
    """A tensor whose numbers stand one by one in half_val, float_val or int_val.

    Other writers make small ones like that.
    """
    try:
        return unpacked(TensorProto.FromString(data), shape)
    except (DecodeError, ValueError, OverflowError) as error:
        raise UnreadableRecord("A tensor cannot be decoded.") from error
