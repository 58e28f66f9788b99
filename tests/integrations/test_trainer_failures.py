"""AttentionCallback in real Trainers: what cannot be logged."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tb_attention.errors import InvalidInput, LoggingFailed, NoAttention
from tb_attention.integrations.trainer import AttentionCallback
from tests.support.logged import warnings_in
from tests.support.trainings import PROBES, runs_in, steps_of, trainer


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
