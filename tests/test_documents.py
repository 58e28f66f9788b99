"""What documents say of the files of the repository is so."""

from __future__ import annotations

import re

import pytest

from tests.support.repository import ROOT

BASES = (ROOT, ROOT / "tb_attention", ROOT / "frontend" / "src")
PATH = re.compile(r"`([\w./-]+/[\w.-]+\.(?:py|tsx?|proto|toml|md))`")


@pytest.mark.parametrize(
    "document", ["docs/design.md", "docs/metrics.md", "docs/reliability.md", "CONTRIBUTING.md"]
)
def test_the_files_that_are_named_are_there(document: str) -> None:
    named = set(PATH.findall((ROOT / document).read_text()))
    assert len(named) > 1
    assert (
        sorted(path for path in named if not any((base / path).is_file() for base in BASES)) == []
    ), "no such file"


def test_the_floors_are_the_folders() -> None:
    design = (ROOT / "docs" / "design.md").read_text()
    drawn = design[design.index("```\n") + 4 :].split("```")[0]
    floors = set(re.findall(r"\b([a-z]+)/(?!\w)", drawn))
    folders = {path.parent.name for path in (ROOT / "tb_attention").glob("*/__init__.py")}
    assert floors == folders
    assert len(list((ROOT / "tb_attention").glob("*.py"))) <= 8, "files at the top level"


def test_tests_stand_in_the_folders_of_the_package_and_are_short() -> None:
    tests = ROOT / "tests"
    folders = {path.parent.name for path in tests.glob("*/test_*.py")}
    assert {name for name in folders if not (ROOT / "tb_attention" / name).is_dir()} == {"browser"}
    lines = {path: len(path.read_text().splitlines()) for path in tests.rglob("*.py")}
    assert [str(path) for path, count in lines.items() if count >= 300] == [], "cut them"
