"""Exact effects: the numbers of the output with heads really cut, a row of a batch for each cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch

from tb_attention.effects.gates import Gates
from tb_attention.effects.model_run import ModelRun, NotMeasured
from tb_attention.effects.numbers import Numbers, Outcome
from tb_attention.effects.screen import Screen

BYTES = 256 << 20
"""Logits and attention scores of a batch take no more memory than this, unless one row does."""

_FEWEST = 4
"""Where fewer rows fit, each runs alone: one of a batch has no cut, which would be too much."""

_ALIKE, _ROUGHLY = 0.01, 0.2
"""How far, in nats, a text may be from itself beside others, in float32 and in half precision.

Where it is farther, rows of a batch act on each other, as where experts have room for so many
tokens: then each is run alone.
"""


class Cutter:
    """Cuts heads, and reads what changes."""

    def __init__(
        self,
        run: ModelRun,
        numbers: Numbers,
        first: Screen,
        *,
        replace: Literal["zero", "mean"],
        row_bytes: int,
    ) -> None:
        """Cuts nothing yet.

        Args:
            run: the model.
            numbers: that are read.
            first: what the text gave alone, without cuts.
            replace: what a head that is cut gives.
            row_bytes: memory that one row of a batch takes.
        """
        self._run, self.numbers, self._places = run, numbers, first.places
        self._alone, self._replace, self._means = first.outcome, replace, first.means
        self._close = _ROUGHLY
        self._uncut: Outcome | None = None
        self._proven = False
        """Whether rows of a batch do not act on each other."""
        rows = BYTES // max(1, row_bytes)
        self._rows = rows if rows >= _FEWEST and run.batches else 1

    def cut(self, cuts: Sequence[Sequence[int]]) -> list[Outcome]:
        """What the text gives without each of some sets of heads.

        Args:
            cuts: numbers of the heads that are cut together.
        """
        found: list[Outcome] = []
        while len(found) < len(cuts):
            part = cuts[len(found) : len(found) + max(1, self._rows - (1 if self._proven else 2))]
            try:
                found += self._batch(part) if self._rows > 1 else self._single(part[0])
            except Exception as error:
                if self._rows == 1:
                    raise
                fewer = min(self._rows, len(part) + 1) // 2
                self._rows = fewer if _out_of_memory(error) else 1
        return found

    def _batch(self, cuts: Sequence[Sequence[int]]) -> list[Outcome]:
        """In one batch, with a row without cuts; none where rows cannot be cut by themselves."""
        # In the first batch another one is its last: a row may act on those behind it only.
        ends = [] if self._proven else [()]
        found = self._outcomes([(), *cuts, *ends])
        if found is None or not all(map(self._is_alone, (found[0], *found[len(cuts) + 1 :]))):
            self._rows = 1
            return []
        self._proven = True
        return [one.beside(self._alone, found[0]) for one in found[1 : len(cuts) + 1]]

    def _single(self, cut: Sequence[int]) -> list[Outcome]:
        if self._uncut is None:  # without gradients a model may compute in another way
            self._uncut = self._one(())
        return [self._one(cut).beside(self._alone, self._uncut)]

    def _one(self, cut: Sequence[int]) -> Outcome:
        found = self._outcomes([cut])
        if found is None:
            raise NotMeasured("the model attends in another way in each pass")
        return found[0]

    def _outcomes(self, cuts: Sequence[Sequence[int]]) -> list[Outcome] | None:
        """Of a pass with a row for each set of heads; None where they were not all cut."""
        values = torch.ones(len(cuts), len(self._places))
        for row, heads in enumerate(cuts):
            values[row, list(heads)] = 0
        gates = Gates(self._places, values, replace=self._replace, means=self._means)
        logits = self._run.logits(gates)
        if gates.unreached():
            return None
        self._close = _ALIKE if logits.dtype.itemsize > 2 else _ROUGHLY
        return self.numbers.outcomes(logits)

    def _is_alone(self, uncut: Outcome) -> bool:
        """Whether a row of the batch gives what it gives alone."""
        off = [abs(one - other) for one, other in self._compared(uncut)]
        return not any(one > self._close for one in off)

    def _compared(self, uncut: Outcome) -> list[tuple[float, float]]:
        """The numbers of a row, beside those of the text alone."""
        exactly = self._close == _ALIKE
        pairs = list(zip(uncut.losses.tolist(), self._alone.losses.tolist(), strict=True))
        if pairs and not exactly:  # single tokens are off by more where logits are rounded
            pairs = [(uncut.loss, self._alone.loss)]
        if uncut.answer is not None and self._alone.answer is not None:
            pairs.append((uncut.answer, self._alone.answer))
        return pairs


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        "can't allocate memory" in str(error)
    )
