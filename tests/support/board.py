"""A real TensorBoard process for tests, which finds the plugin by its entry point."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.repository import ROOT
from tests.support.served import served


@contextmanager
def tensorboard(tmp_path: Path, *arguments: str, before: str = "") -> Iterator[str]:
    """Starts TensorBoard on a free port, yields its address, and ends it.

    before: a directory that goes first in the module path.
    """
    path = os.pathsep.join([*filter(None, [before]), with_plugin(tmp_path)])
    program = (sys.executable, "-m", "tensorboard.main")
    flags = ("--port=0", "--host=localhost", "--reload_interval=1", *arguments)
    environment = {**os.environ, "PYTHONPATH": path}
    with served((*program, *flags), environment, tmp_path / "output") as url:
        yield url


def with_plugin(folder: Path) -> str:
    """A module path on which TensorBoard finds the plugin. Its entry point goes into the folder."""
    entry = folder / "site" / "tb_attention-0.dist-info"
    entry.mkdir(parents=True, exist_ok=True)
    (entry / "METADATA").write_text("Metadata-Version: 2.1\nName: tb-attention\nVersion: 0\n")
    (entry / "entry_points.txt").write_text(
        "[tensorboard_plugins]\nattention = tb_attention.plugin.loader:AttentionLoader\n"
    )
    return os.pathsep.join([str(entry.parent), str(ROOT)])
