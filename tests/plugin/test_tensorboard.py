"""A real TensorBoard process finds the plugin by its entry point, with either loader.

With its Rust loader and with its Python one.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from safetensors.numpy import load
from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_attention.record.summary import overview_value
from tests.support.board import tensorboard
from tests.support.logs import events, record_file, write
from tests.support.waiting import until

PLUGIN = "data/plugin/attention"


def run_of(directory: Path, *steps: int) -> None:
    """A run as the logger writes it.

    Scalars and small values in the event file, captures in the record file.
    """
    version = event_pb2.Event(wall_time=1, file_version="brain.Event:2")
    written = [events(step) for step in steps]
    small = [
        event_pb2.Event(
            step=step, wall_time=1.7e9 + step, summary=summary_pb2.Summary(value=[value])
        )
        for step, one in zip(steps, written, strict=True)
        for value in (
            overview_value(one[-1]),
            summary_pb2.Summary.Value(tag="loss", simple_value=0.5),
        )
    ]
    write(directory / "events.out.tfevents.1700000000.host.1.0", [version, *small])
    write(record_file(directory), *written)


def get(url: str) -> bytes:
    with urlopen(url, timeout=20) as response:
        return bytes(response.read())


def get_json(url: str) -> Any:
    return json.loads(get(url))


def steps(address: str) -> dict[str, list[int]]:
    answer = get_json(f"{address}{PLUGIN}/runs")
    assert answer["problems"] == []
    return {run["run"]: tag["steps"] for run in answer["runs"] for tag in run["tags"]}


@pytest.mark.parametrize("loader", ["auto", "false"])
def test_it_serves_the_captures(tmp_path: Path, loader: str) -> None:
    logdir = tmp_path / "logs"
    run_of(logdir, 0)
    run_of(logdir / "gpt2" / "a", 0, 10)
    with tensorboard(tmp_path, f"--logdir={logdir}", f"--load_fast={loader}") as address:
        expected = {".": [0], str(Path("gpt2/a")): [0, 10]}
        assert steps(address) == expected
        listing = get_json(f"{address}data/plugins_listing")
        assert listing["attention"]["enabled"]
        assert listing["attention"]["loading_mechanism"] == {
            "type": "IFRAME", "module_path": "/data/plugin/attention/static/index.js",
        }  # fmt: skip
        assert b"render()" in get(f"{address}data/plugin_entry.html?name=attention")
        assert b"render" in get(f"{address}{PLUGIN}/static/index.js")
        weights = load(
            get(f"{address}{PLUGIN}/weights?run=gpt2/a&tag=probe&step=10&layer=1&dtype=float16")
        )["weights"]
        assert weights.shape == (4, 6, 6)
        until(
            lambda: sorted(get_json(f"{address}data/runs")) == sorted(expected),
            lambda: "the runs are not called as TensorBoard calls them",
        )
        write(record_file(logdir / "gpt2" / "a"), events(20), append=True)
        assert steps(address)[str(Path("gpt2/a"))] == [0, 10, 20]
    complaints = re.findall(
        ".*(?:Illegal|Traceback|Error|attention).*", (tmp_path / "output").read_text()
    )
    assert complaints == []


def test_logdir_spec_and_path_prefix(tmp_path: Path) -> None:
    run_of(tmp_path / "one", 0)
    run_of(tmp_path / "two" / "sub", 5)
    spec = f"--logdir_spec=first:{tmp_path}/one,second:{tmp_path}/two"
    with tensorboard(tmp_path, spec, "--path_prefix=/board") as address:
        assert address.endswith("/board/")
        assert steps(address) == {f"first{os.sep}.": [0], f"second{os.sep}sub": [5]}


def test_a_plugin_that_cannot_be_loaded_leaves_tensorboard_running(tmp_path: Path) -> None:
    run_of(tmp_path / "logs", 0)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "safetensors.py").write_text("raise ImportError('broken on purpose')\n")
    with tensorboard(tmp_path, f"--logdir={tmp_path}/logs", before=str(broken)) as address:
        listing = get_json(f"{address}data/plugins_listing")
        assert "scalars" in listing
        assert "attention" not in listing
    assert "broken on purpose" in (tmp_path / "output").read_text()
