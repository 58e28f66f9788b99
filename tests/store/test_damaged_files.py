"""Files whose bytes are damaged; benchmarks/faults.py --long takes more."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import damaged_files
from benchmarks.damaged_files import STEPS, damaged, outcomes, whole
from benchmarks.tried import Tried


def of_seeds(path: Path, seeds: range) -> Tried:
    outcome = Tried()
    for one in outcomes(path, seeds):
        outcome.add(one)
    return outcome


def test_what_is_whole_in_a_damaged_file_is_shown(tmp_path: Path) -> None:
    outcome = of_seeds(tmp_path, range(400))
    assert (outcome.tried, outcome.lost, outcome.failed) == (400, [], [])
    assert outcome.asked > 1500


def test_other_numbers_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {damaged(tmp_path / f"kept {seed}", seed) for seed in range(60)}
    assert kept == {None, *range(STEPS)}
    records, right = whole()
    monkeypatch.setattr(damaged_files, "whole", lambda: (records, right[::-1]))
    assert "other numbers" in " ".join(of_seeds(tmp_path, range(20)).lost)
