"""Processes that are killed while they write: what was flushed is there, nothing else is shown.

The numbers of a step follow from the step, so that what is read can be told to be right.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from benchmarks.tried import Tried
from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.store.store import Store
from tests.support.indexes import index_of
from tests.support.repository import ROOT

LAYERS = 3


def layer(step: int, number: int, tokens: int) -> AttentionLayer:
    """The layer of this number at this step."""
    random_numbers = np.random.default_rng([step, number])
    query, key = random_numbers.standard_normal((2, 2, tokens, 16)).astype(np.float32)
    return AttentionLayer(query=query, key=key)


def capture_at(step: int, tokens: int) -> Capture:
    """The capture of this step."""
    layers = {number: layer(step, number, tokens) for number in range(LAYERS)}
    sequence = TokenSequence((b"a",) * tokens)
    return Capture("arrays", (sequence,), (Stack("decoder", layers),))


def wrong(store: Store, step: int, tokens: int) -> str:
    """What is wrong with a step that is listed; empty where it is as it was logged."""
    location = store.find(".", "probe", step)
    for number in range(LAYERS):
        answer = answer_weights(store, location, None, number, None)
        right = softmax.weights(layer(step, number, tokens))
        if not np.allclose(answer.arrays["weights"], right, atol=5e-3):
            return f"step {step} layer {number}: other numbers"
    return ""


def write_on(directory: str, tokens: int, inline: bool, flushed: int) -> None:
    """Writes steps until the process is killed; prints each step that was flushed.

    flushed: every so many steps.
    """
    logger = AttentionLogger(directory, inline=inline)
    print("begun", flush=True)
    for step in range(10**6):
        logger.write(capture_at(step, tokens), tag="probe", step=step)
        if step % flushed == 0:
            logger.flush()
            print(step, flush=True)


def killed(directory: Path, seed: int) -> Tried:
    """Kills a writing process at a moment that the seed says, and reads what it left."""
    chance = random.Random(seed)
    tokens, inline = chance.choice([4, 40, 300]), chance.random() < 0.3
    arguments = [str(directory), str(tokens), str(int(inline)), str(chance.choice([1, 1, 3, 8]))]
    outcome = Tried(tried=1)
    with TemporaryFile("w+") as errors, _writer(arguments, errors) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        printed = process.stdout.readline() if chance.random() < 0.9 else ""
        time.sleep(chance.choice([0.0, 0.02, 0.1, 0.4]) * chance.random())
        process.kill()
        printed += process.stdout.read()
        process.wait()
        errors.seek(0)
        told = errors.read()
    said = f"kill -9, seed {seed}"
    if process.returncode != -signal.SIGKILL or told:
        outcome.failed.append(f"{said}: the writer ended by itself: {told[-300:]}")
    # What was being printed may be half a number.
    flushed = [int(line) for line in printed.splitlines(keepends=True) if line.endswith("\n")]
    outcome.asked = len(flushed)
    _read(outcome, said, directory, tokens, set(range(max(flushed, default=-1) + 1)))
    if chance.random() < 0.25:
        _written_on(outcome, said, directory, tokens)
    return outcome


_PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from benchmarks.killed_writers import write_on
write_on(sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1", int(sys.argv[5]))
"""


def _writer(arguments: list[str], errors: IO[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _PROGRAM, str(ROOT), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)


def _read(outcome: Tried, said: str, directory: Path, tokens: int, promised: set[int]) -> None:
    """Whether the steps that were promised are there, and each that is listed is right."""
    try:
        if not directory.is_dir():
            outcome.lost += [f"{said}: nothing is left"] if promised else []
            return
        index = index_of(directory)
        store = Store(index)
        listed = set(store.snapshot.runs.get(".", {}).get("probe", {}))
        outcome.lost += [f"{said}: step {step} is not listed" for step in promised - listed]
        outcome.lost += [
            f"{said}: {told}" for step in listed if (told := wrong(store, step, tokens))
        ]
        for problem in index.snapshot.problems:
            if "see the output" in problem.problem:
                outcome.failed.append(f"{said}: {problem.problem}")
    except Exception as error:  # noqa: BLE001  (it is counted)
        outcome.failed.append(f"{said}: {type(error).__name__}: {error}")


def _written_on(outcome: Tried, said: str, directory: Path, tokens: int) -> None:
    """A training that goes on from what is listed."""
    listed = index_of(directory).snapshot.runs.get(".", {}).get("probe", {})
    goes_on = max(listed, default=-1) + 1
    with AttentionLogger(directory) as logger:
        logger.write(capture_at(goes_on, tokens), tag="probe", step=goes_on)
    _read(outcome, f"{said}, gone on", directory, tokens, {*listed, goes_on})
