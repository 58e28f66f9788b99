"""Head metrics of all steps of a tag, and the words for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tb_attention.answers.answer import Arrays
from tb_attention.attention.head_metrics import METRICS
from tb_attention.record.effects import UNITS
from tb_attention.store.committed import OutputNumber
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store


def answer_metrics(store: Store, steps: Steps) -> Arrays:
    """`steps` [S], and `metrics` float32 [S, rows, heads, metrics], NaN where not defined.

    Beside them, in the metadata, the numbers of the output that were measured, such as the loss.
    """
    joined = store.head_metrics(steps)
    arrays = {"steps": step_numbers(steps), "metrics": joined.values}
    words = [
        {
            "name": metric.name,
            "label": metric.label,
            "sentence": metric.sentence,
            "unit": metric.unit,
            "scale": metric.scale,
            "formula": metric.formula,
            "source": metric.source,
        }
        for metric in METRICS
        if metric.name in joined.names
    ]
    numbers = number_series(store.output_numbers(steps))
    return Arrays(
        arrays, {"names": joined.names, "rows": joined.rows, "words": words, "numbers": numbers}
    )


def number_series(steps: list[tuple[OutputNumber, ...]]) -> list[dict[str, Any]]:
    """Each number along the steps, None where it was not measured; other answers are another."""
    series: dict[tuple[Any, ...], list[float | None]] = {}
    for place, numbers in enumerate(steps):
        for each in numbers:
            key = (each.number, each.first, each.second)
            series.setdefault(key, [None] * len(steps))[place] = each.value
    return [
        {
            "number": number,
            "unit": UNITS[number],
            "values": values,
            "first": first,
            "second": second,
        }
        for (number, first, second), values in series.items()
    ]


def step_numbers(steps: Steps) -> npt.NDArray[np.int32] | npt.NDArray[np.float64]:
    """The numbers of the steps: int32 [S], float64 if one does not fit."""
    numbers = np.array(list(steps), np.int64)
    fits = np.all(numbers == numbers.astype(np.int32))
    return numbers.astype(np.int32) if fits else numbers.astype(np.float64)
