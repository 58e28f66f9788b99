"""The docstrings of public names: their examples run, and they name every argument."""

from __future__ import annotations

import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tb_attention import AttentionLogger, log_arrays

PUBLIC = (
    "attention.layer AttentionLayer",
    "attention.measure measure_layer",
    "attention.softmax scores",
    "attention.softmax weights",
    "record.capture Capture",
    "record.capture Stack",
    "record.capture TokenSequence",
    "record.probes Repeated",
    "store.store Store",
    "store.store Store.open",
)
"""Module of tb_attention and name in it."""


def public(name: str) -> Any:
    module, _, path = name.partition(" ")
    found: Any = import_module(f"tb_attention.{module}")
    for part in path.split("."):
        found = getattr(found, part)
    return found


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory `runs` that the examples read and write."""
    monkeypatch.chdir(tmp_path)
    weights = np.broadcast_to(np.tri(3) / np.arange(1, 4)[:, None], (1, 2, 3, 3))
    with AttentionLogger("runs/gpt2", strict=True) as logger:
        for step in (0, 100):
            log_arrays(logger, ["The", " doctor", " asked"], weights, tag="doctor-she", step=step)


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_runs(name: str) -> None:
    found = public(name)
    module = import_module(found.__module__)
    (test,) = doctest.DocTestFinder(recurse=False).find(found, name, module, extraglobs={"np": np})
    assert 1 <= len(test.examples) <= 6, f"{name} needs an example of a few lines"
    lines: list[str] = []
    failed, _ = doctest.DocTestRunner(verbose=False).run(test, out=lines.append)
    assert not failed, "".join(lines)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_argument_is_explained(name: str) -> None:
    found = public(name)
    explained = set(re.findall(r"^    (\w+): ", inspect.getdoc(found) or "", re.M))
    assert set(inspect.signature(found).parameters) - {"self"} <= explained
