"""The index on log directories in which anything may stand beside the record files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tb_attention.answers.capture import answer_capture
from tb_attention.cli.inspect import run_inspect
from tb_attention.store.store import Store
from tests.support.indexes import found, index_of, problems
from tests.support.logs import events, record_file, write
from tests.support.plugins import client_of, get, known, plugin_of

THREE = {"a": {"probe": [0]}, "c": {"probe": [0]}, "z": {"probe": [0]}}


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A log directory with the runs a, c and z."""
    for run in "acz":
        write(record_file(tmp_path / run), events())
    return tmp_path


needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
any_bytes = pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="names are Unicode here")


@needs_pipes
@pytest.mark.parametrize("name", ["plugins/attention/x.tfrecord", "events.out.tfevents.1.host"])
def test_a_pipe_is_a_problem_and_is_not_waited_for(three: Path, name: str) -> None:
    os.mkfifo(three / "c" / name)
    index = index_of(three)
    assert found(index) == THREE
    sentence = "it cannot be read: it is a pipe, and only regular files are opened"
    assert problems(index) == [("c", Path(name).name, sentence)]


@needs_pipes
def test_a_file_that_becomes_a_pipe_while_it_is_shown(three: Path) -> None:
    index = index_of(three)
    location = index.snapshot.runs["c"]["probe"][0]
    record_file(three / "c").unlink()
    os.mkfifo(record_file(three / "c"))
    with pytest.raises(OSError, match="it is a pipe"):
        Store(index).layer(location, None, 0)
    assert [problem[1:] for problem in problems(index)] == [
        (
            record_file(three / "c").name,
            "it cannot be read: it is a pipe, and only regular files are opened",
        )
    ]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda path: path.symlink_to("/dev/zero"),
            "it is a device, and only regular files are opened",
        ),
        (lambda path: path.symlink_to(path.name), "Too many levels of symbolic links"),
        (lambda path: path.symlink_to("x" * 300), "File name too long"),
        (lambda path: path.symlink_to("nowhere"), "No such file or directory"),
    ],
)
def test_a_file_that_is_none(three: Path, make: Callable[[Path], object], reason: str) -> None:
    make(record_file(three / "c", 1))
    index = index_of(three)
    assert found(index) == THREE
    assert problems(index) == [
        ("c", record_file(three / "c", 1).name, f"it cannot be read: {reason}")
    ]


def test_a_directory_with_the_name_of_a_record_file(three: Path) -> None:
    (three / "c" / "plugins" / "attention" / "x.tfrecord").mkdir()
    (three / "events.out.tfevents.dir").mkdir()
    index = index_of(three)
    assert (found(index), problems(index)) == (THREE, [])


@any_bytes
def test_a_run_whose_name_is_no_utf8_is_shown_on_every_route(
    three: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = os.fsdecode(b"c\xe9 \xc3\xa9")
    (three / "c").rename(three / run)
    damaged = three / run / "plugins" / "attention" / os.fsdecode(b"\xe9.tfrecord")
    damaged.write_bytes(b"\x00" * 100)
    client = client_of(plugin_of(three))
    answer = known(client)
    name = "c\\xe9 é"
    assert [one["run"] for one in answer["runs"]] == ["a", name, "z"]
    assert [(one["run"], one["file"]) for one in answer["problems"]] == [(name, "\\xe9.tfrecord")]
    asked = {"run": name, "tag": "probe", "step": "0", "layer": "0", "head": "0", "query": "1"}
    asked |= {"key": "0", "with_run": name, "with_tag": "probe", "with_step": "0"}
    routes = "capture metrics types thumbnails weights row neurons distances findings pair change"
    for route in [*routes.split(), "contributions"]:
        response = get(client, route, query_string=asked)
        assert response.status_code == 200, (route, response.text)
    assert get(client, "capture", query_string=asked).get_json()["run"] == name
    run_inspect(str(three))
    printed = capsys.readouterr().out
    assert f"{name}  (" in printed
    assert f"{name}/\\xe9.tfrecord: the length of a record is damaged" in printed


@any_bytes
def test_a_log_directory_whose_name_is_no_utf8(tmp_path: Path) -> None:
    logdir = tmp_path / os.fsdecode(b"\xe9")
    assert [text for *_, text in problems(index_of(logdir))] == [
        f"The log directory {tmp_path}{os.sep}\\xe9 cannot be read: No such file or directory."
    ]
    write(record_file(logdir / "run"), events())
    index = index_of(logdir)
    assert (found(index), problems(index)) == ({"run": {"probe": [0]}}, [])
    store = Store(index)
    assert answer_capture(store, "run", store.find("run", "probe", 0))["run"] == "run"


def test_runs_that_link_to_each_other(three: Path) -> None:
    for one in "acz":
        for other in "acz":
            if one != other:
                (three / one / other).symlink_to(f"../{other}")
    index = index_of(three)
    assert (found(index), problems(index)) == (THREE, [])


def test_a_directory_that_cannot_be_listed_is_a_problem_of_its_run(
    three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def scan(path: str) -> object:
        if path.endswith(str(Path("c/plugins/attention"))):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("tb_attention.files.local.os.scandir", scan)
    index = index_of(three)
    assert found(index) == {"a": {"probe": [0]}, "z": {"probe": [0]}}
    assert problems(index) == [("c", "", "the directory cannot be listed: Permission denied")]


def test_a_listing_that_fails_unforeseen(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: str) -> object:
        raise RecursionError

    monkeypatch.setattr("tb_attention.files.local.os.scandir", fail)
    assert [problem[2] for problem in problems(index_of(three))] == [
        f"The log directory {three} could not be read to its end (RecursionError): "
        "the output of TensorBoard says why."
    ]
