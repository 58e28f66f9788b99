"""The run `repeats`: a small GPT-2 reads sequences that repeat and grows an induction head.

An induction head attends, from a token, to the one that followed it the last time (Olsson et al.
2022). Settings found by trial: over four seeds the best head scores 0.05 at the start and 0.72 to
0.81 after 300 steps. A larger vocabulary or longer periods repeat single tokens too seldom: the
model then finds its way with heads that spread over all recent tokens, and no induction head forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch.utils.data import Dataset
from transformers import set_seed

from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.measure import measure_layer
from tb_attention.capture import capture
from tb_attention.demo.training import FEW_HEADS, small_gpt2, train

TOKENS = 64
VOCABULARY = 32
PERIODS = (4, 16)
BATCH = 32


class RepeatingSequences(Dataset[dict[str, npt.NDArray[np.int64]]]):
    """Random sequences, each repeated until it fills TOKENS."""

    def __init__(self, count: int, seed: int) -> None:
        """count: number of sequences. The same seed gives the same ones."""
        self._count, self._seed = count, seed

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> dict[str, npt.NDArray[np.int64]]:
        random = np.random.default_rng((self._seed, index))
        period = random.integers(PERIODS[0], PERIODS[1], endpoint=True)
        ids = np.resize(random.integers(VOCABULARY, size=period), TOKENS)
        return {"input_ids": ids, "labels": ids}


@dataclass(frozen=True)
class Induction:
    """The head of a model with the largest induction score, 0 to 1."""

    score: float
    layer: int
    head: int


def held_out(period: int = 16) -> list[int]:
    """A sequence that is not trained on: `period` different tokens, repeated until TOKENS."""
    return [
        int(token)
        for token in np.resize(
            np.random.default_rng(10_000).permutation(VOCABULARY)[:period], TOKENS
        )
    ]


def best_induction(model: Any, ids: list[int]) -> Induction:
    """The best induction head of a decoder on one sequence."""
    (stack,) = capture(model, ids).stacks
    column = METRIC_NAMES.index("induction")
    found = (
        Induction(float(score), index, head)
        for index, layer in stack.layers.items()
        for head, score in enumerate(measure_layer(layer, ids)[0][:, column])
    )
    return max(found, key=lambda head: head.score)


def train_repeats(run: Path, steps: int, seed: int = 0) -> tuple[Induction, Induction]:
    """Trains the model and logs it to `run`.

    Returns:
        The best induction head on a held-out sequence before and after.
    """
    set_seed(seed)
    model = small_gpt2(VOCABULARY, TOKENS, layers=2)
    repeated = held_out()
    before = best_induction(model, repeated)
    random = [
        int(token) for token in np.random.default_rng(10_001).integers(VOCABULARY, size=TOKENS)
    ]
    probes = {"repeated": repeated, "random": random}
    train(
        model,
        RepeatingSequences(steps * BATCH, seed),
        run,
        probes=probes,
        steps=steps,
        batch=BATCH,
        learning_rate=1e-3,
        effects=FEW_HEADS,
    )
    return before, best_induction(model, repeated)
