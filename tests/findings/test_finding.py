"""The words of findings, and their document."""

from __future__ import annotations

from tb_attention.findings import births, changes, health, likeness, patterns
from tb_attention.findings.finding import heads_named, layers_named, number, percent
from tb_attention.findings.kinds import ORDER
from tests.support.repository import ROOT


def test_words() -> None:
    assert (
        heads_named([(3, 5), (1, 0), (3, 2)], "decoder", several=False)
        == "Layer 1 head 0, layer 3 heads 2 and 5"
    )
    assert (
        heads_named([(0, head) for head in range(7)], "cross", several=True)
        == "Cross layer 0 heads 0, 1, 2 and 3 and 3 more"
    )
    assert layers_named([0, 1, 2, 3, 7], "decoder", several=False) == "Layers 0-3 and 7"
    assert layers_named([4], "encoder", several=True) == "Encoder layer 4"
    assert [number(value) for value in (0.0041, 0.123, 1.5, 12.4, 1234.5)] == [
        "0.004",
        "0.12",
        "1.50",
        "12",
        "1,234",
    ]
    assert [percent(value) for value in (0.91, 0.996, 0.99999, 1.0)] == [
        "91 %",
        "99.6 %",
        "99.9 %",
        "100 %",
    ]


def test_the_document_tells_of_every_kind_with_its_numbers() -> None:
    document = (ROOT / "docs" / "metrics.md").read_text()
    lines = {
        line.split("|")[1].strip(): line for line in document.splitlines() if line.startswith("| ")
    }
    assert set(ORDER) <= lines.keys()
    numbers = {
        "large score": (health.LARGE, health.GROWN, health.GROWTH),
        "entropy collapse": (health.OPEN, health.COLLAPSED),
        "first token": (patterns.SINK,),
        "dead": (patterns.DEAD_FIRST, patterns.DEAD_EVEN),
        "type born": (births.MOST, births.ALL, births.FEWEST),
        "hardly moved": (likeness.UNMOVED, likeness.EXCEPTION, likeness.FEW),
        "changed most": (changes.MOVED, changes.TIMES, changes.WEIGHT, changes.HEADS),
        "alike": (likeness.ALIKE,),
    }
    findings_part = document[document.index("## Findings") :]
    for kind, values in numbers.items():
        (line,) = [line for line in findings_part.splitlines() if line.startswith(f"| {kind} |")]
        assert all(f"{value:g}" in line for value in values), kind
