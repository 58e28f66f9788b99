"""The stories of a log directory: the strongest findings of all runs and probes."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from tb_attention.answers.findings import finding_answer
from tb_attention.answers.jobs import Job, Work
from tb_attention.answers.logged_probe import LoggedProbe, others_of
from tb_attention.answers.looked_at import look_at
from tb_attention.errors import NotLogged
from tb_attention.findings.story import Story, by_strength
from tb_attention.store.store import Store

MOST = 40
"""So many stories are told of a log directory; every finding is in `findings`."""

LATEST = 100
"""So many probes are looked at, those that were logged last."""

SOON = 2.0
"""Seconds after which what was found so far is shown: until then the strongest may still come."""


def begin_stories(store: Store, probes: tuple[LoggedProbe, ...]) -> Job:
    """Fills {"stories": [...], "notes": [...]}, as in docs/http.md, the strongest first."""
    left = len(probes) - LATEST
    notes = [f"Only the {LATEST} probes that were logged last were looked at."] if left > 0 else []
    answer: dict[str, Any] = {"stories": [], "notes": notes}
    found: dict[tuple[str, str], list[Story]] = {}

    def work() -> Work:
        begun = time.monotonic()
        for done, probe in enumerate(probes[:LATEST]):
            found[probe.run, probe.tag] = _of_probe(store, probe)
            if time.monotonic() - begun > SOON:
                answer["stories"] = _told(found)
            yield (done + 1) / min(len(probes), LATEST)
        answer["stories"] = _told(found)

    return Job(answer, work(), 100_000)


def _of_probe(store: Store, probe: LoggedProbe) -> list[Story]:
    try:
        steps = store.steps(probe.run, probe.tag)
    except NotLogged:  # it is gone since the log directory was listed
        return []
    looked_at = look_at(store, steps, others_of(store, probe.run, probe.tag))
    if looked_at is None:
        return []
    return [looked_at.story(finding) for finding in looked_at.of_metrics()]


def _told(found: dict[tuple[str, str], list[Story]]) -> list[dict[str, Any]]:
    return [_answer(run, tag, one) for run, tag, one in by_strength(found)[:MOST]]


def _answer(run: str, tag: str, told: Story) -> dict[str, Any]:
    finding = told.finding
    return {
        "run": run,
        "tag": tag,
        **asdict(told),
        "finding": finding_answer(finding),
        "stack": finding.stack,
        "heads": finding.heads,
        "query": finding.query,
        "key": finding.key,
    }
