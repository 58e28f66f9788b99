"""A disk that is full while attention is logged: what was committed stays, half captures do not.

On a small tmpfs where it may be mounted, else with a limit on the size of a file.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from tensorboard.compat.proto import event_pb2

from benchmarks.killed_writers import capture_at, wrong
from benchmarks.tried import Tried
from tb_attention.log.logger import AttentionLogger
from tb_attention.store.store import Store
from tests.support.disk import disk_with
from tests.support.indexes import index_of

ROOM = 4 << 20
"""Bytes of the small disk."""

Full = Callable[[int], AbstractContextManager[None]]
"""Leaves room for so many bytes meanwhile."""


@contextmanager
def small_disk(directory: Path, mount: bool = True) -> Iterator[tuple[Full, str]]:
    """A directory with little room, and how it was made: (what fills it, a note)."""
    directory.mkdir()
    if not (mount and _mounted(directory)):
        yield lambda room: _limited(directory, room), "a limit on the size of a file (RLIMIT_FSIZE)"
        return
    try:
        yield lambda room: _ballast(directory, room), f"a tmpfs of {ROOM >> 20} MB"
    finally:
        subprocess.run(["umount", str(directory)], check=True)


def _mounted(directory: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(directory)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def _ballast(directory: Path, room: int) -> Iterator[None]:
    """Another program's file, which takes all but so many bytes."""
    path = directory / "checkpoint.bin"
    there = os.statvfs(directory)
    path.write_bytes(bytes(max(there.f_bavail * there.f_frsize - room, 0)))
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def _limited(directory: Path, room: int) -> Iterator[None]:
    sizes = [path.stat().st_size for path in directory.rglob("*") if path.is_file()]
    with disk_with(max(sizes, default=0) + room):
        yield


def filled(directory: Path, seed: int, mount: bool = True) -> Tried:
    """Logs to a disk that becomes full, and once more when there is room again."""
    chance = random.Random(seed)
    tokens, inline = chance.choice([4, 40, 300]), chance.random() < 0.3
    outcome, said = Tried(), f"full disk, seed {seed}"
    with small_disk(directory, mount) as (full, note):
        outcome.notes.append(note)
        run = directory / "run"
        with AttentionLogger(run, inline=inline) as logger:
            step, must = 0, set()
            for filling in range(4):
                room = chance.choice([0, 1, 100, 5_000, 100_000, 300_000])
                with full(room) if filling % 2 else nullcontext():
                    for _ in range(3):
                        lost = logger.lost
                        logger.write(capture_at(step, tokens), tag="probe", step=step)
                        logger.flush()
                        outcome.tried += 1
                        if logger.lost == lost:
                            must.add(step)
                        elif not filling % 2:
                            outcome.lost.append(f"{said}: step {step}, where there was room")
                        step += 1
                    _read(outcome, said, run, tokens, must)
        _read(outcome, f"{said}, closed", run, tokens, must)
    return outcome


def _torn(path: Path) -> bool:
    """Whether anything stands behind the last commit of a file."""
    data, at, last = path.read_bytes(), 0, b""
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 8], "little")
        last, at = data[at + 12 : at + 12 + length], at + 16 + length
    if at != len(data) or path.suffix != ".tfrecord":
        return at != len(data)
    value = event_pb2.Event.FromString(last).summary.value[0]
    return not value.metadata.plugin_data.content


def _read(outcome: Tried, said: str, run: Path, tokens: int, must: set[int]) -> None:
    """Whether just the steps that were committed are there, and nothing else takes room."""
    try:
        if not run.is_dir():
            outcome.lost += [f"{said}: nothing is left"] if must else []
            return
        index = index_of(run)
        store = Store(index)
        listed = set(store.snapshot.runs.get(".", {}).get("probe", {}))
        outcome.asked += len(listed)
        if listed != must:
            outcome.lost.append(f"{said}: {sorted(listed)} are listed instead of {sorted(must)}")
        outcome.lost += [
            f"{said}: {told}" for step in listed if (told := wrong(store, step, tokens))
        ]
        outcome.lost += [f"{said}: {problem.problem}" for problem in index.snapshot.problems]
        for path in run.rglob("*.*"):
            if path.is_file() and _torn(path):
                outcome.lost.append(f"{said}: half a capture takes room in {path.name}")
    except Exception as error:  # noqa: BLE001  (it is counted)
        outcome.failed.append(f"{said}: {type(error).__name__}: {error}")
