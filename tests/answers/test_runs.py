"""The list of runs, tags and steps."""

from __future__ import annotations

import json
from pathlib import Path

from tb_attention.answers.runs import answer_runs
from tests.support.logs import events, record_file, write
from tests.support.stores import store_of


def test_runs(tmp_path: Path) -> None:
    write(
        record_file(tmp_path / "b"),
        events(0, tag="y"),
        events(7, tag="x"),
        events(2, tag="x", wall_time=float("nan")),
    )
    write(record_file(tmp_path / "a"), events(1))
    answer = answer_runs(store_of(tmp_path))
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert [run["run"] for run in answer["runs"]] == ["a", "b"]
    assert [(tag["tag"], tag["steps"]) for tag in answer["runs"][1]["tags"]] == [
        ("x", [2, 7]),
        ("y", [0]),
    ]
    assert [tag["tokens"] for tag in answer["runs"][1]["tags"]] == [6, 6]
    assert answer["runs"][1]["tags"][0]["wall_times"] == [0, 1.7e9 + 7]
    assert (answer["version"], answer["loading"], answer["problems"]) == (1, False, [])
