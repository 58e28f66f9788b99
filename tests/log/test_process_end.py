"""What a process leaves that ends or is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.runs import answer_runs
from tb_attention.answers.weights import answer_weights
from tb_attention.log.logger import AttentionLogger
from tb_attention.store.store import Store
from tests.support.indexes import index_of
from tests.support.logged import captures_in, overviews_in, plain


def test_plain_arrays_need_no_torch(tmp_path: Path) -> None:
    code = """
import sys
import numpy as np
from tb_attention import AttentionLayer, AttentionLogger, Capture, Sequence, Stack
layer = AttentionLayer(query=np.ones((2, 3, 4), "f4"), key=np.ones((2, 3, 4), "f4"))
logger = AttentionLogger(sys.argv[1])
tokens, stack = Sequence((b"a", b"b", b"c")), Stack("decoder", {0: layer})
logger.write(Capture("arrays", (tokens,), (stack,)), tag="probe", step=1)
assert not {"torch", "transformers"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("probe", 1)], (
        "written at the end of the process"
    )
    assert overviews_in(tmp_path) == [("probe", 1)]


def test_a_process_that_ends_without_close(tmp_path: Path) -> None:
    code = """
import sys
import numpy as np
from torch.utils.tensorboard import SummaryWriter
from tb_attention import AttentionLayer, AttentionLogger, Capture, Sequence, Stack
layer = AttentionLayer(query=np.ones((2, 3, 4), "f4"), key=np.ones((2, 3, 4), "f4"))
logger = AttentionLogger(SummaryWriter(sys.argv[1]))
tokens, stack = Sequence((b"a", b"b", b"c")), Stack("decoder", {0: layer})
for step in range(20):
    logger.write(Capture("arrays", (tokens,), (stack,)), tag="probe", step=step)
raise SystemExit(0)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    assert [step for _, step, _, _ in captures_in(tmp_path)] == list(range(20))
    assert [step for _, step in overviews_in(tmp_path)] == list(range(20))


def test_a_process_that_is_killed_keeps_what_was_committed(tmp_path: Path) -> None:
    code = """
import sys
import numpy as np
from tb_attention import AttentionLayer, AttentionLogger, Capture, Sequence, Stack
def layer():
    return AttentionLayer(query=np.ones((2, 300, 64), "f4"), key=np.ones((2, 300, 64), "f4"))

tokens, stack = Sequence((b"a",) * 300), Stack("decoder", {n: layer() for n in range(4)})
logger = AttentionLogger(sys.argv[1])
for step in range(100000):
    logger.write(Capture("arrays", (tokens,), (stack,)), tag="probe", step=step)
    if step % 4 == 0:
        print(step, flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) == 40:
            break
    process.kill()
    process.wait()
    process.stdout.close()
    index = index_of(tmp_path)
    store = Store(index)
    steps = list(store.steps(".", "probe"))
    assert steps == list(range(len(steps))) and len(steps) >= 40 - 8, (
        "but for what waited in the queue"
    )
    for step in steps:
        np.testing.assert_allclose(
            answer_weights(store, store.find(".", "probe", step), None, 3, 1).arrays["weights"][
                0, 9, :10
            ],
            0.1,
            atol=1e-3,
        )
    assert answer_runs(store)["problems"] == []
    with AttentionLogger(tmp_path) as logger:
        logger.write(plain(), tag="probe", step=20)
    index.refresh()
    assert list(store.steps(".", "probe")) == list(range(21)), (
        "a training that goes on from step 20"
    )


WAITING = """
import os, signal, sys, threading, time
from tb_attention.log.background import BackgroundWriter
HANDLER
done = []
def job():
    time.sleep(0.2)
    done.append(1)
    print(len(done), flush=True)

writer = BackgroundWriter(8, print)
for _ in range(5):
    writer.submit(job)
if os.fork() == 0:
    signal.raise_signal(signal.SIGTERM)
assert os.wait()[1] == signal.SIGTERM, "a forked process has nothing to wait for"
signal.raise_signal(signal.SIGTERM)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("handler", "status", "finished"),
    [
        ("", -signal.SIGTERM, 5),
        ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))", 3, 5),
        ("signal.signal(signal.SIGTERM, lambda *_: os._exit(4))", 4, 0),
    ],
    ids=["default", "their own, in order", "their own, at once"],
)
def test_what_waits_is_written_before_sigterm_ends_the_process(
    handler: str, status: int, finished: int
) -> None:
    code = WAITING.replace("HANDLER", handler)
    if handler:
        code = code.replace("if os.fork() == 0:\n", "if False:\n").replace(
            'assert os.wait()[1] == signal.SIGTERM, "', 'assert True, "'
        )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stderr, done.returncode) == ("", status)
    assert len(done.stdout.splitlines()) == finished


ENDLESS = """
import os, signal, sys, threading, time
from tb_attention.log import termination
from tb_attention.log.background import BackgroundWriter

termination.GRACE = float(sys.argv[1])
writer = BackgroundWriter(8, print)
writer.submit(lambda: time.sleep(600))
if sys.argv[1] != "0.2":  # a second one, while the first one waits
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
signal.raise_signal(signal.SIGTERM)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("grace", ["0.2", "600"], ids=["grace is over", "a second SIGTERM"])
def test_sigterm_does_not_wait_for_ever(grace: str) -> None:
    done = subprocess.run([sys.executable, "-c", ENDLESS, grace], timeout=60, check=False)
    assert done.returncode == -signal.SIGTERM


def test_a_training_that_is_terminated_keeps_what_it_logged(tmp_path: Path) -> None:
    code = """
import signal, sys
import numpy as np
from tb_attention import AttentionLogger, log_arrays
from tb_attention import AttentionLayer, Capture, Sequence, Stack

q = np.ones((4, 400, 64), "f4")
stack = Stack("decoder", {n: AttentionLayer(query=q, key=q) for n in range(6)})
capture = Capture("arrays", (Sequence((b"a",) * 400),), (stack,))
logger = AttentionLogger(sys.argv[1], when_full="block")
for step in range(6):
    logger.write(capture, tag="probe", step=step)
signal.raise_signal(signal.SIGTERM)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=120, check=False)
    assert done.returncode == -signal.SIGTERM
    assert [step for _, step, _, _ in captures_in(tmp_path)] == list(range(6))
