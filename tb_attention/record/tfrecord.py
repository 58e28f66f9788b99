"""The disk format: how records are framed, and how files, directories and tensors are named.

A record is a uint64 length, the uint32 masked crc32c of the length, the payload (a TensorBoard
Event), and the uint32 masked crc32c of the payload; all little-endian. What the payload of a
capture says is in proto/attention.proto.
"""

from __future__ import annotations

import itertools
import os
import re
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import google_crc32c

if TYPE_CHECKING:
    from tb_attention import schema

PLUGIN_NAME = "attention"
"""Name of the plugin, in the metadata of its values and in the directory of its files."""

DIRECTORY = ("plugins", PLUGIN_NAME)
"""Where the record files of a run stand, below its directory."""

VALUE_NORMS = "value_norms"
"""The last part of the name of a tensor that is float32 and has no axis of queries or neurons."""

HEADER = struct.Struct("<QI")
FOOTER = struct.Struct("<I")
_LENGTH = struct.Struct("<Q")

_OF_THE_PLUGIN = f"tb_{PLUGIN_NAME}/"
"""Not "attention/", which the tags of head metrics in the Scalars tab begin with."""

_numbers = itertools.count()


@dataclass(frozen=True)
class FileNames:
    """Names <before><unixtime>.<host>.<pid>.<n><after>, each of them new."""

    before: str
    after: str = ""

    def new(self) -> str:
        """A name that no file has."""
        return f"{self.before}{int(time.time()):010}.{_process()}.{next(_numbers)}{self.after}"


RECORD_FILES = FileNames(f"{PLUGIN_NAME}.", ".tfrecord")
EVENT_FILES = FileNames("events.out.tfevents.")


def is_record_file(name: str) -> bool:
    """Whether a file in DIRECTORY holds captures."""
    return name.endswith(RECORD_FILES.after)


def is_event_file(name: str) -> bool:
    """Whether TensorBoard takes the file for one of events."""
    return "tfevents" in name


def event_file_tag(tag: str) -> str:
    """The tag of a value in an event file, where a probe may be named like a scalar of the user.

    TensorBoard keeps one kind of value of a tag: a probe "loss" would hide the scalar "loss".
    """
    return f"{_OF_THE_PLUGIN}{tag}"


def logged_tag(tag: str, file: str) -> str:
    """The tag as it was logged, of the tag of a value in a file; older event files have it as is.

    Args:
        tag: the tag of the value.
        file: name or path of the file.
    """
    return tag if is_record_file(file) else tag.removeprefix(_OF_THE_PLUGIN)


def event_files_of_this_process(names: Iterable[str]) -> set[str]:
    """The names that a writer of this process gave to its event files."""
    ours = re.compile(rf"tfevents\.\d+\.{re.escape(_process())}\.")
    return {name for name in names if ours.search(name)}


def framed(payload: bytes) -> bytes:
    """The payload as a record."""
    length = _LENGTH.pack(len(payload))
    crcs = (FOOTER.pack(masked_crc32c(part)) for part in (length, payload))
    return b"".join((length, next(crcs), payload, next(crcs)))


def masked_crc32c(data: bytes) -> int:
    """The crc32c of the data, masked."""
    return masked(google_crc32c.value(data))


def masked(crc: int) -> int:
    """The crc32c rotated and shifted, because a CRC of data that holds its own CRC is weak."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def tensor_kinds(weights_only: bool, value_norms: bool) -> tuple[str, ...]:
    """The tensors of a layer, by the last part of their names."""
    kinds = ("weights",) if weights_only else ("query", "key")
    return (*kinds, VALUE_NORMS) if value_norms else kinds


def layer_tensor(tag: str, stack: str, layer: int, kind: str) -> str:
    """Name of the "query", "key", "weights" or "value_norms" of a layer."""
    return f"{tag}/{stack}/{layer}/{kind}"


def shared_tensor(tag: str, stack: str, kind: str, number: int) -> str:
    """Name of a "mask" or "bias", which layers of a stack may share."""
    return f"{tag}/{stack}/{kind}/{number}"


def thumbnails_tensor(tag: str, stack: str) -> str:
    """Name of the thumbnails of a stack."""
    return f"{tag}/{stack}/thumbnails"


def tensor_names(tag: str, capture: schema.Capture) -> list[str]:
    """Names of all tensors of a capture besides its head metrics, which stand under the tag."""
    names = []
    for stack in capture.stacks:
        for layer in stack.layers:
            kinds = tensor_kinds(layer.weights_only, layer.value_norms)
            names += [layer_tensor(tag, stack.name, layer.layer, kind) for kind in kinds]
        for kind in ("mask", "bias"):
            numbers = {getattr(layer, kind) for layer in stack.layers if layer.HasField(kind)}
            names += [shared_tensor(tag, stack.name, kind, number) for number in sorted(numbers)]
        names.append(thumbnails_tensor(tag, stack.name))
    return names


def _process() -> str:
    """Host and number of this process."""
    return f"{socket.gethostname()}.{os.getpid()}"
