"""Trainings log where the tests say."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_directory_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENSORBOARD_LOGGING_DIR", raising=False)
