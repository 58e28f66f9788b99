"""A tag of a run as it stands, by which slow answers are kept."""

from __future__ import annotations

from typing import NamedTuple

from tb_attention.answers.slow import version_of
from tb_attention.store.store import Store


class LoggedProbe(NamedTuple):
    """A tag of a run, with the version of its captures."""

    run: str
    tag: str
    version: str


def probes_of(store: Store) -> tuple[LoggedProbe, ...]:
    """All tags of all runs, those that were logged last first."""
    latest = {
        LoggedProbe(run, tag, version_of(steps)): max(at.wall_time for at in steps.values())
        for run, tags in store.snapshot.runs.items()
        for tag, steps in tags.items()
        if steps
    }
    return tuple(sorted(latest, key=lambda probe: (-latest[probe], probe)))


def others_of(store: Store, run: str, tag: str) -> tuple[LoggedProbe, ...]:
    """The other tags of the run, sorted."""
    tags = store.snapshot.runs.get(run, {})
    return tuple(
        LoggedProbe(run, other, version_of(steps))
        for other, steps in tags.items()
        if other != tag and steps
    )
