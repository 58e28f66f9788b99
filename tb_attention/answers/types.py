"""Types of all heads at all steps, and when heads acquired or lost one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tb_attention.answers.answer import Arrays
from tb_attention.answers.metrics import step_numbers
from tb_attention.answers.type_metrics import metrics_for_types
from tb_attention.attention.head_types import TYPES, lives, types_over_steps
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store


def answer_types(store: Store, steps: Steps) -> Arrays:
    """`types` uint16 [S, rows, heads]: bit t is set where the head has the type t."""
    metrics, notes = metrics_for_types(store, steps)
    numbers = step_numbers(steps)
    masks = types_over_steps(metrics.values, metrics.names)
    spans = [
        {
            "type": life.type,
            "row": life.row,
            "head": life.head,
            "born": _at(numbers, life.born),
            "died": _at(numbers, life.died),
        }
        for life in lives(metrics.values, metrics.names, masks)
    ]
    kinds = [
        {
            "name": kind.name,
            "metric": kind.metric,
            "comparison": ">=",
            "threshold": kind.threshold,
            "meaning": kind.meaning,
        }
        for kind in TYPES
    ]
    arrays = {"types": masks, "steps": numbers}
    return Arrays(arrays, {"types": kinds, "lives": spans, "rows": metrics.rows, "notes": notes})


def _at(numbers: npt.NDArray[np.generic], place: int | None) -> int | None:
    return None if place is None else int(numbers[place])
