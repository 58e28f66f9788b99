"""AttentionCallback in real Trainers: what is logged and when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter
from transformers import TrainerCallback
from transformers.integrations.integration_utils import TensorBoardCallback

from tb_attention.integrations.trainer import AttentionCallback
from tests.support.generations import TRANSFORMERS_4
from tests.support.trainings import PROBES, data, logged, runs_in, small_values, steps_of, trainer


def test_first_every_and_last_step_in_the_trainers_own_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trainer(tmp_path, [AttentionCallback(PROBES, every=4)]).train()
    (run,) = runs_in(tmp_path)
    assert len(list(run.glob("*tfevents*"))) == 1, "no second event file beside the Trainer's"
    assert logged(run) == [(tag, step) for step in (0, 4, 8, 10) for tag in PROBES]
    assert small_values(run) == [0, 4, 8, 10], (
        "all of them before TensorBoardCallback closes its writer"
    )
    accumulator = EventAccumulator(str(run))
    accumulator.Reload()
    assert [event.step for event in accumulator.Scalars("train/loss")] == [2, 4, 6, 8, 10]
    assert "tb_attention" not in "".join(record.name for record in caplog.records)


def test_the_last_step_is_not_logged_twice(tmp_path: Path) -> None:
    trainer(tmp_path, [AttentionCallback(PROBES, every=5)]).train()
    assert steps_of(*runs_in(tmp_path)) == [0, 5, 10]


def test_gradient_accumulation_counts_optimiser_steps(tmp_path: Path) -> None:
    callback = AttentionCallback(PROBES, every=2)
    trainer(
        tmp_path,
        [callback],
        examples=40,
        max_steps=-1,
        num_train_epochs=1,
        gradient_accumulation_steps=3,
    ).train()
    assert steps_of(*runs_in(tmp_path)) == [
        0,
        2,
        4,
    ]  # ten batches: three steps of three and one of one


@pytest.mark.skipif(TRANSFORMERS_4, reason="transformers 4 does not read TENSORBOARD_LOGGING_DIR")
def test_resuming_from_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "run"))
    options = {"save_strategy": "steps", "save_steps": 4}
    trainer(tmp_path, [AttentionCallback(PROBES, every=3)], **options).train()
    trainer(tmp_path, [AttentionCallback(PROBES, every=3)], **options).train(
        resume_from_checkpoint=str(tmp_path / "checkpoint-4")
    )
    # The second session begins with the model it resumes with, so that its first step hides all
    # later ones of the first.
    assert steps_of(tmp_path / "run") == [0, 3, 6, 9, 10, 4, 6, 9, 10]


def test_train_may_be_called_again(tmp_path: Path) -> None:
    training = trainer(tmp_path, [AttentionCallback(PROBES, every=10)], max_steps=2)
    training.train()
    training.train()
    assert [step for run in runs_in(tmp_path) for step in steps_of(run)] == [0, 2, 0, 2]


class Stops(TrainerCallback):
    """Ends the training at a step, as early stopping does."""

    def __init__(self, event: str) -> None:
        setattr(self, event, self._stop)

    def _stop(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        if state.global_step == 3:
            control.should_training_stop = True


@pytest.mark.parametrize("event", ["on_step_end", "on_log"])
def test_where_another_callback_ends_the_training(tmp_path: Path, event: str) -> None:
    trainer(tmp_path, [AttentionCallback(PROBES, every=100), Stops(event)], logging_steps=1).train()
    (run,) = runs_in(tmp_path)
    assert steps_of(run) == small_values(run) == [0, 3]


class Stream(torch.utils.data.IterableDataset[dict[str, torch.Tensor]]):
    """Has no length, and less than is asked for."""

    def __iter__(self) -> Any:
        return iter(data(12))


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step:UserWarning")
def test_a_stream(tmp_path: Path) -> None:
    trainer(
        tmp_path, [AttentionCallback(PROBES, every=2)], train_dataset=Stream(), max_steps=5
    ).train()
    (run,) = runs_in(tmp_path)
    assert steps_of(run) == small_values(run) == [0, 2, 4, 5]


def test_without_tensorboard_the_probes_have_their_own_run(tmp_path: Path) -> None:
    trainer(tmp_path, [AttentionCallback(PROBES, every=5)], report_to=[]).train()
    (run,) = runs_in(tmp_path)
    assert run.parent == tmp_path / "runs"
    assert steps_of(run) == small_values(run) == [0, 5, 10]


def test_a_tensorboard_callback_that_comes_later(tmp_path: Path) -> None:
    users = SummaryWriter(tmp_path / "mine")
    callbacks = [AttentionCallback(PROBES, every=5), TensorBoardCallback(users)]
    trainer(tmp_path, callbacks, report_to=[]).train()
    (run,) = runs_in(tmp_path)
    assert run == tmp_path / "mine"
    assert steps_of(run) == small_values(run) == [0, 5, 10]
    assert len(list(run.glob("*tfevents*"))) == 1


@pytest.mark.parametrize("make", [str, SummaryWriter])
def test_a_writer_that_is_given(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    writer = make(tmp_path / "mine")
    trainer(tmp_path, [AttentionCallback(PROBES, every=5, writer=writer)], report_to=[]).train()
    assert steps_of(tmp_path / "mine") == [0, 5, 10]
    if isinstance(writer, SummaryWriter):
        writer.close()
    assert small_values(tmp_path / "mine") == [0, 5, 10]


def test_the_trainers_tokenizer_is_used(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = Tokenizer(models.WordLevel({"the": 3, "doctor": 4, "[UNK]": 0}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    training = trainer(tmp_path, [AttentionCallback({"first": "the doctor"}, every=5)])
    training.callback_handler.processing_class = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="[UNK]"
    )
    training.train()
    assert steps_of(*runs_in(tmp_path)) == [0, 5, 10]
