"""Findings of a whole log: none where nothing is wrong, their order, past damage."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tb_attention.answers.findings import begin_findings
from tb_attention.answers.looked_at import look_at
from tb_attention.answers.slow import SlowAnswers
from tb_attention.findings.kinds import ORDER
from tests.support.logs import record_file
from tests.support.planted import Weights, logged, mostly, usual
from tests.support.stores import store_of


def test_logs_without_anything_are_quiet(tmp_path: Path) -> None:
    assert logged(tmp_path, usual) == []


def test_one_step_alone_is_quiet(tmp_path: Path) -> None:
    assert logged(tmp_path, usual, steps=(7,)) == []


def test_another_text_at_each_step_is_no_change_of_the_model(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(0)
        if step == 400:
            weights[0, 0] = mostly(lambda i: max(i - 1, 0), weights[0, 0])
        return weights

    assert logged(tmp_path, at, kind="batch") == []


def test_warnings_come_first_and_then_what_is_strongest(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[0] = usual(0)[0]
        weights[1, 1] = mostly(lambda i: 0, weights[1, 1], 0.998)
        weights[2, 0, 3] = np.nan
        return weights

    found = logged(tmp_path, at)
    assert [finding["kind"] for finding in found] == [
        "not a number",
        "first token",
        "dead",
        "hardly moved",
    ]
    store = store_of(tmp_path)
    looked_at = look_at(store, store.steps(".", "probe"))
    assert looked_at is not None
    strengths = {
        finding.kind: looked_at.story(finding).strength for finding in looked_at.of_metrics()
    }
    assert strengths["not a number"] > strengths["first token"] == strengths["dead"] > 0
    assert ORDER["first token"] < ORDER["dead"], "as strong: in the order of kinds"


def test_a_damaged_last_step_leaves_the_others(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[1, 2] = mostly(lambda i: 0, weights[1, 2])
        return weights

    logged(tmp_path, at)
    store = store_of(tmp_path)
    last = store.find(".", "probe", 400)
    data = bytearray(record_file(tmp_path).read_bytes())
    data[last.commit : last.commit + 2000] = data[last.commit : last.commit + 2000].replace(
        b"\x05probe", b"\x05probf"
    )
    record_file(tmp_path).write_bytes(data)
    (finding,) = SlowAnswers(store).ask(begin_findings, store.steps(".", "probe")).value["findings"]
    assert finding["steps"] == (300,)
