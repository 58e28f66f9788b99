"""Scalars of a run, read by a real TensorBoard process with either of its loaders."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import grpc
import pytest
from tensorboard import errors
from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_attention.answers.curves import Curves
from tb_attention.plugin.scalars import MOST, RunScalars
from tb_attention.store.index import Index
from tests.support.board import tensorboard
from tests.support.logs import events, record_file, write
from tests.support.waiting import until

LOSSES = {0: 4.0, 1: math.nan, 2: 2.5}


def scalars(directory: Path, *tags: str) -> None:
    """An event file with values of these tags."""
    version = event_pb2.Event(wall_time=1, file_version="brain.Event:2")
    written = [
        event_pb2.Event(
            step=step,
            wall_time=2 + step,
            summary=summary_pb2.Summary(
                value=[summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag in tags]
            ),
        )
        for step, value in LOSSES.items()
    ]
    write(directory / "events.out.tfevents.1700000000.host.1.0", [version, *written])


def curves(address: str, run: str) -> list[dict[str, Any]]:
    """The run's curves, once TensorBoard has read its event files."""
    found: list[dict[str, Any]] = []

    def read() -> bool:
        url = f"{address}data/plugin/attention/curves?run={run}&tag=probe"
        with urlopen(url, timeout=20) as response:
            answer = json.load(response)
        assert answer["notes"] == []
        found.extend(answer["curves"])
        return found != []

    until(read, lambda: f"{run} has no curve")
    return found


@pytest.mark.parametrize("loader", ["true", "false"])
def test_scalars_of_the_run_and_of_folders_around_it(tmp_path: Path, loader: str) -> None:
    logdir = tmp_path / "logs"
    ours = "attention/probe/loss"
    for run in ("own", "above/attention", "below", "elsewhere"):
        write(record_file(logdir / run), events(0))
    scalars(logdir / "own", "epoch", "train/lr", "train/grad_norm", "train/loss", "loss", ours)
    scalars(logdir / "above", "loss")
    scalars(logdir / "above" / "attention", ours)
    scalars(logdir / "below" / "tracker", "loss")
    write(record_file(logdir / "below" / "other"), events(0))
    scalars(logdir / "below" / "other", "loss")
    with tensorboard(tmp_path, f"--logdir={logdir}", f"--load_fast={loader}") as address:
        with urlopen(f"{address}data/plugin/attention/runs", timeout=20) as response:
            assert len(json.load(response)["runs"]) == 5
        of_run = curves(address, "own")
        assert [curve["label"] for curve in of_run] == [
            "loss", "train/loss", "train/grad_norm", "train/lr", "epoch",
        ]  # fmt: skip
        assert of_run[0] == {
            "from": "run",
            "name": "run own loss",
            "label": "loss",
            "unit": "",
            "run": "own",
            "steps": list(LOSSES),
            "values": [4.0, "NaN", 2.5],
        }
        assert [curve["label"] for curve in curves(address, "above/attention")] == ["loss (above)"]
        assert [curve["label"] for curve in curves(address, "below")] == ["loss (below/tracker)"]


class Provider:
    """TensorBoard's, of runs with as many scalars each, or one that fails."""

    def __init__(self, runs: dict[str, list[str]], failure: Exception | None = None) -> None:
        self._runs, self._failure = runs, failure

    def list_runs(self, ctx: Any, **options: Any) -> list[Any]:
        return []

    def list_scalars(self, ctx: Any, **options: Any) -> dict[str, dict[str, None]]:
        if self._failure:
            raise self._failure
        wanted = options["run_tag_filter"].runs
        return {run: dict.fromkeys(tags) for run, tags in self._runs.items() if run in wanted}

    def read_scalars(self, ctx: Any, **options: Any) -> dict[str, dict[str, list[Any]]]:
        chosen = options["run_tag_filter"]
        return {run: {tag: [] for tag in chosen.tags} for run in chosen.runs}


def of_run(run: str, provider: Provider | None) -> Curves:
    return RunScalars(provider, Index([])).of_run(run)


def test_a_run_of_many_scalars_gives_the_most_telling_ones() -> None:
    tags = [f"weights/layer{number}" for number in range(50)]
    found = of_run("run", Provider({"run": [*tags, "eval_loss", "loss"]})).curves
    assert [curve.label for curve in found[:2]] == ["loss", "eval_loss"]
    assert len(found) == MOST


@pytest.mark.parametrize(
    ("run", "scalars_in"),
    [
        ("a/b/c", "a"),
        ("a", "."),
        ("first/sub", "first/."),
        ("first/.", "first/."),
        (".", "."),
    ],
)
def test_folders_above_the_run(run: str, scalars_in: str) -> None:
    found = of_run(run, Provider({scalars_in: ["loss"]})).curves
    assert [curve.run for curve in found] == [scalars_in]


def test_without_a_data_provider_there_are_none() -> None:
    assert of_run("run", None) == Curves()


@pytest.mark.parametrize(
    "failure", [errors.NotFoundError("no such experiment"), grpc.RpcError("gone away")]
)
def test_what_cannot_be_read_is_said(failure: Exception) -> None:
    (note,) = of_run("run", Provider({}, failure)).notes
    assert note.startswith("The scalars of the run could not be read: ")
    assert "no such experiment" in note or "gone away" in note
