"""What measuring effects costs a training, told a few steps after it was first measured."""

from __future__ import annotations

import time

STEPS = 5
"""So many training steps are timed, besides the first one, which is slower than all others."""


class EffectsCost:
    """Times the training steps between what is logged."""

    def __init__(self, every: int) -> None:
        """every: training steps from one logged step to the next."""
        self._every = every
        self._begun: float | None = None
        self._first: int | None = None
        self._from = 0
        self._seconds, self._steps = 0.0, 0
        self._told = False

    def begins(self, step: int) -> None:
        """Training goes on, from this step."""
        if self._first is None:
            self._first = step
        self._begun, self._from = time.perf_counter(), step

    def pauses(self, step: int) -> None:
        """Training has come to this step."""
        if self._begun is not None and self._from != self._first:
            self._seconds += time.perf_counter() - self._begun
            self._steps += step - self._from
        self._begun = None

    def tell(self, once: float, *, ends: bool = False) -> None:
        """Prints once what effects take of the training, when enough steps were timed.

        Args:
            once: seconds that effects took at one logged step.
            ends: whether no more steps come.
        """
        if self._told or not once or self._steps < (1 if ends else STEPS):
            return
        self._told = True
        training = self._every * self._seconds / self._steps
        print(
            f"tb_attention: effects of heads take {_two_digits(once)} s every {self._every} steps, "
            f"{_two_digits(100 * once / (training + once))} % of the training"
        )


def _two_digits(number: float) -> str:
    return f"{number:.2g}" if number < 99.5 else f"{number:.0f}"
