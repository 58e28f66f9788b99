"""Times of jobs that take turns, and tables of them in markdown."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Times:
    """Seconds of one job, one number for each round."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(
        self, job: Callable[[], object], cpu_clock: Callable[[], float] = time.process_time
    ) -> None:
        """Takes the times of one run of the job."""
        wall, cpu = time.perf_counter(), cpu_clock()
        job()
        self.cpu.append(cpu_clock() - cpu)
        self.wall.append(time.perf_counter() - wall)


def in_turns(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Runs every job once for nothing, and then in turns, in the other order every second time."""
    times = {name: Times() for name in jobs}
    for job in jobs.values():
        job()
    for number in range(rounds):
        for name in list(jobs)[:: 1 if number % 2 == 0 else -1]:
            times[name].add(jobs[name])
    return times


def ratios(one: Times, other: Times) -> str:
    """Cells: median and minimum of one / the other, on the wall and on the CPU."""
    pairs = [
        (summary(a), summary(b))
        for summary in (statistics.median, min)
        for a, b in ((one.wall, other.wall), (one.cpu, other.cpu))
    ]
    return " | ".join(f"{a / b:.3f}" for a, b in pairs)


def table(title: str, *rows: Sequence[str]) -> None:
    """Prints a table; the first row is its head."""
    print(f"\n**{title}**\n")
    for number, row in enumerate(rows):
        print(f"| {' | '.join(row)} |", flush=True)
        if number == 0:
            print(f"|{'---|' * ' | '.join(row).count(' | ')}---|")
