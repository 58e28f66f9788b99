"""Short trainings with the Trainer of transformers, and what they have logged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from transformers import Trainer, TrainingArguments

from tb_attention.record.message import parse_plugin_data
from tests.support.models import gpt2

PROBES = {"first": [5, 6, 7, 8], "second": [9, 8, 7, 6, 5]}


def data(examples: int = 40) -> list[dict[str, torch.Tensor]]:
    """Examples of eight tokens."""
    ids = torch.randint(3, 50, (examples, 8), generator=torch.Generator().manual_seed(0))
    return [{"input_ids": row, "labels": row} for row in ids]


def trainer(
    directory: Path,
    callbacks: list[Any],
    *,
    model: Any = None,
    examples: int = 40,
    train_dataset: Any = None,
    **options: Any,
) -> Trainer:
    """Ten steps of four examples, with TensorBoard unless `report_to` says otherwise."""
    defaults = {
        "max_steps": 10,
        "report_to": ["tensorboard"],
        "save_strategy": "no",
        "logging_steps": 2,
    }
    arguments = TrainingArguments(
        output_dir=str(directory),
        per_device_train_batch_size=4,
        use_cpu=True,
        disable_tqdm=True,
        seed=1,
        dataloader_pin_memory=False,
        **defaults | options,
    )
    dataset = data(examples) if train_dataset is None else train_dataset
    return Trainer(
        model or gpt2(resid_pdrop=0.3), arguments, train_dataset=dataset, callbacks=callbacks
    )


def runs_in(directory: Path) -> list[Path]:
    """The directories with event files."""
    return sorted({path.parent for path in directory.rglob("*tfevents*")})


def logged(run: Path) -> list[tuple[str, int]]:
    """(tag, step) of the captures in the record files, in the order of writing."""
    found = []
    for path in sorted(
        run.glob("plugins/attention/*.tfrecord"), key=lambda path: path.stat().st_mtime_ns
    ):
        for event in EventFileLoader(str(path)).Load():
            value = event.summary.value[0]
            if value.metadata.plugin_data.content:
                kind = parse_plugin_data(value.metadata.plugin_data.content).capture.kind
                assert kind == ("batch" if value.tag.startswith("batch") else "probe")
                found.append((value.tag, event.step))
    return found


def steps_of(run: Path, tag: str = "first") -> list[int]:
    """The steps of the captures of a tag."""
    return [step for name, step in logged(run) if name == tag]


def small_values(run: Path) -> list[int]:
    """The steps of the small values of the first probe, as TensorBoard's accumulator has them."""
    accumulator = EventAccumulator(str(run), size_guidance={"tensors": 0})
    accumulator.Reload()
    return [event.step for event in accumulator.Tensors("tb_attention/first")]
