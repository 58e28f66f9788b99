"""Head metrics of many steps as one array, also where the model or the metrics changed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np

from tb_attention.store.reader import MetricTable

Entry = TypeVar("Entry", bound=Hashable)


def join_steps(steps: Sequence[MetricTable | None]) -> MetricTable:
    """Head metrics of several steps: values float32 [steps, rows, heads, metrics].

    All rows and metrics that any step has, NaN where a step lacks them.
    """
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


def _union(sequences: Sequence[Sequence[Entry]]) -> dict[Entry, int]:
    """Entry -> its place, in the order of first appearance."""
    return {
        entry: place
        for place, entry in enumerate(
            dict.fromkeys(entry for sequence in sequences for entry in sequence)
        )
    }
