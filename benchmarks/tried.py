"""What was tried against faults, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Tried:
    """The outcome of one part of benchmarks/faults.py.

    Attributes:
        tried: how many things were tried.
        asked: how many questions were asked about them.
        lost: a sentence for each step that should be there and is not, or whose numbers are others.
        failed: a sentence for each 5xx or exception.
        busy: answers 503 because two large answers were under way.
        memory: the largest resident size of the process in question, in MB.
        notes: how it was done, where that depends on the machine.
    """

    tried: int = 0
    asked: int = 0
    lost: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    busy: int = 0
    memory: float = 0.0
    notes: list[str] = field(default_factory=list)

    def add(self, other: Tried) -> None:
        """Counts what another one has, too."""
        self.tried += other.tried
        self.asked += other.asked
        self.busy += other.busy
        self.memory = max(self.memory, other.memory)
        self.lost += other.lost
        self.failed += other.failed
        self.notes += [note for note in other.notes if note not in self.notes]


def peak(process: int | str = "self") -> float:
    """The largest resident size of a process so far, in MB; Linux only."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1000 if found else 0.0
