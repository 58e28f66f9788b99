"""The command checkpoints on saved models, read back as the tab reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention.cli.main import main
from tests.support.commands import (
    STEPS,
    TEXTS,
    assert_is_the_models_own,
    checkpoints,
    inspected,
    record_files,
    refusal,
    shown,
)
from tests.support.logs import events, record_file, write
from tests.support.stores import store_of


def test_checkpoints_are_steps_with_the_models_own_attention(saved: Path, tmp_path: Path) -> None:
    assert checkpoints(saved, tmp_path) == 0
    assert shown(tmp_path) == {tag: list(STEPS) for tag in TEXTS}
    for tag in TEXTS:
        for step in STEPS:
            assert_is_the_models_own(saved, tmp_path, tag, step)


def test_a_second_run_logs_nothing_twice(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints(saved, tmp_path)
    before, files = record_files(tmp_path), list(tmp_path.iterdir())
    capsys.readouterr()
    assert checkpoints(saved, tmp_path) == 0
    assert "Steps logged: 0, there already: 3." in capsys.readouterr().out
    assert record_files(tmp_path) == before
    assert list(tmp_path.iterdir()) == files


def test_a_job_that_goes_on_hides_no_step_and_logs_what_is_missing(
    saved: Path, tmp_path: Path
) -> None:
    checkpoints(saved, tmp_path, str(saved / "checkpoint-1500"), f"{saved / 'checkpoint-500'}=700")
    assert shown(tmp_path)["doctor"] == [700, 1500]
    before = record_files(tmp_path)
    checkpoints(saved, tmp_path)
    assert shown(tmp_path) == {tag: [500, 700, 1000, 1500] for tag in TEXTS}
    assert before.items() <= record_files(tmp_path).items()
    assert_is_the_models_own(saved, tmp_path, "doctor", 500, at=700)


def test_a_job_at_a_url_goes_on_and_is_listed(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logdir = "memory://checkpoints-of-test/run"
    for names in ([f"{saved / 'checkpoint-1000'}"], []):
        assert checkpoints(saved, logdir, *names) == 0
    assert "Steps logged: 2, there already: 1." in capsys.readouterr().out
    assert shown(logdir) == {tag: list(STEPS) for tag in TEXTS}
    assert_is_the_models_own(saved, logdir, "doctor", 1500)
    lines = inspected(capsys, logdir)
    assert [line.split()[:4] for line in lines[2:4]] == [
        ["a-second-line", "3", "500", "1500"],
        ["doctor", "3", "500", "1500"],
    ]


def test_a_probe_that_is_added_later_is_logged_alone(saved: Path, tmp_path: Path) -> None:
    probes, logdir = tmp_path / "probes.txt", tmp_path / "logs"
    arguments = [
        "checkpoints",
        str(saved / "checkpoint-500"),
        "--probes",
        str(probes),
        "--logdir",
        str(logdir),
    ]
    probes.write_text("doctor: The doctor asked the nurse.", "utf-8")
    main(arguments)
    first = store_of(logdir).find(".", "doctor", 500)
    probes.write_text("doctor: The doctor asked the nurse.\nA second line", "utf-8")
    main(arguments)
    assert shown(logdir) == {tag: [500] for tag in TEXTS}
    assert store_of(logdir).find(".", "doctor", 500).version == first.version


def test_what_another_job_logged_is_not_hidden(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(record_file(tmp_path), events(1000, tag="doctor"))
    names = [
        "checkpoints",
        str(saved / "checkpoint-500"),
        "--probes",
        str(saved / "probes.txt"),
        "--logdir",
        str(tmp_path),
    ]
    said = refusal(capsys, *names)
    assert said == (
        f"the tag doctor in {tmp_path} was logged by a training or another job: "
        "give another --logdir."
    )
    assert shown(tmp_path) == {"doctor": [1000]}


def test_a_tag_keeps_its_text(
    saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints(saved, tmp_path, str(saved / "checkpoint-500"))
    probes = tmp_path / "others.txt"
    probes.write_text("doctor: The nurse asked.", "utf-8")
    names = [
        "checkpoints",
        str(saved / "checkpoint-1000"),
        "--probes",
        str(probes),
        "--logdir",
        str(tmp_path),
    ]
    assert refusal(capsys, *names).startswith(
        f"the tag doctor in {tmp_path} follows another text: "
    )
