"""The numbers of the output that are measured: the losses of tokens, and answers compared."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from tb_attention.effects.answer_tokens import AnswerTokens
from tb_attention.effects.targets import Targets

_AT_ONCE = 1 << 24
"""Logits that are made float32 at once: 64 MB."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one text gave, with some heads cut.

    Attributes:
        losses: float64 [predicted tokens], on the CPU; empty where none is predicted.
        answer: how much likelier the first answer is; None where none is asked for.
    """

    losses: torch.Tensor
    answer: float | None = None

    @property
    def loss(self) -> float:
        """The mean loss of the predicted tokens, in nats."""
        return float(self.losses.mean())

    def beside(self, alone: Outcome, uncut: Outcome) -> Outcome:
        """The same beside `alone`, where `uncut` is what that gave in the same batch.

        What makes no difference in the batch makes none at all.
        """
        answer = None
        if self.answer is not None and alone.answer is not None and uncut.answer is not None:
            answer = alone.answer + (self.answer - uncut.answer)
        return Outcome(alone.losses + (self.losses - uncut.losses), answer)

    def value(self, number: str) -> float:
        """The number of this name, see tb_attention.record.effects."""
        return self.loss if number == "loss" or self.answer is None else self.answer


class Numbers:
    """Reads the numbers off logits."""

    def __init__(
        self,
        targets: Targets | None,
        answers: AnswerTokens | None,
        first: int,
        device: torch.device,
    ) -> None:
        """Reads nothing yet.

        Args:
            targets: the predicted tokens; None: no loss.
            answers: that are compared; None: none.
            first: place of the first token of the text among the logits, which may have padding.
            device: of the logits.
        """
        places = () if targets is None else targets.tokens
        shift = first - (0 if targets is None else targets.shift)
        self._places = torch.tensor([place + shift for place in places], device=device).long()
        self._ids = torch.tensor(() if targets is None else targets.ids, device=device).long()
        self.targets, self.answers, self._first = targets, answers, first

    def losses(self, logits: torch.Tensor) -> torch.Tensor:
        """Float32 [predicted tokens] of the logits [tokens, vocabulary] of one text."""
        step, device = max(1, _AT_ONCE // logits.shape[1]), logits.device
        parts = [
            functional.cross_entropy(
                logits[where.to(device)].float(), ids.to(device), reduction="none"
            )
            for where, ids in zip(
                torch.split(self._places, step), torch.split(self._ids, step), strict=True
            )
        ]
        return torch.cat(parts) if parts else logits.new_zeros(0, dtype=torch.float32)

    def answer(self, logits: torch.Tensor) -> torch.Tensor | None:
        """How much likelier the first answer is, of the logits of one text: a float32 number."""
        if self.answers is None:
            return None
        row = logits[self._first + self.answers.answers.at].float()
        first, second = (
            row[list(side)].logsumexp(0) for side in (self.answers.first, self.answers.second)
        )
        return first - second

    def outcomes(self, logits: torch.Tensor) -> list[Outcome]:
        """Of every row of a batch."""
        found = []
        for row in logits:
            answer = self.answer(row)
            found.append(outcome_of(self.losses(row), answer))
        return found


def token_losses(targets: Targets, outcome: Outcome) -> tuple[float, ...]:
    """The loss of each token of a text; NaN where it was not predicted."""
    losses = [math.nan] * targets.length
    for place, loss in zip(targets.tokens, outcome.losses.tolist(), strict=True):
        losses[place] = loss
    return tuple(losses)


def outcome_of(losses: torch.Tensor, answer: torch.Tensor | None) -> Outcome:
    """What was read off the logits of one text."""
    known = None if answer is None else float(answer.detach())
    return Outcome(losses.detach().cpu().double(), known)
