"""Sentences with pronouns."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

from tb_attention.demo import pronouns

if TYPE_CHECKING:
    import pytest


class SlowAtTimes:
    """A model whose calls take so many seconds each, on a clock of its own."""

    def __init__(self, *seconds: float) -> None:
        self.now = 0.0
        self._seconds = list(seconds)

    def __call__(self, *_: Any, **__: Any) -> SlowAtTimes:
        self.now += self._seconds.pop(0)
        return self

    @property
    def loss(self) -> SlowAtTimes:
        return self

    def backward(self) -> None:
        """Takes no time."""

    def zero_grad(self, **_: Any) -> None:
        """Takes no time."""


def test_a_moment_in_which_others_compute_does_not_make_the_training_seem_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = SlowAtTimes(50, 9, 1, 2, 9, 0.5, 0.75)
    monkeypatch.setattr(pronouns.time, "perf_counter", lambda: model.now)
    rows: Any = [{"input_ids": [1]}]
    seconds = pronouns._seconds(model, rows, lambda _: {"input_ids": [1]}, steps=10)
    assert seconds == 1.5 * 1 * 10 + pronouns.CAPTURES * len(pronouns.PROBES) * 0.5


def test_the_sentences_say_who_is_meant() -> None:
    choice = random.Random(3)
    for _ in range(200):
        said = pronouns.sentence(choice)
        pronoun = re.search(r"\b(She|He)\b", said)
        assert pronoun is not None
        does = pronouns.SHE if pronoun[0] == "She" else pronouns.HE
        (one,) = [person for person in does if person in said]
        assert said.endswith(f" {does[one]}.")
