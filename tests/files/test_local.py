"""Whatever may stand in a log directory of this machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tb_attention.files import local
from tb_attention.files.local import LocalFiles

DEEP = 60


def directories(root: Path) -> list[str]:
    return sorted(os.path.relpath(directory, root) for directory, _ in LocalFiles().walk(str(root)))


def pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(path)


def listening(path: Path) -> None:
    try:
        socket.socket(socket.AF_UNIX).bind(os.path.relpath(path))
    except (AttributeError, OSError):
        pytest.skip("no sockets here")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("make", "what"),
    [
        (pipe, "a pipe"),
        (listening, "a socket"),
        (Path.mkdir, "a directory"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: (pipe(path.with_name("p")), path.symlink_to("p")), "a pipe"),
    ],
)
def test_only_regular_files_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object], what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "x")
    monkeypatch.setattr(local, "_opened", lambda path, flags: pytest.fail("opened"))
    for look in (LocalFiles().state, lambda path: LocalFiles().open(path).__enter__()):
        with pytest.raises(OSError, match=f"it is {what}, and only regular files are opened"):
            look(str(tmp_path / "x"))


def test_a_file_that_is_exchanged_for_a_pipe_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    pipe(tmp_path / "pipe")
    regular = os.stat(tmp_path / "file")  # noqa: PTH116
    monkeypatch.setattr(local.os, "stat", lambda path: regular)
    with (
        pytest.raises(OSError, match="it is a pipe"),
        LocalFiles().open(str(tmp_path / "pipe")),
    ):
        pytest.fail("it waited for no writer, and opened it")


def test_runs_that_link_to_each_other_come_once_each(tmp_path: Path) -> None:
    for one in "abcdef":
        (tmp_path / one / "sub").mkdir(parents=True)
        for other in "abcdef":
            (tmp_path / one / other).symlink_to(tmp_path / other)
            (tmp_path / one / "sub" / other).symlink_to(f"../../{other}/sub")
    expected = [".", *(f"{one}{sub}" for one in "abcdef" for sub in ("", "/sub"))]
    assert directories(tmp_path) == sorted(expected)


def test_a_directory_comes_under_its_own_name_and_not_under_a_link(tmp_path: Path) -> None:
    (tmp_path / "logs" / "z" / "deep").mkdir(parents=True)
    (tmp_path / "logs" / "a").symlink_to("z/deep")
    (tmp_path / "outside" / "run").mkdir(parents=True)
    (tmp_path / "logs" / "b").symlink_to(tmp_path / "outside")
    (tmp_path / "logs" / "c").symlink_to(tmp_path / "outside" / "run")
    (tmp_path / "logs" / "up").symlink_to(tmp_path)
    found = directories(tmp_path / "logs")
    assert found == [".", "b", "b/run", "up", "z", "z/deep"]


def test_a_log_directory_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "logs" / "a").mkdir(parents=True)
    (tmp_path / "link").symlink_to("logs")
    assert directories(tmp_path / "link") == [".", "a"]


def test_a_directory_that_cannot_be_listed_is_told_and_the_rest_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    scandir = os.scandir

    def scan(path: str) -> object:
        if path.endswith("b"):
            raise PermissionError(13, "Permission denied")
        if path.endswith("c"):
            raise FileNotFoundError(2, "it has vanished")
        return scandir(path)

    monkeypatch.setattr(local.os, "scandir", scan)
    failed: list[tuple[str, str | None]] = []
    walked = LocalFiles().walk(
        str(tmp_path), lambda path, error: failed.append((path, error.strerror))
    )
    assert [directory for directory, _ in walked] == [str(tmp_path), str(tmp_path / "a")]
    assert failed == [(str(tmp_path / "b"), "Permission denied")]


def test_directories_deeper_than_a_path_may_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    for _ in range(DEEP):
        os.mkdir("d" * 100)  # noqa: PTH102
        os.chdir("d" * 100)
    failed: list[str] = []
    walked = LocalFiles().walk(str(tmp_path), lambda path, error: failed.append(path))
    assert str(tmp_path / "run") in [directory for directory, _ in walked]
    assert len(failed) == 1
    monkeypatch.chdir(tmp_path)


def test_file_systems_that_number_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    stat = os.stat

    def numberless(path: str) -> os.stat_result:
        return os.stat_result((*stat(path)[:1], 0, *stat(path)[2:]))

    monkeypatch.setattr(local.os, "stat", numberless)
    assert directories(tmp_path) == [".", "a"]
