"""Trainings log where the tests say, and compute as they say."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Trainer leaves the precision of one training in the environment of the next."""
    for name in list(os.environ):
        if name == "TENSORBOARD_LOGGING_DIR" or name.startswith("ACCELERATE_"):
            monkeypatch.delenv(name)
