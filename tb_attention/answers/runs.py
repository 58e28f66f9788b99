"""Which runs, tags and steps there are."""

from __future__ import annotations

from typing import Any

from tb_attention.record.message import VERSION
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store


def answer_runs(store: Store, *, loading: bool = False) -> dict[str, Any]:
    """All runs, tags and steps of the last refresh. loading: whether another one is under way."""
    snapshot = store.snapshot
    runs = [
        {"run": run, "tags": [_tag(tag, steps) for tag, steps in tags.items()]}
        for run, tags in snapshot.runs.items()
    ]
    return {
        "version": VERSION,
        "loading": loading,
        "runs": runs,
        "problems": [vars(problem) for problem in snapshot.problems],
    }


def _tag(tag: str, steps: Steps) -> dict[str, Any]:
    return {
        "tag": tag,
        "steps": list(steps),
        "wall_times": [location.wall_time for location in steps.values()],
        "versions": [location.version for location in steps.values()],
        "tokens": steps[max(steps)].tokens if steps else 0,
    }
