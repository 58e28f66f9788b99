"""Head metrics along the steps, against what was written."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from tb_attention.answers.metrics import answer_metrics
from tb_attention.attention.head_metrics import ALWAYS_LOGGED, METRIC_NAMES, METRICS
from tb_attention.record.effects import Answers, Effect
from tests.support.captures import rich
from tests.support.logs import capture, events, record_file
from tests.support.stores import stored


def test_head_metrics_of_all_steps(tmp_path: Path) -> None:
    written = [events(step) for step in (0, 3, 10)]
    store = stored(tmp_path, *written)
    answer = answer_metrics(store, store.steps(".", "probe"))
    assert (answer.arrays["steps"].dtype, list(answer.arrays["steps"])) == (np.int32, [0, 3, 10])
    assert answer.metadata["names"] == ALWAYS_LOGGED
    assert answer.metadata["rows"] == (("decoder", 0), ("decoder", 1))
    assert [words["label"] for words in answer.metadata["words"]] == [
        m.label for m in METRICS if m.name in ALWAYS_LOGGED
    ]
    for joined, one in zip(answer.arrays["metrics"], written, strict=True):
        assert joined.tobytes() == one[-1].summary.value[0].tensor.tensor_content


def test_head_metrics_of_a_model_that_changed(tmp_path: Path) -> None:
    store = stored(
        tmp_path,
        events(0, of=capture(layers=1)),
        events(1, of=capture(layers=3, heads=6)),
        events(2, of=rich()),
    )
    answer = answer_metrics(store, store.steps(".", "probe"))
    assert answer.metadata["rows"] == (
        ("decoder", 0),
        ("decoder", 1),
        ("decoder", 2),
        ("decoder", 3),
        ("encoder", 0),
    )
    entropy = np.isfinite(answer.arrays["metrics"][..., METRIC_NAMES.index("entropy")])
    assert entropy[0].sum() == 4
    assert entropy[1].sum() == 18
    assert [list(np.flatnonzero(row)) for row in entropy[2]] == [
        [0, 1, 2, 3],
        [],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
    ]


def test_steps_that_are_larger_than_32_bits(tmp_path: Path) -> None:
    store = stored(tmp_path, events(3, wall_time=0), events(2**40 + 1, wall_time=1))
    steps = answer_metrics(store, store.steps(".", "probe")).arrays["steps"]
    assert (steps.dtype, list(steps)) == (np.float64, [3, 2**40 + 1])


def test_numbers_of_the_output_along_the_steps(tmp_path: Path) -> None:
    answers = Answers((" she",), (" he",), at=2)
    of = [
        (),
        (Effect("loss", 4.5),),
        (Effect("loss", math.nan), Effect("answer", -0.5, answers=answers)),
        (Effect("answer", 0.25, answers=replace(answers, first=(" woman",))),),
    ]
    written = [
        events(step, of=replace(capture(), effects=effects)) for step, effects in enumerate(of)
    ]
    store = stored(tmp_path, *written)
    numbers = answer_metrics(store, store.steps(".", "probe")).metadata["numbers"]
    nothing: dict[str, tuple[str, ...]] = {"first": (), "second": ()}
    loss = {"number": "loss", "unit": "nats", "values": [None, 4.5, math.nan, None]}
    assert repr(numbers[0]) == repr(loss | nothing)
    assert numbers[1:] == [
        {
            "number": "answer",
            "unit": "logits",
            "values": [None, None, -0.5, None],
            "first": (" she",),
            "second": (" he",),
        },
        {
            "number": "answer",
            "unit": "logits",
            "values": [None, None, None, 0.25],
            "first": (" woman",),
            "second": (" he",),
        },
    ]


def test_one_damaged_capture_does_not_hide_the_metrics_of_the_others(tmp_path: Path) -> None:
    store = stored(tmp_path, events(0), events(1))
    path = record_file(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\x0a\x05probe", b"\x0a\x05probf", 1))
    metrics = answer_metrics(store, store.steps(".", "probe")).arrays["metrics"]
    assert np.all(np.isnan(metrics[0]))
    assert np.any(np.isfinite(metrics[1]))
