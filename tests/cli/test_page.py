"""tb-attention page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention.cli.main import main
from tests.support.golden_logs import write_logs


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("logs")
    write_logs(directory)
    return directory


def test_it_writes_one_file(logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "attention.html"
    assert main(["page", str(logs), "--tag", "probe", "--steps", "0", "-o", str(output)]) == 0
    assert "without a server" in capsys.readouterr().out
    text = output.read_text()
    assert text.startswith("<!doctype html>") and 'id="tb-attention-index"' in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-o", "page.pdf"], "give a file that ends in .html"),
        (["-o", "page.html", "--run", "nobody"], "There is no run 'nobody': there are base"),
        (["-o", "page.html", "--tag", "nothing"], "There is no tag 'nothing': there are probe"),
        (["-o", "page.html", "--steps", "7"], "There is no step 7: there are 0, 10, 20"),
        (["-o", "page.html", "--layers", "9"], "there is no layer 9: choose among 0, 1, 2"),
    ],
)
def test_a_wrong_choice_is_a_sentence(
    logs: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["page", str(logs), *arguments]) == 1
    assert sentence in capsys.readouterr().err
