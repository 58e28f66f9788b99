"""Processes that are killed while they write; benchmarks/faults.py --long takes more."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from benchmarks.killed_writers import killed


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
@pytest.mark.parametrize("seed", range(5))
def test_what_was_flushed_outlives_kill_9(tmp_path: Path, seed: int) -> None:
    outcome = killed(tmp_path / "run", seed)
    assert (outcome.lost, outcome.failed) == ([], [])
