"""What is made once for all processes of the tests, because it takes long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tb_attention.demo.induction import train_repeats


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]
) -> Path:
    """A folder of that name, which the first process that asks for it makes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / name
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            part = folder.with_suffix(".part")
            make(part)
            part.rename(folder)
    return folder


def repeats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of the run `repeats` of the demo, of 200 steps: an induction head forms."""
    return made_once(tmp_path_factory, "repeats", lambda part: train_repeats(part / "repeats", 200))
