"""The text behind the types of repeats."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention.answers.type_metrics import TRIED, metrics_for_types
from tb_attention.errors import UnreadableRecord
from tb_attention.store.location import Location
from tb_attention.store.store import Store
from tests.support.logs import events
from tests.support.stores import stored


def test_a_log_that_cannot_be_read_is_not_opened_to_its_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stored(tmp_path, *(events(step) for step in range(TRIED + 4)))
    steps = store.steps(".", "probe")
    tried: list[int] = []

    def fail(self: Store, location: Location) -> None:
        tried.append(location.step)
        raise UnreadableRecord("It is damaged.")

    monkeypatch.setattr(Store, "message", fail)
    metrics, notes = metrics_for_types(store, steps)
    assert tried == list(reversed(range(4, TRIED + 4)))
    assert (len(metrics.values), notes) == (TRIED + 4, [])
