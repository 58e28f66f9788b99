"""The command capture on saved models, read back as the tab reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention.cli.main import main
from tb_attention.store.store import Store
from tests.support.commands import TEXTS, assert_is_the_models_own, refusal, shown


def test_capture_logs_one_inference(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "--model",
        str(saved / "checkpoint-500"),
        "--text",
        TEXTS["doctor"],
        "--logdir",
        str(tmp_path),
    ]
    assert main(["capture", *arguments, "--tag", "doctor", "--step", "500"]) == 0
    assert main(["capture", *arguments]) == 0
    assert capsys.readouterr().out.startswith("Logged doctor at step 500.")
    assert shown(tmp_path) == {"doctor": [500], "the-doctor-asked-the-nurse": [0]}
    assert_is_the_models_own(saved, tmp_path, "doctor", 500)
    assert main(["capture", *arguments, "--tag", "doctor", "--step", "20"]) == 0
    assert shown(tmp_path)["doctor"] == [20, 500]


def test_capture_at_a_url(saved: Path) -> None:
    logdir = "memory://capture-of-test/run"
    arguments = [
        "capture",
        "--model",
        str(saved / "checkpoint-500"),
        "--text",
        TEXTS["doctor"],
        "--tag",
        "doctor",
        "--logdir",
        logdir,
    ]
    for step in (7, 3):
        assert main([*arguments, "--step", str(step)]) == 0
    assert shown(logdir) == {"doctor": [3, 7]}
    assert_is_the_models_own(saved, logdir, "doctor", 500, at=3)


def test_capture_with_another_tokenizer(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("config.json", "model.safetensors"):
        (bare / name).write_bytes((saved / "checkpoint-500" / name).read_bytes())
    arguments = [
        "capture",
        "--model",
        str(bare),
        "--text",
        TEXTS["doctor"],
        "--tag",
        "doctor",
        "--logdir",
        str(tmp_path / "logs"),
    ]
    assert refusal(capsys, *arguments) == (
        f"there is no tokenizer in {bare}: name the one that the model was trained with by "
        "--tokenizer."
    )
    assert main([*arguments, "--tokenizer", str(saved / "checkpoint-500")]) == 0
    assert_is_the_models_own(saved, tmp_path / "logs", "doctor", 500, at=0)


@pytest.mark.parametrize("name", ["gpt2", "org/none@main"])
def test_without_a_hub_a_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    said = refusal(
        capsys, "capture", "--model", name, "--text", "a", "--logdir", str(tmp_path / "logs")
    )
    assert said.startswith(f"the model {name} could not be loaded (")
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--text", ""], "empty"),
        (["--step", "-1"], "begin at 0"),
        (["--logdir", "nosuch://b"], "nosuch:// is not known"),
    ],
)
def test_what_capture_cannot_log(
    saved: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    sentence: str,
) -> None:
    arguments = [
        "--model",
        str(saved / "checkpoint-500"),
        "--text",
        "The doctor",
        "--logdir",
        str(tmp_path / "logs"),
    ]
    assert sentence in refusal(capsys, "capture", *arguments, *options)
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("command", ["capture", "checkpoints"])
def test_without_torch_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    given = (
        ["--model", "m", "--text", "t"]
        if command == "capture"
        else ["checkpoint-1", "--probes", "p"]
    )
    said = refusal(capsys, command, *given, "--logdir", "l")
    advice = "pip install 'tb-attention[torch]'"
    assert said == f"tb-attention {command} needs torch and transformers: {advice}."


def test_capture_of_a_generation_with_a_needle(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["capture", "--model", str(saved / "checkpoint-500"), "--text", TEXTS["doctor"]]
    arguments += ["--logdir", str(tmp_path), "--tag", "answer"]
    assert main([*arguments, "--generate", "5", "--needle", "doctor"]) == 0
    store = Store.open(str(tmp_path))
    sequence = store.message(store.find(".", "answer", 0)).sequences[0]
    (span,) = sequence.spans
    assert span.name == "needle"
    assert b"doctor" in b"".join(sequence.tokens[span.first : span.last + 1])
    assert sequence.prompt == len(sequence.tokens) - 4, "the last token was never fed"
    assert "retrieval" in store.head_metrics(store.steps(".", "answer")).names
    for wrong, why in (
        (["--needle", "doctor"], "give generate as well"),
        (["--generate", "-1"], "give a number of tokens"),
    ):
        assert main([*arguments, *wrong]) != 0
        assert why in capsys.readouterr().err
