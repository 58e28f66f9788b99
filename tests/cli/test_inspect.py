"""The command inspect."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tb_attention.attention.layer import Check
from tb_attention.record.capture import Capture
from tests.support.commands import inspected, record_files, refusal
from tests.support.logs import capture, events, record_file, write
from tests.support.repository import ROOT


def test_inspect_lists_runs_probes_steps_and_sizes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = events(5, tag="other", of=capture(12, layers=3))
    write(record_file(tmp_path / "one"), *(events(step) for step in (0, 1000, 2000)), other)
    write(record_file(deep := tmp_path / "two" / "deep"), events(7))
    size = sum(record_files(tmp_path / "one").values())
    assert inspected(capsys, tmp_path) == [
        f"one  ({size / 1e3:.1f} kB)",
        "  tag    steps  first  last  tokens       off by  layers x heads",
        "  other      1      5     5      12  not checked  3 x 4",
        "  probe      3      0  2000       6  not checked  2 x 4",
        "",
        f"{deep.relative_to(tmp_path)}  ({sum(record_files(deep).values()) / 1e3:.1f} kB)",
        "  tag    steps  first  last  tokens       off by  layers x heads",
        "  probe      1      7     7       6  not checked  2 x 4",
        "",
    ]


def test_inspect_says_how_far_captures_are_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(record_file(tmp_path / "all"), events(0, of=checked(Check(3e-7), Check(2e-4))))
    partly = checked(Check(3e-7), Check(unchecked="dropout is on"))
    write(record_file(tmp_path / "some"), events(0, of=partly))
    lines = inspected(capsys, tmp_path)
    assert lines[2].split()[-4:] == ["2e-04", "2", "x", "4"]
    assert lines[6].endswith("  3e-07 (1 of 2 checked)  2 x 4")


def checked(*checks: Check) -> Capture:
    made = capture()
    layers = made.stacks[0].layers
    pairs = zip(layers.items(), checks, strict=True)
    stack = {index: replace(layer, check=check) for (index, layer), check in pairs}
    return replace(made, stacks=(replace(made.stacks[0], layers=stack),))


def test_inspect_says_what_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(record_file(tmp_path), events(0), events(1), events(2)[1:])
    lines = inspected(capsys, tmp_path)
    assert lines[2].split()[:4] == ["probe", "2", "0", "1"]
    assert lines[-2:] == ["Not shown:", f"  ./{path.name}: 1 capture left out: tensors are missing"]


def test_inspect_counts_bytes_that_are_hidden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(record_file(tmp_path, 0), events(0, session="old"))
    write(record_file(tmp_path, 1), events(0, session="new", wall_time=2e9))
    size = sum(record_files(tmp_path).values())
    assert inspected(capsys, tmp_path)[0] == f".  ({size / 1e3:.1f} kB)"


def test_inspect_of_nothing_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = "give the one that TensorBoard is started on."
    assert (
        refusal(capsys, "inspect", str(tmp_path))
        == f"there is no attention in {tmp_path}: {advice}"
    )
    none = tmp_path / "none"
    assert refusal(capsys, "inspect", str(none)) == f"there is no directory {none}: {advice}"
    path = write(record_file(tmp_path), events(0)[1:])
    said = refusal(capsys, "inspect", str(tmp_path))
    lost = f"./{path.name}: 1 capture left out: tensors are missing"
    assert said == f"there is no attention in {tmp_path} ({lost}): {advice}"


def test_inspect_needs_no_model_framework(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0))
    code = (
        "import sys; from tb_attention.cli.main import main; status = main(['inspect', "
        "sys.argv[1]]); print([name for name in ('torch', 'transformers', 'tensorflow', 'jax') if "
        "name in sys.modules]); sys.exit(status)"
    )
    command: list[Any] = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "probe" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_inspect_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(record_file(tmp_path / "one"), events(0, of=checked(Check(3e-7), Check(unchecked="no"))))
    path = write(record_file(tmp_path / "two"), events(3))
    path.write_bytes(path.read_bytes() + b"no record at all")
    found = json.loads("\n".join(inspected(capsys, tmp_path, "--json")))
    (one, two), (problem,) = found["runs"], found["problems"]
    assert one["tags"] == [
        {
            "tag": "probe",
            "steps": [0],
            "tokens": [6],
            "error": pytest.approx(3e-7),
            "checked": 1,
            "stacks": [{"name": "decoder", "layers": 2, "heads": [4]}],
            "effects": [],
            "problem": None,
        }
    ]
    assert one["bytes"] == sum(record_files(tmp_path / "one").values())
    assert (two["run"], two["tags"][0]["error"], problem["run"]) == ("two", None, "two")


def test_who_reads_may_stop_at_the_first_line(tmp_path: Path) -> None:
    for number in range(2000):
        write(record_file(tmp_path / f"run {number}"), events(0))
    inspect = f"{sys.executable} -m tb_attention inspect {tmp_path}"
    done = subprocess.run(
        ["bash", "-c", f"{inspect} | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (done.stderr, len(done.stdout.splitlines()), done.returncode) == ("", 1, 141)
