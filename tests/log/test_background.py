"""Jobs that another thread works off."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import pytest

from tb_attention.log.background import BackgroundWriter


class Gate:
    """A job that says when it begins, and waits until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.let_go.wait(10)


def unexpected(error: Exception) -> None:
    raise AssertionError("no job should fail") from error


def test_jobs_run_in_order_in_another_thread() -> None:
    done: list[tuple[int, int]] = []
    writer = BackgroundWriter(2, unexpected)
    for number in range(20):
        assert writer.submit(lambda number=number: done.append((number, threading.get_ident())))
    writer.flush()
    assert [number for number, _ in done] == list(range(20))
    assert threading.get_ident() not in {thread for _, thread in done}
    writer.close()


def test_a_full_queue_says_so_or_waits() -> None:
    gate, done = Gate(), []
    writer = BackgroundWriter(1, unexpected)
    writer.submit(gate)
    assert gate.begun.wait(10)
    assert writer.submit(lambda: done.append(1), block=False)
    assert writer.full
    assert not writer.submit(lambda: done.append(2), block=False)
    waiting = threading.Thread(target=writer.submit, args=(lambda: done.append(3),))
    waiting.start()
    gate.let_go.set()
    waiting.join(10)
    writer.close()
    assert done == [1, 3]


def test_a_job_that_fails_stops_nothing() -> None:
    errors: list[Exception] = []
    done: list[int] = []

    def fails() -> None:
        raise OSError("disk full")

    def closes() -> None:
        done.append(2)
        raise OSError("at the end too")

    writer = BackgroundWriter(4, errors.append, closes)
    writer.submit(fails)
    writer.submit(lambda: done.append(1))
    writer.flush()
    assert (done, [str(error) for error in errors]) == ([1], ["disk full"])
    writer.close()
    assert (done, [str(error) for error in errors]) == ([1, 2], ["disk full", "at the end too"])


def test_close_finishes_and_takes_nothing_more() -> None:
    done: list[int] = []
    writer = BackgroundWriter(8, unexpected, lambda: done.append(-1))
    for number in range(5):
        writer.submit(lambda number=number: done.append(number))
    writer.close()
    writer.close()
    assert done == [0, 1, 2, 3, 4, -1]
    assert writer.closed
    assert not writer.submit(lambda: done.append(9))
    writer.flush()


def test_a_forgotten_writer_finishes_and_ends_its_thread() -> None:
    done: list[int] = []
    threads = threading.active_count()
    writer = BackgroundWriter(8, unexpected, lambda: done.append(-1))
    writer.submit(lambda: done.append(1))
    del writer
    gc.collect()
    assert done == [1, -1]
    assert threading.active_count() == threads


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_waits_is_written_when_the_process_ends() -> None:
    code = """
import time
from tb_attention.log.background import BackgroundWriter
writer = BackgroundWriter(8, print, lambda: print("closed", flush=True))
for number in range(3):
    writer.submit(lambda number=number: (time.sleep(0.1), print(number, flush=True)))
"""
    result = run(code)
    assert (result.stdout.split(), result.stderr) == (["0", "1", "2", "closed"], "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_does_not_wait_for_a_thread_that_it_has_not() -> None:
    code = """
import os, sys
from tb_attention.log.background import BackgroundWriter
writer = BackgroundWriter(1, print)
child = os.fork()
if child == 0:
    print(writer.closed, writer.submit(print), flush=True)
    writer.flush()
    writer.close()
    sys.exit(3)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
print(writer.closed, writer.submit(lambda: None))
"""
    result = run(code)
    assert (result.stdout.splitlines(), result.stderr) == (["True False", "False True"], "")
