"""Head metrics of many steps as one array, also where the model or the metrics changed."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np

from tb_attention.store.committed import MetricTable

ROOM, SPARSE = 1 << 24, 16
"""A table of more numbers than ROOM may have at most SPARSE times as many as were logged.

Steps that have little in common would make a table that is mostly empty, and of any size.
"""

_logger = logging.getLogger(__name__)

Entry = TypeVar("Entry", bound=Hashable)


def join_steps(steps: Sequence[MetricTable | None]) -> MetricTable:
    """Head metrics of several steps: values float32 [steps, rows, heads, metrics].

    All rows and metrics that any step has, NaN where a step lacks them. A step that has next to
    nothing in common with those before it is NaN too, where it would make a huge table.
    """
    steps = _alike(steps)
    known = [step for step in steps if step is not None]
    rows = _union([step.rows for step in known])
    names = _union([step.names for step in known])
    heads = max((step.values.shape[1] for step in known), default=0)
    values = np.full((len(steps), len(rows), heads, len(names)), np.nan, np.float32)
    for joined, step in zip(values, steps, strict=True):
        if step is not None:
            places = (
                [rows[row] for row in step.rows],
                range(step.values.shape[1]),
                [names[name] for name in step.names],
            )
            joined[np.ix_(*places)] = step.values
    return MetricTable(values, tuple(rows), tuple(names))


def _alike(steps: Sequence[MetricTable | None]) -> list[MetricTable | None]:
    """The steps, None instead of those that make the table too sparse."""
    room = ROOM + SPARSE * sum(step.values.size for step in steps if step is not None)
    rows: set[tuple[str, int]] = set()
    names: set[str] = set()
    heads = 0
    kept: list[MetricTable | None] = []
    for step in steps:
        if step is not None:
            more = rows.union(step.rows), names.union(step.names), step.values.shape[1]
            size = len(more[0]) * len(more[1]) * max(heads, more[2])
            if len(steps) * size > room:
                _logger.warning("attention: a step has too little in common with the others")
                step = None
            else:
                rows, names, heads = more[0], more[1], max(heads, more[2])
        kept.append(step)
    return kept


def _union(sequences: Sequence[Sequence[Entry]]) -> dict[Entry, int]:
    """Entry -> its place, in the order of first appearance."""
    return {
        entry: place
        for place, entry in enumerate(
            dict.fromkeys(entry for sequence in sequences for entry in sequence)
        )
    }
