"""A disk that is full while attention is logged; benchmarks/faults.py --long takes more."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.full_disk import filled


@pytest.mark.parametrize("mount", [True, False], ids=["tmpfs, where it may be mounted", "limit"])
@pytest.mark.parametrize("seed", range(4))
def test_what_was_committed_stays_and_half_a_capture_takes_no_room(
    tmp_path: Path, seed: int, mount: bool
) -> None:
    pytest.importorskip("resource")
    outcome = filled(tmp_path / "disk", seed, mount)
    assert (outcome.tried, outcome.lost, outcome.failed) == (12, [], [])
    assert outcome.asked > 0
