"""Clients at once against a real TensorBoard; benchmarks/faults.py --long takes more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import many_clients


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_all_are_answered_and_memory_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_clients, "LARGE", 0.15)  # of 17 or 34 MB each
    with many_clients.board(tmp_path, tokens=1024) as board:
        outcome = many_clients.crowded(board, clients=8, requests=5)
        assert (outcome.tried, outcome.lost, outcome.failed) == (40, [], [])
        assert board.peak < 400
