"""The head metrics of one layer, added up over blocks of rows."""

from __future__ import annotations

import numpy as np

from tb_attention.attention.dtypes import Floats32
from tb_attention.attention.head_metrics import METRICS
from tb_attention.attention.metric_rows import MetricRows
from tb_attention.attention.row_sums import RowSums
from tb_attention.attention.softmax import Block


class HeadMetricSums:
    """Adds up the head metrics of one layer: `add` every block, then `result`."""

    def __init__(self, sums: RowSums) -> None:
        """Begins with sums that have no row yet, and adds to them."""
        self._sums = sums
        known = {
            "positions": sums.aligned,
            "repeats": sums.repeats is not None,
            "norms": sums.layer.value_norms is not None and not sums.layer.arriving,
            "needle": sums.hits is not None,
            "effects": False,
        }
        self._formulas = [
            metric.compute if known.get(metric.needs, True) else None for metric in METRICS
        ]

    def add(self, block: Block) -> None:
        """Adds one block of tb_attention.attention.softmax.raised_blocks; overwrites its scores."""
        self._sums.add(block)

    def result(self) -> Floats32:
        """Head metrics: float32 [heads, len(METRICS)], NaN where not defined."""
        nothing = np.full(len(self._sums.mass), np.nan)
        # Rows that are NaN or see nothing are left out; what float32 cannot hold is infinite.
        with np.errstate(invalid="ignore", over="ignore"):
            rows = MetricRows(self._sums)
            columns = [nothing if formula is None else formula(rows) for formula in self._formulas]
            return np.stack(columns, axis=1).astype(np.float32)
