"""Where a capture stands in the log directory."""

from __future__ import annotations

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where a capture stands in the log directory.

    Attributes:
        root: the root of the index that holds the file.
        path: path or URL of the file.
        tag: the tag of the capture.
        step: its step.
        wall_time: when it was logged, in seconds since the epoch.
        session: name of its writer, as in the proto.
        files: number of files that its session found in the run, as in the proto.
        records: offsets of its records in the file.
        checksums: the masked crc32c of each of them: what does not have it any more is not read.
        commit: offset of the record that commits it.
        tokens: number of tokens of its longest sequence.
        version: another one whenever the same step holds something else, or another version of
            tb_attention answers.
    """

    root: str
    path: str
    tag: str
    step: int
    wall_time: float
    session: str
    files: int | None
    records: array[int]
    checksums: array[int]
    commit: int
    tokens: int
    version: str
