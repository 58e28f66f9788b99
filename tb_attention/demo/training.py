"""Trains a model with the Trainer of transformers and logs its attention to a run directory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset
from torch.utils.tensorboard import SummaryWriter
from tqdm.auto import tqdm
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    default_data_collator,
)
from transformers.integrations.integration_utils import TensorBoardCallback

from tb_attention.effects.options import Effects
from tb_attention.integrations.trainer import AttentionCallback

CAPTURES = 30
"""How often each probe is logged."""

FEW_HEADS = Effects(heads=2, controls=4)
"""In a model of 8 heads, the largest two and the largest of each layer leave four to compare.

One of 4 heads has too few others. Effects take 3 % of the training (CPU time of the demo's runs).
"""


def small_gpt2(vocabulary: int, tokens: int, layers: int) -> Any:
    """An untrained GPT-2 of width 128 with 4 heads and no dropout.

    tokens: length of the longest sequence.
    """
    sizes: dict[str, Any] = {
        "vocab_size": vocabulary,
        "n_positions": tokens,
        "n_embd": 128,
        "n_layer": layers,
        "n_head": 4,
    }
    no_dropout: dict[str, Any] = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    return GPT2LMHeadModel(GPT2Config(**sizes, **no_dropout, bos_token_id=0, eos_token_id=0))


def train(
    model: Any,
    data: Dataset[Any],
    run: Path,
    *,
    probes: Mapping[str, Any],
    steps: int,
    batch: int,
    learning_rate: float,
    tokenizer: Any = None,
    captures: int = CAPTURES,
    effects: Effects | None = None,
) -> None:
    """Trains `model` in place on the CPU for `steps` steps, with a progress bar.

    Logs scalars and the probes' attention, about `captures` times each, to `run`; and what of the
    effects of heads is asked for.
    """
    every = max(1, steps // captures)
    with tempfile.TemporaryDirectory() as output, SummaryWriter(str(run)) as writer:
        arguments = TrainingArguments(
            output_dir=output,
            max_steps=steps,
            per_device_train_batch_size=batch,
            learning_rate=learning_rate,
            lr_scheduler_type="constant_with_warmup",
            warmup_steps=min(20, steps // 10),
            logging_steps=every,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            seed=0,
        )
        trainer = Trainer(
            model=model,
            args=arguments,
            train_dataset=data,
            data_collator=default_data_collator,
            processing_class=tokenizer,
            callbacks=[
                TensorBoardCallback(writer),
                AttentionCallback(probes, every=every, effects=effects or False),
                _Progress(run.name),
            ],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()


class _Progress(TrainerCallback):
    """One bar for the run, with the loss behind it.

    The Trainer's own bar prints a line for each logged loss.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: tqdm[Any] | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        self._bar = tqdm(
            total=state.max_steps, desc=f"{self._name:>8}", unit="step", dynamic_ncols=True
        )

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        if self._bar is not None:
            self._bar.update(1)

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        loss = given.get("logs", {}).get("loss")
        if self._bar is not None and loss is not None:
            self._bar.set_postfix_str(f"loss {float(loss):.2f}", refresh=False)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        if self._bar is not None:
            self._bar.close()
