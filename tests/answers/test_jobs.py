"""Slow answers: partial, done, kept, failed, given up.

Without a clock that a slow machine could miss.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tb_attention.answers import jobs as jobs_module
from tb_attention.answers.jobs import Job, Jobs, Work


def job(value: list[int], gates: list[threading.Event]) -> Job:
    def work() -> Work:
        for number, gate in enumerate(gates):
            gate.wait(20)
            value.append(number)
            yield (number + 1) / len(gates)

    return Job(value, work(), 100)


def opened(count: int) -> list[threading.Event]:
    gates = [threading.Event() for _ in range(count)]
    for gate in gates:
        gate.set()
    return gates


def test_a_quick_answer_comes_at_once_and_is_kept() -> None:
    jobs = Jobs(1000)
    first = jobs.ask("key", lambda: job([], opened(3)), patience=20)
    assert (first.value, first.progress, first.done) == ([0, 1, 2], 1.0, True)
    assert jobs.ask("key", lambda: pytest.fail("begun again")).value is first.value


def test_a_long_answer_is_told_as_far_as_it_is() -> None:
    jobs, gates = Jobs(1000), [threading.Event() for _ in range(2)]
    assert jobs.ask("key", lambda: job([], gates), patience=0).done is False
    gates[0].set()
    while (
        state := jobs.ask("key", lambda: pytest.fail("begun again"), patience=0.01)
    ).progress == 0:
        pass
    assert (state.value, state.progress, state.done) == ([0], 0.5, False)
    gates[1].set()
    assert jobs.ask("key", lambda: pytest.fail("begun again"), patience=20).value == [0, 1]


def test_what_is_only_made_more_exact_gives_way() -> None:
    """A list that is there, by a few rows, is asked about again and again while it is seen."""
    jobs, begun, gate = Jobs(1000), threading.Event(), threading.Event()
    order: list[int] = []

    def work() -> Work:
        begun.set()
        gate.wait(20)
        for rows in (64, 1024):
            order.append(rows)
            yield 0.5

    jobs.ask("refined", lambda: Job(order, work(), 100, refines=0.5), patience=0)
    assert begun.wait(20)
    jobs.ask("first", lambda: job(order, opened(3)), patience=0)
    jobs.ask("refined", lambda: pytest.fail("begun again"), patience=0)
    gate.set()
    while not jobs.ask("refined", lambda: pytest.fail("begun again"), patience=20).done:
        pass
    assert order == [64, 0, 1, 2, 1024]


def test_who_waits_is_told_when_there_is_something_to_show() -> None:
    jobs, gates = Jobs(1000), [threading.Event() for _ in range(2)]
    begun = replace(job([], gates), refines=0.5)
    threading.Timer(0.05, gates[0].set).start()
    state = jobs.ask("key", lambda: begun, patience=20)
    assert (state.value, state.done) == ([0], False), "well before patience ends"
    threading.Timer(0.05, gates[1].set).start()
    assert jobs.ask("key", lambda: pytest.fail("begun again"), patience=20).done


def test_what_is_asked_for_last_goes_first() -> None:
    jobs, gates = Jobs(1000), [threading.Event() for _ in range(2)]
    jobs.ask("long", lambda: job([], gates), patience=0)
    threading.Timer(0.05, gates[0].set).start()
    assert jobs.ask("quick", lambda: job([], opened(2)), patience=20).done
    assert not jobs.ask("long", lambda: pytest.fail("begun again"), patience=0).done
    gates[1].set()
    assert jobs.ask("long", lambda: pytest.fail("begun again"), patience=20).done


def test_an_error_is_raised_where_it_was_asked_for_and_the_next_asking_begins_anew() -> None:
    def failing() -> Job:
        def work() -> Work:
            yield 0.1
            raise OSError("gone")

        return Job([], work(), 100)

    jobs = Jobs(1000)
    with pytest.raises(OSError, match="gone"):
        jobs.ask("key", failing, patience=20)
    assert jobs.ask("key", lambda: job([], opened(1)), patience=20).done


def test_what_nobody_asks_about_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(jobs_module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    jobs, gates = Jobs(1000), [threading.Event() for _ in range(2)]
    jobs.ask("forgotten", lambda: job([], gates), patience=0)
    clock[0] = jobs_module.ABANDONED + 1
    gates[0].set()
    assert jobs.ask("other", lambda: job([], opened(1)), patience=20).done
    begun = []
    assert jobs.ask("forgotten", lambda: begun.append(1) or job([], opened(1)), patience=20).done
    assert begun, "the work that waited for its second gate is gone"


def test_what_is_too_large_is_not_kept() -> None:
    jobs = Jobs(99)
    assert jobs.ask("key", lambda: job([], opened(1)), patience=20).done
    begun = []
    jobs.ask("key", lambda: begun.append(1) or job([], opened(1)), patience=20)
    assert begun
