"""Captures that do not fit are found when they are indexed, and all other steps answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tb_attention.answers.findings import begin_findings
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.types import answer_types
from tests.support.indexes import found, index_of, problems
from tests.support.logs import record_file, write
from tests.support.misfits import MISFITS, asked, described, written
from tests.support.stores import store_of


@pytest.mark.parametrize("name", MISFITS)
def test_one_bad_step_is_a_problem_and_all_others_answer(tmp_path: Path, name: str) -> None:
    change, sentence = MISFITS[name]
    path = write(
        record_file(tmp_path), written(), described(written(step=1), change), written(step=2)
    )
    store = store_of(tmp_path)
    steps = store.steps(".", "probe")
    assert list(steps) == [0, 2]
    (problem,) = store.snapshot.problems
    assert (problem.run, problem.file) == (".", path.name)
    start = "1 capture left out: step 1 of 'probe' does not fit its description: "
    assert problem.problem.startswith(start)
    assert re.search(sentence, problem.problem)
    for step in steps:
        for ask in asked(store, step):
            ask()
    assert answer_metrics(store, steps).arrays["steps"].tolist() == [0, 2]
    assert answer_types(store, steps).arrays["steps"].tolist() == [0, 2]
    list(begin_findings(store, steps).work)


def test_many_bad_steps_are_few_sentences(tmp_path: Path) -> None:
    bad = [
        described(written(step=step), MISFITS[name][0])
        for step, name in enumerate([*["sequence"] * 3, *MISFITS])
    ]
    write(record_file(tmp_path), *bad)
    index = index_of(tmp_path)
    assert found(index) == {}
    sentences = [sentence for *_, sentence in problems(index)]
    assert len(sentences) == 6
    assert sentences[0].startswith("4 captures left out: step 0 of 'probe' (the first of 4) does")
    assert sentences[-1] == f"{len(MISFITS) - 5} captures left out for other reasons"


def test_a_shape_without_end_is_no_tensor(tmp_path: Path) -> None:
    """A million axes would be multiplied to a number of a million digits."""
    events = written()
    events[0].summary.value[0].tensor.tensor_shape.dim.extend(
        [events[0].summary.value[0].tensor.tensor_shape.dim[0]] * 100_000
    )
    write(record_file(tmp_path), events, written(step=1))
    index = index_of(tmp_path)
    assert found(index) == {".": {"probe": [1]}}
    assert [sentence for *_, sentence in problems(index)] == [
        "1 corrupt record skipped",
        "1 capture left out: tensors are missing",
    ]
