"""AttentionCallback in real Trainers: training is bit for bit the same, the numbers are right."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import Trainer, TrainerCallback

from tb_attention import Effects
from tb_attention.answers.weights import answer_weights
from tb_attention.capture.streams.wrappers import unwrapped
from tb_attention.integrations.trainer import AttentionCallback
from tests.support.models import gpt2
from tests.support.stores import store_of
from tests.support.trainings import PROBES, data, logged, runs_in, steps_of, trainer


@pytest.mark.parametrize("effects", [False, Effects(heads=2, controls=1)])
def test_training_is_bit_for_bit_the_same(tmp_path: Path, effects: Effects | bool) -> None:
    def weights(callbacks: list[TrainerCallback]) -> list[torch.Tensor]:
        training = trainer(tmp_path, callbacks, report_to=[])
        training.train()
        return list(training.model.parameters())

    without = weights([])
    logging = AttentionCallback(PROBES, every=1, examples=(0, 3), effects=effects, strict=True)
    logged_too = weights([logging])
    assert all(torch.equal(one, other) for one, other in zip(without, logged_too, strict=True))
    assert any(
        not torch.equal(one, other)
        for one, other in zip(without, gpt2(resid_pdrop=0.3).parameters(), strict=True)
    )
    (run,) = runs_in(tmp_path)
    assert steps_of(run) == list(range(11))
    assert steps_of(run, "batch/0") == steps_of(run, "batch/3") == list(range(10)), (
        "no batch comes after the last step"
    )
    store = store_of(run)
    for tag, count in (("first", 11), ("second", 11), ("batch/0", 10)):
        numbers = store.output_numbers(store.steps(".", tag))
        measured = bool(effects) and not tag.startswith("batch")
        assert [len(each) for each in numbers] == [int(measured)] * count


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

    model = gpt2(dropout=0.0).to(options.pop("dtype", torch.float32))
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
