"""How cuts are divided into batches, and what is done where a batch cannot be had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from tb_attention.capture import capture
from tb_attention.effects import exact
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.model_run import ModelRun
from tb_attention.effects.options import Effects
from tests.support.cut_heads import ALL, large
from tests.support.models import gpt2
from tests.support.torch_models import IDS, nano

Rows = list[int]


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Rows:
    """Rows of the passes that are made; those of more than `limit` fail."""
    found: Rows = []
    logits = ModelRun.logits

    def counted(self: ModelRun, gates: Any) -> torch.Tensor:
        found.append(len(gates.values))
        return logits(self, gates)

    monkeypatch.setattr(ModelRun, "logits", counted)
    return found


def failing(monkeypatch: pytest.MonkeyPatch, limit: int, error: Exception) -> None:
    logits = ModelRun.logits

    def fails(self: ModelRun, gates: Any) -> torch.Tensor:
        if len(gates.values) > limit:
            raise error
        return logits(self, gates)

    monkeypatch.setattr(ModelRun, "logits", fails)


def effects(model: Any, **options: Any) -> Any:
    captured = capture(model, IDS)
    found = measure_effects(model, IDS, capture=captured, effects=Effects(exact="all", **options))
    assert found.notes == ()
    return found.effects[0]


def same(one: Any, other: Any) -> None:
    for row, values in one.exact.items():
        np.testing.assert_allclose(values, other.exact[row], atol=1e-5)
        assert not np.isnan(values).any()


def test_batches_are_bounded_by_memory(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    model = large(gpt2())
    expected = effects(model)
    assert rows[0] == 1
    assert rows[1] == 2 + 4
    rows.clear()
    one = 4 * len(IDS) * (50 + 2 * 2 * len(IDS))
    monkeypatch.setattr(exact, "BYTES", 4 * one)
    same(effects(model), expected)
    assert max(rows) == 4
    rows.clear()
    monkeypatch.setattr(exact, "BYTES", 3 * one)
    same(effects(model), expected)
    assert max(rows) == 1


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError(),
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ],
)
def test_without_memory_batches_are_halved(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    model = large(gpt2())
    expected = effects(model)
    failing(monkeypatch, 3, error)
    rows.clear()
    same(effects(model), expected)
    assert max(rows) <= 3


def test_a_model_that_takes_no_batch(rows: Rows) -> None:
    model = nano().eval()
    expected = effects(model)
    whole: Callable[..., Any] = model.forward

    def forward(ids: torch.Tensor) -> Any:
        assert len(ids) == 1
        return whole(ids)

    model.forward = forward
    rows.clear()
    same(effects(model), expected)
    assert rows[-1] == 1


def test_what_was_measured_is_kept_where_no_pass_without_heads_can_be_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = large(gpt2())
    expected = effects(model)
    logits = ModelRun.logits

    def fails(self: ModelRun, gates: Any) -> torch.Tensor:
        if not gates.values.requires_grad:
            raise torch.OutOfMemoryError("no memory is left")
        return logits(self, gates)

    monkeypatch.setattr(ModelRun, "logits", fails)
    captured = capture(model, IDS)
    found = measure_effects(model, IDS, capture=captured, effects=ALL)
    (effect,) = found.effects
    assert (effect.value, effect.exact) == (expected.value, {})
    assert effect.estimate["decoder", 0].tolist() == expected.estimate["decoder", 0].tolist()
    assert "no memory is left" in found.notes[-1]
    assert len(found.sequences[0].losses) == len(IDS)
