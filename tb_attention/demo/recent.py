"""The run `recent`: a small GPT-2 reads text in which recent tokens come again.

It grows heads that decay with distance. Each token is one of the tokens before it, and the nearer
one was, the likelier it is: at a distance of d with weight exp(-d / REACH). So the best prediction
weighs every token by its distance alone, whatever the tokens are: a head that decays with distance
and does not look at the content, as the one that BertViz's paper shows in GPT-2 (layer 1, head 10).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch.utils.data import Dataset
from transformers import set_seed

from tb_attention.demo.training import small_gpt2, train

TOKENS = 64
VOCABULARY = 32
REACH = 6.0
FRESH = 0.15
BATCH = 32


class Recent(Dataset[dict[str, npt.NDArray[np.int64]]]):
    """Sequences of TOKENS in which recent tokens come again.

    With probability FRESH a token is any of VOCABULARY.
    """

    def __init__(self, count: int, seed: int) -> None:
        """count: number of sequences. The same seed gives the same ones."""
        self._count, self._seed = count, seed

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> dict[str, npt.NDArray[np.int64]]:
        random = np.random.default_rng((self._seed, index))
        ids = random.integers(VOCABULARY, size=TOKENS)
        # How far back each token looks; beyond the first one it stays what it is.
        back = 1 + np.floor(random.exponential(REACH, TOKENS)).astype(np.int64)
        for place in np.flatnonzero((random.random(TOKENS) >= FRESH) & (back <= np.arange(TOKENS))):
            ids[place] = ids[place - back[place]]
        return {"input_ids": ids, "labels": ids}


def train_recent(run: Path, steps: int, seed: int = 0) -> None:
    """Trains the model and logs it to `run`."""
    set_seed(seed)
    model = small_gpt2(VOCABULARY, TOKENS, layers=1)
    probes = {"recent": [int(token) for token in Recent(1, 10_000)[0]["input_ids"]]}
    train(
        model,
        Recent(steps * BATCH, seed),
        run,
        probes=probes,
        steps=steps,
        batch=BATCH,
        learning_rate=1e-3,
    )
