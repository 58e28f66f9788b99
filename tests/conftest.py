"""What the whole suite shares."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Test processes share two cores, where threads that wait for each other cost more than they bring.
os.environ.setdefault("OMP_NUM_THREADS", "1")


# No test is timed: the machine may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long: every slow answer is waited for until it is done."""
    monkeypatch.setattr("tb_attention.answers.jobs.PATIENCE", 60)
