"""Names of runs against TensorBoard's own.

The flags are parsed, and the runs named, as TensorBoard's Python loader does it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tensorboard.backend.event_processing import data_ingester
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer

from tb_attention.store.index import Index
from tb_attention.store.logdir import Root, roots
from tests.support.logs import events, record_file, write

SPECS = [
    "a:/x/y", "/x/y", "a:/x/y,b:/z", "/foo:bar/baz", "a:b:c", "s3://bucket/path",
    "a:s3://bucket/path", "gs://b/x,/y", "~/logs",
    "n:~/logs", "relative/dir", "n:relative", "a:/same,b:/same", "/with space, /other",
]  # fmt: skip


@pytest.mark.parametrize("spec", SPECS)
def test_logdir_spec_is_parsed_as_tensorboard_does(spec: str) -> None:
    expected = data_ingester._parse_event_files_spec(spec)
    assert {root.path: root.name or None for root in roots("", spec)} == expected


def tree(directory: Path) -> None:
    for run in (".", "a", "a/b", "c"):
        write(directory / run / "events.out.tfevents.1.host", events(0))
        write(record_file(directory / run), events(1))


@pytest.mark.parametrize(
    "spec", ["{}/one", "exp:{}/one", "{}/one,x:{}/two", "x:{}/one,y:{}/one/a", "x:{}/one/../two"]
)
def test_runs_are_called_as_tensorboard_calls_them(tmp_path: Path, spec: str) -> None:
    tree(tmp_path / "one")
    tree(tmp_path / "two")
    spec = spec.replace("{}", str(tmp_path))
    multiplexer = EventMultiplexer()
    for path, name in data_ingester._parse_event_files_spec(spec).items():
        multiplexer.AddRunsFromDirectory(path, name)
    index = Index(roots("", spec))
    index.refresh()
    assert set(index.snapshot.runs) == set(multiplexer.Runs())
    assert all(list(tags["probe"]) == [0, 1] for tags in index.snapshot.runs.values())


def test_logdir_goes_before_logdir_spec_and_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert roots("logs", "a:/x") == [Root(str(tmp_path / "logs"))]
    assert roots("~/logs/", "") == [Root(str(tmp_path / "logs"))]
    assert roots("s3://bucket/logs/", None) == [Root("s3://bucket/logs")]
    assert roots(None, None) == roots("", "") == []


def test_where_record_files_stand() -> None:
    root = Root(os.sep + "logs")
    assert root.run_of_records("/logs/run/plugins/attention") == "run"
    assert root.run_of_records("/logs/plugins/attention") == "."
    assert root.run_of_records("/logs/run/plugins/other") is None
    assert root.run_of_records("/logs") is None
    assert Root("/logs/plugins").run_of_records("/logs/plugins/attention") is None
    assert Root("s3://b/logs").run_of_records("s3://b/logs/x/plugins/attention") == "x"
    assert Root("s3://b/logs").run("s3://b/logs") == "."
    assert Root("/").run_of_records("/plugins/attention") == "."
