"""The command tb-attention as a user runs it: exit status, sentences, no tracebacks."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tb_attention import __version__
from tb_attention.cli.main import main
from tests.support.repository import ROOT


def test_it_runs_as_a_command() -> None:
    code = "import sys; from tb_attention.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "--version"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == f"tb-attention {__version__}"


def test_help_names_the_command_and_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, word in ((["--help"], "demo"), (["demo", "--help"], "--no-serve")):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        assert word in capsys.readouterr().out


def test_help_keeps_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "Train three small GPT-2s on the CPU, log their attention, and show it in TensorB" in said
    )


def test_a_command_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence on the error output, for arguments that are refused."""
    assert main(["demo", "--no-serve", *arguments]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert len(written.err.splitlines()) == 1
    return written.err


def test_without_a_hub_a_pretrained_model_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    logdir = tmp_path / "logs"
    said = refusal(capsys, "--model", "gpt2", "--logdir", str(logdir))
    assert said.startswith("tb-attention: the model gpt2 could not be loaded: ")
    assert not logdir.exists()


@pytest.mark.parametrize("name", ["text", "repeats"])
def test_a_run_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / name).mkdir()
    said = refusal(capsys, "--logdir", str(tmp_path), "--steps", "1")
    assert said == (
        f"tb-attention: there is a run in {tmp_path / name} already: "
        "delete it, or give another --logdir.\n"
    )


def test_steps_must_be_positive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        refusal(capsys, "--logdir", str(tmp_path), "--steps", "0")
        == "tb-attention: --steps is 0: give 1 or more.\n"
    )


def test_without_torch_it_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "torch" else find(name)
    )
    assert (
        refusal(capsys, "--logdir", str(tmp_path))
        == "tb-attention: the demo needs torch: pip install 'tb-attention[torch]'.\n"
    )
