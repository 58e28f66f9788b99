"""Probes that stand in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention import Probe, Repeated
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
    ("line", "answers"),
    [
        ("nurse: The nurse said that => she | he", ((" she",), (" he",))),
        ("nurse: The nurse said that =>  she, her |  he,him", ((" she", " her"), (" he", " him"))),
        ('nurse: The nurse said that => "she" | " he", "!"', (("she",), (" he", "!"))),
    ],
)
def test_answers_stand_behind_the_text(
    tmp_path: Path, line: str, answers: tuple[tuple[str, ...], ...]
) -> None:
    path = tmp_path / "probes.txt"
    path.write_text(f"{line}\nThe doctor => she | he\n")
    nurse, doctor = read_probes(path).items()
    assert nurse[0] == "nurse" and isinstance(nurse[1], Probe)
    assert (nurse[1].text, nurse[1].answers) == ("The nurse said that", answers)
    assert doctor[0] == "the-doctor" and isinstance(doctor[1], Probe)
    assert (doctor[1].text, doctor[1].answers) == ("The doctor", ((" she",), (" he",)))


def test_an_arrow_alone_is_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "probes.txt"
    path.write_text("code: x => x | y => 1\nother: x => x + 1\n")
    assert read_probes(path) == {"code": "x => x | y => 1", "other": "x => x + 1"}


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (b"", "no probe"),
        (b"a: b\na: c", "line 2 .* a second time"),
        (b"\xff", "not UTF-8"),
        (b"a: b\nc: The => New York | he", "line 2 of .*: the answers 'New York' are none"),
        (b"c: The => she, | he", "line 1 of .*: the answers 'she,' are none"),
    ],
)
def test_probes_that_cannot_be_used(tmp_path: Path, written: bytes, sentence: str) -> None:
    (tmp_path / "probes.txt").write_bytes(written)
    with pytest.raises(InvalidInput, match=sentence):
        read_probes(tmp_path / "probes.txt")
    with pytest.raises(InvalidInput, match="No such file"):
        read_probes(tmp_path / "none.txt")
