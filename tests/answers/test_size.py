"""What small files claim is not allocated: sparse tables, many heads, many steps."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tb_attention import schema
from tb_attention.answers import size as size_module
from tb_attention.answers.contributions import Score, begin_contributions
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.pair import begin_pair
from tb_attention.answers.types import answer_types
from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput
from tb_attention.record import stored_heads
from tb_attention.record.summary import capture_events
from tb_attention.store import join
from tb_attention.store.committed import MetricTable
from tb_attention.store.join import join_steps
from tests.support.logs import capture, events, record_file, write
from tests.support.misfits import described
from tests.support.stores import store_of, stored


def test_steps_without_anything_in_common_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Each step has a stack and metrics of its own: a table of all would take 13 GB."""
    file = []
    for step in range(60):
        made = events(step, of=capture(2, layers=20, heads=1, key_heads=1, neurons=1))

        def change(described: schema.Capture, step: int = step) -> None:
            for place, name in enumerate(described.metrics):
                described.metrics[place] = f"{name}{step}"
            for layer in described.stacks[0].layers:
                layer.layer += 100 * step

        described(made, change)
        for event in made:
            for value in event.summary.value:
                parts = value.tag.split("/")
                if len(parts) == 4:
                    value.tag = "/".join([*parts[:2], str(int(parts[2]) + 100 * step), parts[3]])
        file.append(made)
    store = stored(tmp_path, *file)
    steps = store.steps(".", "probe")
    assert len(steps) == 60, store.snapshot.problems
    tracemalloc.start()
    for answer in (answer_metrics, answer_types):
        assert len(answer(store, steps).arrays["steps"]) == 60
    assert tracemalloc.get_traced_memory()[1] < 400e6
    tracemalloc.stop()


def table(rows: int, heads: int, names: str, value: float = 1.0) -> MetricTable:
    values = np.full((rows, heads, len(names)), value, np.float32)
    return MetricTable(values, tuple(("decoder", row) for row in range(rows)), tuple(names))


def test_a_step_that_makes_the_table_sparse_is_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    plain, odd = table(2, 3, "ab"), table(2, 300, "xyz")
    steps = [plain, odd, None, plain]
    everything = join_steps(steps)
    assert everything.values.shape == (4, 2, 300, 5)
    monkeypatch.setattr(join, "ROOM", 100)
    monkeypatch.setattr(join, "SPARSE", 2)
    joined = join_steps(steps)
    assert joined.values.shape == (4, 2, 3, 2)
    assert np.isfinite(joined.values[[0, 3]]).all()
    assert np.isnan(joined.values[[1, 2]]).all()
    assert "too little in common" in caplog.text


def test_answers_over_too_many_steps_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stored(tmp_path, events(0), events(1))
    steps = store.steps(".", "probe")
    monkeypatch.setattr(size_module, "LARGEST", 32)
    with pytest.raises(InvalidInput, match="log fewer steps under one tag"):
        begin_pair(store, steps, steps[0], None, 1, 0)
    with pytest.raises(InvalidInput, match="log fewer steps under one tag"):
        begin_contributions(store, steps, Score(None, 0, 0, 1, 0))


def test_heads_that_were_not_logged_do_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = capture_events(capture(), tag="probe", step=0, wall_time=1.0, session="one", heads=[1])
    write(record_file(tmp_path), made)
    store = store_of(tmp_path)
    location = store.find(".", "probe", 0)
    monkeypatch.setattr(stored_heads, "LARGEST", 4 * 6 * 8 * 2 - 1)
    with pytest.raises(InvalidInput, match="1 of 4 heads were logged, and all take more than"):
        store.layer(location, None, 0)
    assert store.layer(location, None, 0, 1).heads == 1


def test_a_block_of_very_many_heads_has_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    query, key = np.random.default_rng(0).standard_normal((2, 4, 40, 8))
    layer = AttentionLayer(query, key)
    whole = softmax.weights(layer)
    monkeypatch.setattr(softmax, "NUMBERS", 4 * 40 * 3 + 1)
    sizes = [block.shape[1] for _, _, block in softmax.row_blocks(layer)]
    assert sizes == [3] * 13 + [1]
    np.testing.assert_allclose(softmax.weights(layer), whole, atol=1e-6)
