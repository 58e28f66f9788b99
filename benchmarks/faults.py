"""Reading and writing under faults, in one table.

    python benchmarks/faults.py [--long] [--only ROW ...]

A minute; with --long the run of docs/reliability.md, half an hour. Each part runs in processes of
its own, whose peak memory it is; of many clients it is that of TensorBoard. Seeds are fixed, and
what is lost or fails is printed below the table with its seed. Linux only; the small disk needs the
right to mount.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")
from benchmarks import (
    changed_meanings,
    changing_files,
    damaged_files,
    full_disk,
    hostile_requests,
    killed_writers,
    many_clients,
)
from benchmarks.tried import Tried, peak

LIMIT = 1800
"""Seconds after which a part counts as one that hangs."""


def together(outcomes: Iterable[Tried]) -> Tried:
    outcome = Tried()
    for one in outcomes:
        outcome.add(one)
    return outcome


def meanings(directory: Path, seeds: range) -> Tried:
    return together(changed_meanings.outcomes(directory, seeds))


def damages(directory: Path, seeds: range) -> Tried:
    return together(damaged_files.outcomes(directory, seeds))


def hostile(directory: Path, seeds: range) -> Tried:
    client = hostile_requests.logged(directory)
    return together(
        hostile_requests.asked(client, route, len(seeds)) for route in hostile_requests.ROUTES
    )


def killed(directory: Path, seeds: range) -> Tried:
    return together(killed_writers.killed(directory / str(seed), seed) for seed in seeds)


def disk(directory: Path, seeds: range) -> Tried:
    return together(full_disk.filled(directory / str(seed), seed) for seed in seeds)


def changing(directory: Path, seeds: range) -> Tried:
    return changing_files.changed(directory, len(seeds))


def clients(count: int) -> Callable[[Path, range], Tried]:
    def crowd(directory: Path, seeds: range) -> Tried:
        with many_clients.board(directory, tokens=2048) as board:
            outcome = many_clients.crowded(board, count, len(seeds))
            outcome.memory = board.peak
        return outcome

    return crowd


@dataclass(frozen=True)
class Part:
    """A row of the table.

    Attributes:
        what: its first cell.
        unit: of what is tried.
        run: tries it for each of some seeds, in a directory that is empty.
        quick: number of seeds.
        long: number of seeds of the long run.
        processes: in which the seeds are shared out.
    """

    what: str
    unit: str
    run: Callable[[Path, range], Tried]
    quick: int
    long: int
    processes: int = 1


PARTS = {
    "damages": Part(
        "files with damaged bytes: flipped, cut, inserted, deleted, overwritten; records swapped, "
        "twice, missing, or changed under right checksums",
        "files", damages, 1_000, 96_000, 2,
    ),
    "meanings": Part(
        "files with another meaning under right checksums, every route",
        "files", meanings, 60, 4_000, 2,
    ),
    "hostile": Part(
        f"hostile requests to each of {len(hostile_requests.ROUTES)} routes",
        "requests", hostile, 400, 10_000,
    ),
    "killed": Part("kill -9 of a process that writes", "kills", killed, 8, 200),
    "disk": Part("a full disk", "captures", disk, 8, 100),
    "changing": Part(
        "files replaced, written over, cut, removed, renamed while they are read",
        "changes", changing, 60, 2_000,
    ),
    "8 clients": Part("8 clients, 2,048 tokens", "requests", clients(8), 10, 150),
    "32 clients": Part("32 clients, 2,048 tokens", "requests", clients(32), 5, 100),
}  # fmt: skip


def begun(name: str, seeds: range) -> subprocess.Popen[str]:
    """Tries a part in a process of its own."""
    return subprocess.Popen(
        [sys.executable, __file__, "--part", name, f"--first={seeds.start}", f"--end={seeds.stop}"],
        stdout=subprocess.PIPE,
        text=True,
    )


def outcome_of(name: str, process: subprocess.Popen[str]) -> Tried:
    """What came of it; a process that ends by itself, or not at all, has failed."""
    try:
        printed, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return Tried(failed=[f"{name}: did not end in {LIMIT} s"])
    if process.returncode:
        return Tried(failed=[f"{name}: the process ended with {process.returncode}"])
    return Tried(**json.loads(printed.splitlines()[-1]))


def tried(name: str, count: int) -> Tried:
    """What came of all processes of a part."""
    shared = PARTS[name].processes
    ends = [count * place // shared for place in range(shared + 1)]
    processes = [begun(name, range(*pair)) for pair in pairwise(ends)]
    return together([outcome_of(name, process) for process in processes])


def row(part: Part, outcome: Tried) -> str:
    """Cells: what | tried | lost | 5xx or exceptions | peak memory."""
    notes = f" ({', '.join(outcome.notes)})" if outcome.notes else ""
    cells = [
        part.what + notes,
        f"{outcome.tried:,} {part.unit}"
        + (f", {outcome.asked:,} questions" if outcome.asked not in (0, outcome.tried) else ""),
        f"{len(outcome.lost):,}",
        f"{len(outcome.failed):,}" + (f" (503: {outcome.busy:,})" if outcome.busy else ""),
        f"{outcome.memory:.0f} MB",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="the run of docs/reliability.md")
    parser.add_argument("--only", choices=PARTS, nargs="+", help="only these rows of the table")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--end", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        logging.disable(logging.CRITICAL)
        with tempfile.TemporaryDirectory() as directory:
            outcome = PARTS[options.part].run(Path(directory), range(options.first, options.end))
        outcome.memory = outcome.memory or peak()
        print(json.dumps(asdict(outcome)))
        return 0
    print("| what | tried | lost | 5xx or exceptions | peak memory |\n|---|---|---|---|---|")
    said, started = [], time.monotonic()
    for name in options.only or PARTS:
        part = PARTS[name]
        outcome = tried(name, part.long if options.long else part.quick)
        print(row(part, outcome), flush=True)
        said += outcome.lost[:20] + outcome.failed[:20]
    print(f"\n{(time.monotonic() - started) / 60:.0f} minutes", *said, sep="\n")
    return bool(said)


if __name__ == "__main__":
    sys.exit(main())
