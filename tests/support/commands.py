"""The commands as a user runs them on saved models, and what they have logged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.cli.main import main
from tests.support.stores import store_of

TEXTS = {"doctor": "The doctor asked the nurse.", "a-second-line": "A second line"}
STEPS = (500, 1000, 1500)


def checkpoints(saved: Path, logdir: Path | str, *names: str) -> int:
    """Runs the command on the saved checkpoints, or on those that are named."""
    chosen = names or [str(saved / f"checkpoint-{step}") for step in STEPS]
    return main(
        ["checkpoints", *chosen, "--probes", str(saved / "probes.txt"), "--logdir", str(logdir)]
    )


def shown(logdir: Path | str) -> dict[str, list[int]]:
    """tag -> steps of the only run."""
    found = answer_runs(store_of(logdir))
    assert found["problems"] == []
    (only,) = found["runs"]
    return {tag["tag"]: tag["steps"] for tag in only["tags"]}


def assert_is_the_models_own(
    saved: Path, logdir: Path | str, tag: str, step: int, at: int | None = None
) -> None:
    """Every head of every layer, against the saved model's attention in eager mode."""
    folder, store = saved / f"checkpoint-{step}", store_of(logdir)
    model = transformers.GPT2LMHeadModel.from_pretrained(folder, attn_implementation="eager").eval()
    ids = transformers.AutoTokenizer.from_pretrained(folder)(
        TEXTS[tag], return_tensors="pt"
    ).input_ids
    with torch.no_grad():
        expected = model(ids, output_attentions=True).attentions
    location = store.find(".", tag, step if at is None else at)
    for layer, weights in enumerate(expected):
        answer = answer_weights(store, location, None, layer, None).arrays["weights"]
        assert np.abs(answer - weights[0].numpy()).max() <= 2e-3


def record_files(logdir: Path) -> dict[str, int]:
    """Their names and sizes in bytes."""
    return {path.name: path.stat().st_size for path in logdir.glob("plugins/attention/*")}


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence on the error output, for arguments that are refused."""
    capsys.readouterr()
    assert main(arguments) == 1
    written = capsys.readouterr()
    assert written.out == ""
    said = [line for line in written.err.splitlines() if line.startswith("tb-attention: ")]
    assert len(said) == 1
    assert "Traceback" not in written.err
    return said[0].removeprefix("tb-attention: ")


def inspected(capsys: pytest.CaptureFixture[str], logdir: Path | str, *options: str) -> list[str]:
    """The lines that `inspect` prints."""
    capsys.readouterr()
    assert main(["inspect", str(logdir), *options]) == 0
    return capsys.readouterr().out.splitlines()
