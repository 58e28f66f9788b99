"""Files that change while they are read; benchmarks/faults.py --long takes more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.changing_files import changed


@pytest.mark.skipif(sys.platform == "win32", reason="files that are open cannot be replaced")
def test_no_step_vanishes_and_no_answer_mixes_versions(tmp_path: Path) -> None:
    outcome = changed(tmp_path, 50)
    assert (outcome.lost, outcome.failed) == ([], [])
    assert outcome.tried >= 50
