"""The file layer on real directories, and on memory:// through TensorBoard's own file layer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tb_attention.files.local import LocalFiles
from tb_attention.files.read import RemoteFiles, files_of
from tb_attention.store.reader import open_capture
from tests.support.indexes import index_of
from tests.support.logs import events, record_file, write


def walked(root: Path) -> dict[str, list[str]]:
    return {
        os.path.relpath(directory, root): sorted(names)
        for directory, names in LocalFiles().walk(str(root))
    }


def test_walk_follows_links_but_not_in_circles(tmp_path: Path) -> None:
    (tmp_path / "logs" / "a" / "b").mkdir(parents=True)
    (tmp_path / "logs" / "a" / "file").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "other").touch()
    (tmp_path / "logs" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "logs" / "same").symlink_to(tmp_path / "logs" / "a")
    (tmp_path / "logs" / "a" / "b" / "circle").symlink_to(tmp_path / "logs")
    (tmp_path / "logs" / "a" / "b" / "itself").symlink_to("itself")
    (tmp_path / "logs" / "dangling").symlink_to(tmp_path / "nothing")
    assert walked(tmp_path / "logs") == {
        ".": ["dangling"],
        "a": ["file"],
        "a/b": ["itself"],
        "link": ["other"],
    }, "same is a, and circle the directory above"


def test_walk_of_a_root_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(LocalFiles().walk(str(tmp_path / "gone")))


def test_ranges_of_a_local_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(bytes(range(100)))
    with LocalFiles().open(str(tmp_path / "f")) as read:
        assert read(10, 5) == bytes(range(10, 15))
        assert read(98, 5) == bytes([98, 99])
        assert read(200, 5) == read(3, 0) == b""


def test_a_file_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one")
    before = LocalFiles().state(str(path))
    assert before == LocalFiles().state(str(path))
    (tmp_path / "new").write_bytes(b"two")
    (tmp_path / "new").replace(path)
    assert before != LocalFiles().state(str(path))


def test_which_file_system() -> None:
    assert isinstance(files_of("/a/b"), LocalFiles)
    assert isinstance(files_of("memory://a"), RemoteFiles)


def test_a_remote_log_directory(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    local = write(record_file(tmp_path / "run"), events(0), events(5))
    memory.pipe(f"/logs/{local.relative_to(tmp_path).as_posix()}", local.read_bytes())
    index = index_of("memory://logs")
    assert index.snapshot.problems == ()
    assert {
        run: {tag: list(steps) for tag, steps in tags.items()}
        for run, tags in index.snapshot.runs.items()
    } == {"run": {"probe": [0, 5]}}
    location = index.snapshot.runs["run"]["probe"][5]
    remote = open_capture(index.files(location), location)
    index = index_of(tmp_path)
    location = index.snapshot.runs["run"]["probe"][5]
    here = open_capture(index.files(location), location)
    for name in here.tensors:
        assert remote.read(name).tobytes() == here.read(name).tobytes()
        assert remote.read(name, slice(1, 2)).tobytes() == here.read(name, slice(1, 2)).tobytes()


@pytest.mark.parametrize("root", ["memory://gone", "nosuchscheme://bucket/logs"])
def test_a_remote_log_directory_that_cannot_be_read_is_a_problem(root: str) -> None:
    index = index_of(root)
    (problem,) = index.snapshot.problems
    assert problem.problem.startswith(f"The log directory {root} cannot be read: ")
