"""A log directory in Python: which runs and tags there are, and what is found later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention import open_logs
from tb_attention.errors import InvalidInput, NotLogged
from tests.support.interpreter import printed
from tests.support.logs import events, record_file, write


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Two runs; the first has two tags."""
    write(record_file(tmp_path / "one"), events(0), events(10), events(0, tag="other"))
    write(record_file(tmp_path / "two"), events(5))
    return tmp_path


def test_runs_and_tags(logdir: Path) -> None:
    logs = open_logs(str(logdir))
    assert logs.runs == {"one": ["other", "probe"], "two": ["probe"]}
    assert [(each.run, each.tag, each.steps) for each in logs] == [
        ("one", "other", [0]),
        ("one", "probe", [0, 10]),
        ("two", "probe", [5]),
    ]
    assert repr(logs).count("LoggedSteps(") == 3
    assert logs.problems == []


def test_the_only_one_need_not_be_named(logdir: Path) -> None:
    assert open_logs(str(logdir / "two")).probe().steps == [5]
    assert open_logs(str(logdir)).probe("two").tag == "probe"
    with pytest.raises(InvalidInput, match=r"more than one run \(one, two\)"):
        open_logs(str(logdir)).probe()


def test_what_is_not_there_is_said(logdir: Path) -> None:
    logs = open_logs(str(logdir))
    with pytest.raises(NotLogged, match="no run 'three'"):
        logs.probe("three")
    with pytest.raises(NotLogged, match="no tag 'nothing'"):
        logs.probe("one", "nothing")
    with pytest.raises(NotLogged, match="no step 3"):
        logs.probe("one", "probe").weights(3)
    assert open_logs(str(logdir / "empty")).runs == {}
    with pytest.raises(NotLogged, match=r"no attention in .*empty, and so no run: give the"):
        open_logs(str(logdir / "empty")).probe()


def test_a_path_is_a_log_directory_too(logdir: Path) -> None:
    assert open_logs(logdir).runs == open_logs(str(logdir)).runs
    assert repr(open_logs(logdir)) == repr(open_logs(str(logdir)))


def test_a_run_that_is_still_written_is_followed(logdir: Path) -> None:
    logs = open_logs(str(logdir))
    probe = logs.probe("two")
    write(record_file(logdir / "two"), events(6), append=True)
    assert probe.steps == [5]
    logs.refresh()
    assert probe.steps == [5, 6]


def test_what_cannot_be_shown_is_said(logdir: Path) -> None:
    file = record_file(logdir / "two")
    data = bytearray(file.read_bytes())
    data[-30] ^= 1  # of the record that commits
    file.write_bytes(data)
    logs = open_logs(str(logdir))
    assert "two" not in logs.runs
    (problem,) = logs.problems
    assert problem.startswith("two: ")


def test_neither_torch_nor_transformers_is_imported(logdir: Path) -> None:
    code = f"""
import sys
from tb_attention import open_logs
probe = open_logs({str(logdir)!r}).probe("one", "probe")
probe.weights(), probe.metrics(), probe.types(), probe.findings(), probe.change(0, 10)
print(*({{"torch", "transformers", "pandas"}} & {{*sys.modules}}))
"""
    assert printed(code) == []
