"""TensorBoard on the logs of the demo."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.repository import ROOT


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from tb_attention.demo.serve import start
start(Path(sys.argv[1]), int(sys.argv[2]))
"""
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        command = [sys.executable, "-c", code, str(tmp_path), str(taken.getsockname()[1])]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert re.search(
        r"InvalidInput: TensorBoard could not start: .* in use.* Choose another port with --port",
        done.stderr,
    )
