"""Probes that stand in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention import Repeated
from tb_attention.cli.probes import read_probes
from tb_attention.errors import InvalidInput


def test_a_line_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "probes.txt"
    path.write_text("doctor: The doctor asked.\nrepeated\nword: repeated\n")
    assert read_probes(path) == {
        "doctor": "The doctor asked.",
        "repeated": Repeated(),
        "word": "repeated",
    }


def test_probes_are_lines_with_or_without_a_tag(tmp_path: Path) -> None:
    path = tmp_path / "probes.txt"
    path.write_text(
        "he: The doctor: he.\n\n  Über die Brücke gehen!  \nTime 12:30 is late\n", "utf-8"
    )
    assert read_probes(path) == {
        "he": "The doctor: he.",
        "über-die-brücke-gehen": "Über die Brücke gehen!",
        "time-12-30-is-late": "Time 12:30 is late",
    }


@pytest.mark.parametrize(
    ("written", "sentence"),
    [(b"", "no probe"), (b"a: b\na: c", "line 2 .* a second time"), (b"\xff", "not UTF-8")],
)
def test_probes_that_cannot_be_used(tmp_path: Path, written: bytes, sentence: str) -> None:
    (tmp_path / "probes.txt").write_bytes(written)
    with pytest.raises(InvalidInput, match=sentence):
        read_probes(tmp_path / "probes.txt")
    with pytest.raises(InvalidInput, match="No such file"):
        read_probes(tmp_path / "none.txt")
