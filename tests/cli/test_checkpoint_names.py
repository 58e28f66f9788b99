"""Which checkpoints are meant, and at which steps."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tb_attention.cli.checkpoints import Checkpoint, checkpoints_of
from tb_attention.errors import InvalidInput
from tests.support.commands import (
    STEPS,
    TEXTS,
    assert_is_the_models_own,
    checkpoints,
    refusal,
    shown,
)


def test_revisions_of_a_hub(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the cache of the hub's library, as a download leaves them."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    repository = tmp_path / "hub" / "models--org--tiny"
    for step in STEPS:
        commit = f"{step:040x}"
        shutil.copytree(saved / f"checkpoint-{step}", repository / "snapshots" / commit)
        (repository / "refs").mkdir(exist_ok=True)
        (repository / "refs" / f"step{step}").write_text(commit)
    logdir = tmp_path / "logs"
    assert checkpoints(saved, logdir, *(f"org/tiny@step{step}={step}" for step in STEPS)) == 0
    assert shown(logdir) == {tag: list(STEPS) for tag in TEXTS}
    for step in STEPS:
        assert_is_the_models_own(saved, logdir, "doctor", step)


def test_a_broken_checkpoint_is_one_sentence_and_the_steps_before_it_stay(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "checkpoint-900"
    broken.mkdir()
    for path in (saved / "checkpoint-500").iterdir():
        (broken / path.name).write_bytes(
            path.read_bytes() if path.suffix != ".safetensors" else b"torn"
        )
    logdir = tmp_path / "logs"
    names = [
        str(saved / "checkpoint-500"),
        str(broken),
        "--probes",
        str(saved / "probes.txt"),
        "--logdir",
        str(logdir),
    ]
    assert refusal(capsys, "checkpoints", *names).startswith(
        f"the model {broken} could not be loaded ("
    )
    assert shown(logdir) == {tag: [500] for tag in TEXTS}


def test_names_of_checkpoints() -> None:
    names = [
        "out/checkpoint-1000/",
        "lr=1/checkpoint-20",
        "org/name@step3=3",
        "saved=0",
        "checkpoint-500",
    ]
    expected = [
        ("saved", 0),
        ("org/name@step3", 3),
        ("lr=1/checkpoint-20", 20),
        ("checkpoint-500", 500),
        ("out/checkpoint-1000/", 1000),
    ]
    assert checkpoints_of(names) == [Checkpoint(*each) for each in expected]
    assert checkpoints_of(["a=1", "a=1"]) == [Checkpoint("a", 1)]


@pytest.mark.parametrize(
    "names", [["out"], ["out=-1"], ["=5"], ["checkpoint-"], ["a=1", "b=1"], ["checkpoint-5/model"]]
)
def test_names_without_a_step_of_their_own_are_refused(names: list[str]) -> None:
    with pytest.raises(InvalidInput, match="=STEP"):
        checkpoints_of(names)
