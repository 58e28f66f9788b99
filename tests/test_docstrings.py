"""The docstrings of public names: their examples run, and they name every argument."""

from __future__ import annotations

import doctest
import inspect
import re
from importlib import import_module
from typing import Any

import numpy as np
import pytest

PUBLIC = (
    "attention.layer AttentionLayer",
    "attention.measure measure_layer",
    "attention.softmax scores",
    "attention.softmax weights",
    "record.capture Capture",
    "record.capture Stack",
    "record.capture TokenSequence",
    "record.probes Repeated",
)
"""Module of tb_attention and name in it."""


def public(name: str) -> Any:
    module, _, path = name.partition(" ")
    found: Any = import_module(f"tb_attention.{module}")
    for part in path.split("."):
        found = getattr(found, part)
    return found


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
