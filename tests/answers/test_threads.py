"""Parts of an answer that are worked at at once."""

from __future__ import annotations

import threading

import pytest

from tb_attention.answers import threads
from tb_attention.answers.jobs import Work
from tb_attention.answers.threads import in_threads

SECONDS = 20.0
"""Waiting for longer than this is a failure."""


@pytest.fixture(autouse=True)
def two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "THREADS", 2)


def test_every_part_is_worked_at_to_its_end_and_progress_never_falls() -> None:
    done: list[tuple[int, int]] = []

    def part(number: int) -> Work:
        for piece in range(3):
            done.append((number, piece))
            yield (piece + 1) / 3

    progress = list(in_threads(map(part, range(7)), 7))
    assert sorted(done) == [(number, piece) for number in range(7) for piece in range(3)]
    assert progress == sorted(progress) and progress[-1] == pytest.approx(1)


def test_two_parts_are_worked_at_at_once_and_no_third_before_one_ends() -> None:
    both, begun = threading.Barrier(2), []

    def part(number: int) -> Work:
        begun.append(number)
        if number < 2:
            both.wait(SECONDS)
            assert set(begun) == {0, 1}
            both.wait(SECONDS)
        yield 1.0

    list(in_threads(map(part, range(4)), 4))
    assert sorted(begun) == [0, 1, 2, 3]


def test_one_thread_works_at_one_part_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "THREADS", 1)
    here = threading.current_thread()

    def part() -> Work:
        assert threading.current_thread() is here
        yield 0.5
        yield 1.0

    assert list(in_threads((part() for _ in range(2)), 2)) == [0.25, 0.5, 0.75, 1.0]


def test_no_parts_are_no_work() -> None:
    assert list(in_threads((), 0)) == []


def test_what_a_part_raises_ends_the_work_and_the_part_beside_it() -> None:
    failed, begun = threading.Event(), []

    def part(number: int) -> Work:
        begun.append(number)
        if number == 0:
            failed.set()
            raise OSError("gone")
        assert failed.wait(SECONDS)
        while True:
            yield 0.1

    with pytest.raises(OSError, match="gone"):
        list(in_threads(map(part, range(9)), 9))
    assert set(begun) <= {0, 1, 2}


def test_work_that_is_given_up_ends_its_parts() -> None:
    ended = []

    def part(number: int) -> Work:
        try:
            while True:
                yield 0.5
        finally:
            ended.append(number)

    work = in_threads(map(part, range(4)), 4)
    next(work)
    work.close()
    assert sorted(ended) == [0, 1]
