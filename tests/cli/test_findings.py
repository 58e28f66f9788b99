"""The command findings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tb_attention import log_arrays
from tb_attention.cli.main import main
from tests.support.commands import refusal


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two tags of one run: a head that looks at itself from step 5 on, and one step of NaN."""
    self_looking = np.eye(12, dtype=np.float32)[None]
    spread = np.tril(np.ones((1, 12, 12), np.float32))
    spread /= spread.sum(-1, keepdims=True)
    tokens = [f"t{number}" for number in range(12)]
    for step, weights in enumerate([spread, spread, self_looking]):
        log_arrays(str(tmp_path / "a"), tokens, weights=[weights], tag="born", step=step)
    query = np.full((1, 12, 4), np.nan, np.float32)
    log_arrays(str(tmp_path / "a"), tokens, query=[query], key=[query], tag="broken", step=0)
    return tmp_path


def test_findings_are_printed_for_each_tag(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["findings", str(logs)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "a  born  steps 0 to 2",
        "a  broken  step 0",
    ]
    assert any(line.startswith("    Layer 0 head 0") for line in lines)
    assert any(line.startswith("  ! ") and "not a number" in line for line in lines)


def test_findings_as_json_are_those_of_the_server(
    logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["findings", str(logs), "--tag", "born", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["run"], found["tag"], found["steps"]) == ("a", "born", [0, 1, 2])
    assert {"kind", "sentence", "layers", "heads", "steps"} <= set(found["findings"][0])


def test_a_tag_that_is_not_there_is_refused_with_those_that_are(
    logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(capsys, "findings", str(logs), "--tag", "other").endswith(
        "There are a: born, broken."
    )
    assert "there is no attention in" in refusal(capsys, "findings", str(logs / "none"))
