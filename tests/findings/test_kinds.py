"""docs/metrics.md has a row for each type and each kind of finding, in their order and words."""

from __future__ import annotations

from tb_attention.attention.head_types import TYPES
from tb_attention.findings.kinds import KINDS, ORDER
from tests.support.repository import ROOT

DOCUMENT = (ROOT / "docs" / "metrics.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The cells of the rows of the table below a heading, without its first row."""
    part = DOCUMENT[DOCUMENT.index(f"\n## {heading}\n") + 1 :].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows[1:]]


def test_findings() -> None:
    assert table("Findings") == [[kind.name, kind.told] for kind in KINDS]
    assert len(ORDER) == len(KINDS), "no name twice"


def test_types() -> None:
    expected = [[kind.name, f"`{kind.metric}` >= {kind.threshold}", kind.meaning] for kind in TYPES]
    assert [row[:3] for row in table("Types")] == expected
    assert all(len(row) == 4 and row[3] for row in table("Types")), "why this threshold"
