"""What the last record of a capture says: head metrics, and numbers of the output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.attention.dtypes import Floats32


@dataclass(frozen=True)
class MetricTable:
    """Head metrics with the names of their axes.

    Attributes:
        values: float32 [rows, heads, metrics] of one capture, [steps, rows, heads, metrics] of
            several; NaN where not defined.
        rows: (stack, layer) of each row.
        names: names of the metrics.
    """

    values: Floats32
    rows: tuple[tuple[str, int], ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class OutputNumber:
    """A number of the output of the model that was measured beside a capture.

    Attributes:
        number: "loss" or "answer", see tb_attention.record.effects.
        value: the number.
        first: of "answer", the texts of the first side.
        second: of "answer", the texts of the second side.
    """

    number: str
    value: float
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True)
class TokenLosses:
    """What a model loses at each token of a text.

    Attributes:
        ids: token ids, int64 [tokens].
        losses: nats, float32 [tokens]; NaN where the token was not predicted.
    """

    ids: npt.NDArray[np.int64]
    losses: Floats32


@dataclass(frozen=True)
class Committed:
    """What the last record of a capture says, from which no tensor of a layer is read.

    Attributes:
        metrics: its head metrics.
        numbers: the numbers of the output that were measured.
        losses: those of the first text that has any; None where they were not measured.
    """

    metrics: MetricTable
    numbers: tuple[OutputNumber, ...] = ()
    losses: TokenLosses | None = None

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, roughly."""
        of_losses = self.losses.ids.nbytes + self.losses.losses.nbytes if self.losses else 0
        return self.metrics.values.nbytes + of_losses
