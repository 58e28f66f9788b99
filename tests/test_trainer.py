"""AttentionCallback in real Trainers.

What is logged and when, and that training is bit for bit what it is without it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from torch.utils.tensorboard import SummaryWriter
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.integrations.integration_utils import TensorBoardCallback

from tb_attention.answers.weights import answer_weights
from tb_attention.capture.wrappers import unwrapped
from tb_attention.errors import InvalidInput, LoggingFailed, NoAttention
from tb_attention.integrations.trainer import AttentionCallback
from tb_attention.record import summary
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store

torch.set_num_threads(1)
PROBES = {"first": [5, 6, 7, 8], "second": [9, 8, 7, 6, 5]}


@pytest.fixture(autouse=True)
def _no_directory_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR", raising=False)


def gpt2() -> Any:
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        n_layer=2,
        n_embd=16,
        n_head=2,
        vocab_size=50,
        n_positions=32,
        bos_token_id=1,
        eos_token_id=2,
        resid_pdrop=0.3,
    )
    return transformers.GPT2LMHeadModel(config)


def data(examples: int = 40) -> list[dict[str, torch.Tensor]]:
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
    return Trainer(model or gpt2(), arguments, train_dataset=dataset, callbacks=callbacks)


def runs_in(directory: Path) -> list[Path]:
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
                kind = summary.parse_plugin_data(value.metadata.plugin_data.content).capture.kind
                assert kind == ("batch" if value.tag.startswith("batch") else "probe")
                found.append((value.tag, event.step))
    return found


def steps_of(run: Path, tag: str = "first") -> list[int]:
    return [step for name, step in logged(run) if name == tag]


def small_values(run: Path) -> list[int]:
    accumulator = EventAccumulator(str(run), size_guidance={"tensors": 0})
    accumulator.Reload()
    return [event.step for event in accumulator.Tensors("first")]


def test_training_is_bit_for_bit_the_same(tmp_path: Path) -> None:
    def weights(callbacks: list[TrainerCallback]) -> list[torch.Tensor]:
        training = trainer(tmp_path, callbacks, report_to=[])
        training.train()
        return list(training.model.parameters())

    without = weights([])
    logged_too = weights([AttentionCallback(PROBES, every=1, examples=(0, 3))])
    assert all(torch.equal(one, other) for one, other in zip(without, logged_too, strict=True))
    assert any(
        not torch.equal(one, other) for one, other in zip(without, gpt2().parameters(), strict=True)
    )
    (run,) = runs_in(tmp_path)
    assert steps_of(run) == list(range(11))
    assert steps_of(run, "batch/0") == steps_of(run, "batch/3") == list(range(10)), (
        "no batch comes after the last step"
    )


class Remembers(Trainer):
    """Keeps the first batch of each step, and the model that it met."""

    seen: dict[int, tuple[Any, Any]]

    def training_step(self, model: Any, inputs: Any, *args: Any, **options: Any) -> Any:
        if self.state.global_step not in self.seen:
            self.seen[self.state.global_step] = copy.deepcopy(model), inputs
        return super().training_step(model, inputs, *args, **options)


def batches(
    directory: Path, callback: AttentionCallback, model: Any, dataset: Any, **options: Any
) -> dict[int, tuple[Any, Any]]:
    """Step -> the model of that step, and the first batch that it was trained with."""
    training = trainer(directory, [callback], model=model, train_dataset=dataset, **options)
    training.__class__, training.seen = Remembers, {}  # type: ignore[attr-defined]
    training.train()
    seen: dict[int, tuple[Any, Any]] = training.seen  # type: ignore[attr-defined]
    return seen


def without_dropout(**options: Any) -> Any:
    torch.manual_seed(0)
    sizes = {
        "n_layer": 2,
        "n_embd": 16,
        "n_head": 2,
        "vocab_size": 50,
        "n_positions": 32,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    return transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            **sizes | {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0} | options
        )
    )


def eager_weights(model: Any, inputs: Any, example: int) -> list[torch.Tensor]:
    """The model's own weights [heads, T, T] of each layer, without padding."""
    model.eval()
    model.set_attn_implementation("eager")
    given = {
        name: tensor[example : example + 1] for name, tensor in inputs.items() if name != "labels"
    }
    real = (
        given["attention_mask"][0].bool()
        if "attention_mask" in given
        else torch.ones(len(given["input_ids"][0]), dtype=torch.bool)
    )
    with torch.no_grad():
        own = model(**given, output_attentions=True).attentions
    return [layer[0][:, real][:, :, real].float() for layer in own]


def store_of(run: Path) -> Store:
    index = Index([Root(str(run))])
    index.refresh()
    return Store(index)


def assert_equal_weights(
    run: Path, tag: str, step: int, own: list[torch.Tensor], tolerance: float = 2e-3
) -> None:
    store = store_of(run)
    for layer, expected in enumerate(own):
        found = answer_weights(store, store.find(".", tag, step), None, layer, None).arrays[
            "weights"
        ]
        np.testing.assert_allclose(found, expected.numpy(), atol=tolerance)


@pytest.mark.parametrize(
    ("options", "tolerance"),
    [
        ({}, 2e-3),
        ({"gradient_accumulation_steps": 2}, 2e-3),
        ({"use_reentrant": True}, 2e-3),
        ({"use_reentrant": False}, 2e-3),
        ({"torch_compile": True, "torch_compile_backend": "aot_eager"}, 2e-3),
        ({"bf16": True}, 2e-2),
        ({"dtype": torch.bfloat16}, 3e-2),
    ],
    ids=[
        "plain",
        "accumulation",
        "reentrant checkpointing",
        "checkpointing",
        "compiled",
        "autocast",
        "bfloat16",
    ],
)
@pytest.mark.filterwarnings(
    "ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning"
)  # torch.compile looks at it
def test_examples_of_the_batch_are_what_the_model_sees(
    tmp_path: Path, options: dict[str, Any], tolerance: float
) -> None:
    lengths = torch.randint(3, 9, (40,), generator=torch.Generator().manual_seed(1))
    rows = [
        {
            "input_ids": row["input_ids"],
            "labels": row["labels"],
            "attention_mask": (torch.arange(8) < length).long(),
        }
        for row, length in zip(data(40), lengths, strict=True)
    ]
    passes = 0

    def count(*_: Any) -> None:
        nonlocal passes
        passes += 1

    model = without_dropout().to(options.pop("dtype", torch.float32))
    model.register_forward_pre_hook(count)
    if "use_reentrant" in options:
        # Named gradient_checkpointing_enable before transformers 5.
        enable = getattr(
            model, "activation_checkpointing_enable", model.gradient_checkpointing_enable
        )
        enable({"use_reentrant": options.pop("use_reentrant")})
    callback = AttentionCallback(every=2, examples=(1, 2))
    seen = batches(tmp_path, callback, model, rows, max_steps=4, **options)
    (run,) = runs_in(tmp_path)
    assert logged(run) == [(f"batch/{example}", step) for step in (0, 2) for example in (1, 2)]
    assert passes == 4 * options.get("gradient_accumulation_steps", 1), "no second pass for them"
    for step in (0, 2):
        of_step, inputs = seen[step]
        for example in (1, 2):
            assert_equal_weights(
                run,
                f"batch/{example}",
                step,
                eager_weights(unwrapped(of_step), inputs, example),
                tolerance,
            )


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


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name.startswith("tb_attention")
    ]


def test_a_probe_that_does_not_fit_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    probes = {"first": [5, 6], "long": [5] * 33, "text": "no tokenizer"}
    trainer(tmp_path, [AttentionCallback(probes, every=2)]).train()
    (run,) = runs_in(tmp_path)
    assert steps_of(run) == [0, 2, 4, 6, 8, 10]
    assert [message.split(":")[0] for message in warnings_in(caplog)] == [
        "'long' is not logged",
        "'text' is not logged",
        f"12 captures were not logged to {run}.",
    ]
    with pytest.raises(InvalidInput, match="33 tokens and the model 32 positions"):
        trainer(tmp_path, [AttentionCallback(probes, every=2, strict=True)]).train()


def test_a_model_without_attention_and_a_place_that_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(50, 4)

        def forward(
            self, input_ids: torch.Tensor, labels: torch.Tensor | None = None
        ) -> dict[str, torch.Tensor]:
            return {"loss": self.table(input_ids).square().mean()}

    trainer(tmp_path, [AttentionCallback(PROBES, every=2)], model=Model(), report_to=[]).train()
    assert ["no attention was seen in Model" in message for message in warnings_in(caplog)] == [
        True,
        True,
        False,
    ]
    caplog.clear()
    trainer(tmp_path, [AttentionCallback(PROBES, every=2, writer="nosuch://bucket/run")]).train()
    assert [message.split(":")[0] for message in warnings_in(caplog)] == ["attention is not logged"]
    caplog.clear()
    (tmp_path / "file").touch()
    trainer(
        tmp_path, [AttentionCallback(PROBES, every=2, writer=tmp_path / "file" / "run")]
    ).train()
    assert "Not a directory" in warnings_in(caplog)[0]
    assert len(warnings_in(caplog)) == 2
    for callback, error in (
        (
            AttentionCallback(PROBES, every=2, writer=tmp_path / "file" / "run", strict=True),
            LoggingFailed,
        ),
        (
            AttentionCallback(PROBES, every=2, writer="nosuch://bucket/run", strict=True),
            InvalidInput,
        ),
    ):
        with pytest.raises(error):
            trainer(tmp_path, [callback]).train()
    with pytest.raises(NoAttention):
        trainer(tmp_path, [AttentionCallback(PROBES, every=2, strict=True)], model=Model()).train()


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


def test_other_processes_log_nothing(tmp_path: Path) -> None:
    training = trainer(tmp_path, [AttentionCallback(PROBES, every=5)])
    training.state.is_world_process_zero = False
    training.is_world_process_zero = lambda: False
    training.train()
    assert runs_in(tmp_path) == []


def test_wrong_parameters() -> None:
    with pytest.raises(InvalidInput, match="there are no probes"):
        AttentionCallback({}, every=1)
    with pytest.raises(InvalidInput, match="choose among entropy"):
        AttentionCallback(PROBES, scalars=["induktion"])
    with pytest.raises(TypeError, match="there is no option 'layer'"):
        AttentionCallback(PROBES, layer=[1])  # type: ignore[call-arg]
    with pytest.raises(InvalidInput, match="every is 0"):
        AttentionCallback(PROBES, every=0)
