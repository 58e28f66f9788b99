"""A program that serves pages on this machine, for the time of a `with`."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(command: Sequence[str], environment: Mapping[str, str], output: Path) -> Iterator[str]:
    """Starts the program, yields the address that it prints, and ends it.

    output: the file that it prints to.
    """
    with output.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield _address(process, output)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:  # a busy machine: nobody asks it for more
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[bytes], output: Path) -> str:
    for _ in range(600):
        if found := re.search(r"http://localhost:\d+/\S*", output.read_text()):
            return found[0]
        assert process.poll() is None, output.read_text()
        time.sleep(0.1)
    raise TimeoutError(output.read_text())
