"""Effects and answers of saved models, by the commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_attention.cli.main import main
from tests.support.commands import STEPS, refusal
from tests.support.logged import captures_in


def test_checkpoints_have_effects_and_answers(saved: Path, tmp_path: Path) -> None:
    probes = tmp_path / "probes.txt"
    probes.write_text('doctor: The doctor asked => "s" | "h", "t"\n')
    names = [str(saved / f"checkpoint-{step}") for step in STEPS]
    command = ["checkpoints", *names, "--probes", str(probes), "--logdir", str(tmp_path / "run")]
    assert main([*command, "--effects", "--replace", "mean"]) == 0
    found = captures_in(tmp_path / "run")
    assert [step for _, step, _, _ in found] == list(STEPS)
    for _, _, message, _ in found:
        loss, answer = message.effects
        assert (loss.number, loss.replace, answer.number) == ("loss", "mean", "answer")
        assert ([*answer.first], [*answer.second]) == (["s"], ["h", "t"])
    assert main([*command, "--effects"]) == 0, "what is there already is of the same text"
    assert len(captures_in(tmp_path / "run")) == len(STEPS)


def test_a_capture_has_the_effects_of_all_heads(saved: Path, tmp_path: Path) -> None:
    model = str(saved / f"checkpoint-{STEPS[0]}")
    command = ["capture", "--model", model, "--text", "The doctor asked the nurse."]
    assert main([*command, "--logdir", str(tmp_path), "--effects=all"]) == 0
    ((tag, _, message, tensors),) = captures_in(tmp_path)
    table = tensors[tag][..., list(message.metrics).index("loss_effect")]
    assert table.shape == (2, 4) and np.isfinite(table).all()
    assert message.effects[0].replace == "zero"


def test_without_the_option_nothing_is_measured(saved: Path, tmp_path: Path) -> None:
    model = str(saved / f"checkpoint-{STEPS[0]}")
    assert (
        main(["capture", "--model", model, "--text", "The doctor", "--logdir", str(tmp_path)]) == 0
    )
    assert not captures_in(tmp_path)[0][2].effects


def test_an_answer_that_cannot_be_compared_is_a_sentence(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    probes = tmp_path / "probes.txt"
    probes.write_text("doctor: The doctor asked => physiotherapist | she\n")
    command = ["checkpoints", str(saved / f"checkpoint-{STEPS[0]}"), "--probes", str(probes)]
    said = refusal(capsys, *command, "--logdir", str(tmp_path / "run"))
    assert "not all that was asked for was measured of 'doctor': the answer ' physio" in said
