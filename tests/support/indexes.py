"""What an index finds in a directory, and what it says of the rest."""

from __future__ import annotations

from pathlib import Path

from tb_attention.store.index import Index
from tb_attention.store.logdir import Root


def index_of(logdir: Path | str) -> Index:
    """An index that has read the log directory."""
    index = Index([Root(str(logdir))])
    index.refresh()
    return index


def found(index: Index) -> dict[str, dict[str, list[int]]]:
    """run -> tag -> steps."""
    index.refresh()
    return {
        run: {tag: list(steps) for tag, steps in tags.items()}
        for run, tags in index.snapshot.runs.items()
    }


def problems(index: Index) -> list[tuple[str, str, str]]:
    """(run, file, sentence) of what is not shown."""
    index.refresh()
    return [(problem.run, problem.file, problem.problem) for problem in index.snapshot.problems]
