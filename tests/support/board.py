"""A real TensorBoard process for tests, which finds the plugin by its entry point."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.repository import ROOT


@contextmanager
def tensorboard(tmp_path: Path, *arguments: str, before: str = "") -> Iterator[str]:
    """Starts TensorBoard on a free port, yields its address, and ends it.

    before: a directory that goes first in the module path.
    """
    path = os.pathsep.join([*filter(None, [before]), with_plugin(tmp_path)])
    output = tmp_path / "output"
    with output.open("w") as file:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tensorboard.main",
                "--port=0",
                "--host=localhost",
                "--reload_interval=1",
                *arguments,
            ],
            env={**os.environ, "PYTHONPATH": path},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _address(process, output)
        finally:
            process.terminate()
            process.wait(20)


def with_plugin(folder: Path) -> str:
    """A module path on which TensorBoard finds the plugin. Its entry point goes into the folder."""
    entry = folder / "site" / "tb_attention-0.dist-info"
    entry.mkdir(parents=True, exist_ok=True)
    (entry / "METADATA").write_text("Metadata-Version: 2.1\nName: tb-attention\nVersion: 0\n")
    (entry / "entry_points.txt").write_text(
        "[tensorboard_plugins]\nattention = tb_attention.plugin.loader:AttentionLoader\n"
    )
    return os.pathsep.join([str(entry.parent), str(ROOT)])


def _address(process: subprocess.Popen[bytes], output: Path) -> str:
    for _ in range(600):
        if found := re.search(r"http://localhost:\d+/\S*", output.read_text()):
            return found[0]
        assert process.poll() is None, output.read_text()
        time.sleep(0.1)
    raise TimeoutError(output.read_text())
