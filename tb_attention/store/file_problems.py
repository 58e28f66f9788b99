"""What of one file cannot be shown, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

LISTED = 5
"""Different reasons that are listed of a file; the rest is counted."""


@dataclass
class FileProblems:
    """What of one file cannot be shown.

    Attributes:
        corrupt: records whose checksum is wrong, or that are no Event.
        stuck: whether the length of a record is damaged.
        incomplete: captures of which tensors are missing.
    """

    corrupt: int = 0
    stuck: bool = False
    incomplete: int = 0
    _refused: Counter[str] = field(default_factory=Counter)
    _misfits: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, reason: str) -> None:
        """Counts a capture that cannot be read, such as one of a newer format."""
        self._refused[reason.rstrip(".")] += 1

    def misfit(self, which: str, reason: str) -> None:
        """Counts a capture that does not fit its description. which: its step and tag."""
        self._misfits.setdefault(reason, []).append(which)

    def sentences(self) -> Iterator[str]:
        """What cannot be shown; nothing where all is well."""
        if self.corrupt:
            yield f"{count(self.corrupt, 'corrupt record')} skipped"
        if self.stuck:
            yield "the length of a record is damaged: what was written behind it cannot be found"
        if self.incomplete:
            yield f"{count(self.incomplete, 'capture')} left out: tensors are missing"
        reasons = [(number, reason) for reason, number in self._refused.items()]
        for reason, which in self._misfits.items():
            such = "" if len(which) == 1 else f" (the first of {len(which):,})"
            reasons.append((len(which), f"{which[0]}{such} does not fit its description: {reason}"))
        for number, sentence in reasons[:LISTED]:
            yield f"{count(number, 'capture')} left out: {sentence}"
        if more := sum(number for number, _ in reasons[LISTED:]):
            yield f"{count(more, 'capture')} left out for other reasons"


def count(number: int, noun: str) -> str:
    """1 capture, 2 captures."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
