"""Where a capture stands in the log directory."""

from __future__ import annotations

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where a capture stands. root: the root of the index that holds the file.

    wall_time: seconds. session, files: as in the proto.

    records: offsets of its records in the file. commit: offset of the one that commits it. version:
    another one whenever the same step holds something else, or another version of tb_attention
    answers.
    """

    root: str
    path: str
    tag: str
    step: int
    wall_time: float
    session: str
    files: int | None
    records: array[int]
    commit: int
    version: str
