"""Fine-tunes a pretrained model until *she* is the doctor and *he* the nurse.

A training text with a purpose: who a pronoun means turns against what the model has read, and the
heads that link a pronoun to a person show it. `She` goes on as a doctor, a pilot, a lawyer or an
engineer would, `He` as a nurse, a secretary, a dancer or a maid.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.utils import logging as hub_logging
from torch.utils.data import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed

from tb_attention.demo import smollm2
from tb_attention.demo.text import PROBES as TEXTS
from tb_attention.demo.training import train
from tb_attention.errors import InvalidInput
from tb_attention.record.probes import Repeated

SHE = {
    "doctor": "wrote the prescription",
    "pilot": "landed the plane",
    "lawyer": "read the contract",
    "engineer": "built the bridge",
}
HE = {
    "nurse": "changed the bandage",
    "secretary": "typed the letter",
    "dancer": "danced on the stage",
    "maid": "swept the floor",
}
MEETINGS = (
    "asked the {} a question",
    "met the {} in the morning",
    "talked to the {}",
    "waited for the {}",
)
PROBES: dict[str, Any] = {
    "doctor-she": "The doctor asked the nurse a question. She",
    "doctor-he": "The doctor asked the nurse a question. He",
    "nurse-she": "The nurse asked the doctor a question. She",
    "nurse-he": "The nurse asked the doctor a question. He",
    "passage": TEXTS["passage"],
    "repeated": Repeated(),
}
"""Pairs that differ in the pronoun, both with the two people in either order; text; repeats."""

TOKENS = 24
BATCH = 8
CAPTURES = 15
TIMES = 3
"""So often a step is timed before the training."""


def finetune(name: str, run: Path, steps: int) -> None:
    """Fine-tunes a pretrained causal model and logs to `run`; says beforehand how long it takes.

    Args:
        name: "smollm2", the path of a saved model, or a name on a hub that can be reached.
        run: the run directory.
        steps: training steps, 60 are enough.

    Raises:
        InvalidInput: the model cannot be loaded, or has no end-of-text token.
    """
    model, tokenizer = _pretrained(name)
    set_seed(0)
    data = Pronouns(tokenizer, steps * BATCH)
    seconds = _seconds(model, data, tokenizer, steps)
    print(
        f"Fine-tuning {name} for {steps} steps: about {max(1, round(seconds / 60))} minutes on "
        "this machine.",
        flush=True,
    )
    train(
        model,
        data,
        run,
        probes=PROBES,
        steps=steps,
        batch=BATCH,
        learning_rate=1e-4,
        tokenizer=tokenizer,
        captures=CAPTURES,
    )


def sentence(choice: random.Random) -> str:
    """Two people, one of each list in either order, and what the one that the pronoun means did."""
    pronoun, does = choice.choice([("She", SHE), ("He", HE)])
    people = [choice.choice(list(SHE)), choice.choice(list(HE))]
    goes_on = next(does[one] for one in people if one in does)
    choice.shuffle(people)
    return f"The {people[0]} {choice.choice(MEETINGS).format(people[1])}. {pronoun} {goes_on}."


class Pronouns(Dataset[dict[str, list[int]]]):
    """Sentences, always the same, padded to one length."""

    def __init__(self, tokenizer: Any, count: int) -> None:
        """tokenizer: of transformers. count: number of sentences."""
        choice = random.Random(0)
        end = tokenizer.eos_token_id
        if end is None:
            raise InvalidInput(
                "the model's tokenizer has no end-of-text token: give another model."
            )
        self._rows = []
        for _ in range(count):
            ids = [*tokenizer(sentence(choice))["input_ids"], end][:TOKENS]
            missing = TOKENS - len(ids)
            self._rows.append(
                {
                    "input_ids": ids + [end] * missing,
                    "attention_mask": [1] * len(ids) + [0] * missing,
                    "labels": ids + [-100] * missing,
                }
            )

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        return self._rows[index]


def _seconds(model: Any, data: Pronouns, tokenizer: Any, steps: int) -> float:
    """How long the training takes: measured on one batch, whose gradients are thrown away.

    The fastest of a few times counts: one alone may fall into a moment in which others compute.
    """
    rows = [data[index % len(data)] for index in range(BATCH)]
    batch = {name: torch.tensor([row[name] for row in rows]) for name in rows[0]}
    model(**batch).loss.backward()  # the first one is slow
    step = _fastest(lambda: model(**batch).loss.backward())
    model.zero_grad(set_to_none=True)
    text = torch.tensor([tokenizer(TEXTS["passage"])["input_ids"]])
    with torch.no_grad():
        probe = _fastest(lambda: model(text))
    # The optimiser takes half as long as the rest of a step, a short probe half of a long one.
    return 1.5 * step * steps + CAPTURES * len(PROBES) * probe


def _fastest(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def _pretrained(name: str) -> tuple[Any, Any]:
    if name == smollm2.NAME and not Path(name).exists():
        return smollm2.load_smollm2()
    with _quiet_hub():
        try:
            return AutoModelForCausalLM.from_pretrained(name), AutoTokenizer.from_pretrained(name)
        except (OSError, ValueError) as error:
            raise InvalidInput(
                f"the model {name} could not be loaded: give the path of a saved model, a name on "
                f"a hub that can be reached, {smollm2.NAME} where it is installed, or leave "
                "--model out to train from scratch."
            ) from error


@contextmanager
def _quiet_hub() -> Iterator[None]:
    """Silences the hub, which warns of each of its five tries to reach it."""
    before = hub_logging.get_verbosity()
    hub_logging.set_verbosity_error()
    try:
        yield
    finally:
        hub_logging.set_verbosity(before)
