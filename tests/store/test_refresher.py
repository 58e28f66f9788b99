"""The background thread with jobs that wait, fail and are asked for at once."""

from __future__ import annotations

import logging
import threading

import pytest

from tb_attention.store.refresher import Refresher


def test_a_job_runs_once_for_askings_that_come_while_it_waits() -> None:
    started, go, runs = threading.Event(), threading.Event(), []

    def job() -> None:
        started.set()
        assert go.wait(10)
        runs.append(1)

    background = Refresher(job)
    first = background.ask()
    assert started.wait(10)
    later = [background.ask() for _ in range(5)]
    assert not background.wait(first, 0.01)
    go.set()
    assert background.wait(later[-1], 10)
    assert len(runs) == 2


def test_a_job_that_fails_is_logged_and_runs_again_when_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs = []

    def job() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("once")

    background = Refresher(job)
    with caplog.at_level(logging.ERROR):
        assert background.wait(background.ask(), 10)
    assert "once" in caplog.text
    assert background.wait(background.ask(), 10)
    assert len(runs) == 2


def test_nothing_runs_before_it_is_asked() -> None:
    before = threading.active_count()
    Refresher(lambda: pytest.fail("ran"))
    assert threading.active_count() == before
