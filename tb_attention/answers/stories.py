"""The stories of a log directory: the strongest findings of all runs and probes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from tb_attention.answers.findings import finding_answer, of_changes
from tb_attention.answers.jobs import Job, Work
from tb_attention.answers.logged_probe import LoggedProbe
from tb_attention.answers.looked_at import OTHERS, LookedAt, look_at
from tb_attention.answers.moved import Moved, compare_steps
from tb_attention.errors import NotLogged
from tb_attention.findings.finding import Finding
from tb_attention.findings.told import Told, told
from tb_attention.store.store import Store

MOST = 40
"""So many stories are told of a log directory; every finding is in `findings`."""

LATEST = 100
"""So many probes are looked at, those that were logged last."""

SOON = 2.0
"""Seconds after which what was found so far is shown: until then the strongest may still come."""

COMPARED, ROWS = 8, 64
"""Of so many probes heads are compared with themselves at the first step, by so many rows each."""


def begin_stories(store: Store, probes: tuple[LoggedProbe, ...]) -> Job:
    """Fills {"stories": [...], "notes": [...]}, as in docs/http.md, the strongest first.

    From head metrics and effects first, which are quick to read, then from queries and keys.
    """
    left = len(probes) - LATEST
    notes = [f"Only the {LATEST} probes that were logged last were looked at."] if left > 0 else []
    answer: dict[str, Any] = {"stories": [], "notes": notes}
    found: list[Told] = []

    def show() -> None:
        answer["stories"] = [_answer(each) for each in told(found)[:MOST]]

    def add(probe: LoggedProbe, looked_at: LookedAt, findings: Iterator[Finding]) -> None:
        stories = (looked_at.story(each) for each in findings)
        # That layers hardly moved is a finding, and no story.
        found.extend(Told(probe.run, probe.tag, each) for each in stories if each.strength > 0)

    def work() -> Work:
        begun = time.monotonic()
        every: list[tuple[LoggedProbe, LookedAt]] = []
        for done, probe in enumerate(probes[:LATEST]):
            looked_at = _look_at(store, probe)
            if looked_at is not None:
                every.append((probe, looked_at))
                add(probe, looked_at, looked_at.of_metrics())
            if time.monotonic() - begun > SOON:
                show()
            yield 0.4 * (done + 1) / len(probes[:LATEST])
        for done, (probe, looked_at) in enumerate(every):
            add(probe, looked_at, _beside(probe, looked_at, every).of_other_texts())
            yield 0.4 + 0.1 * (done + 1) / len(every)
        show()
        compared = every[:COMPARED]
        for done, (probe, looked_at) in enumerate(compared):
            of_stacks: list[Moved] = []
            for progress in compare_steps(store, looked_at, of_stacks, ROWS):
                yield 0.5 + 0.5 * (done + progress) / len(compared)
            for of_stack in of_stacks:
                add(probe, looked_at, of_changes(of_stack))
            show()

    return Job(answer, work(), 100_000)


def _look_at(store: Store, probe: LoggedProbe) -> LookedAt | None:
    try:
        steps = store.steps(probe.run, probe.tag)
    except NotLogged:  # it is gone since the log directory was listed
        return None
    return look_at(store, steps)


def _beside(
    probe: LoggedProbe, looked_at: LookedAt, every: list[tuple[LoggedProbe, LookedAt]]
) -> LookedAt:
    """The tag with the other ones of its run."""
    others = [(one, other) for one, other in every if one.run == probe.run and one != probe]
    return looked_at.beside({one.tag: other.every for one, other in others[:OTHERS]})


def _answer(each: Told) -> dict[str, Any]:
    story = each.story
    finding = story.finding
    return {
        "run": each.run,
        "tag": each.tag,
        **asdict(story),
        "finding": finding_answer(finding),
        "stack": finding.stack,
        "heads": finding.heads,
    }
