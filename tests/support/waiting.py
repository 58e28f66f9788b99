"""Waiting for what comes when a busy machine gets to it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

PATIENCE = 30.0
"""Seconds that it may take."""


def until(holds: Callable[[], bool], told: Callable[[], object]) -> None:
    """Waits until it holds, and fails with what is told where it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            pytest.fail(str(told()))
        time.sleep(0.1)
