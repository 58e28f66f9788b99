"""The caller's forward pass, whatever goes wrong in what watches it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from tb_attention import AttentionLogger
from tests.support.architecture_rows import WITHOUT
from tests.support.architectures import ARCHITECTURES, inputs, random_model

BREAKS = {
    "reading a call": (
        "calls.transformers_hook._call",
        "calls.sdpa_hook.sdpa_call",
        "streams.frames.arguments",
    ),
    "keeping a call": (
        "reading.masks.Masks.of",
        "reading.recorder.Recorder.read",
        "calls.swin_windows._places",
    ),
    "following a pass": (
        "streams.pass_watcher.PassWatcher._begins",
        "streams.pass_watcher.PassWatcher._ends",
    ),
    "following tensors": ("streams.lineage.Lineage._note", "streams.stream.Stream.sees"),
    "replacing functions": (
        "calls.transformers_hook._modelling_files",
        "calls.sdpa_hook.places_of",
    ),
    "what is asked of a call": (
        "calls.transformers_hook.recomputing",
        "calls.sdpa_hook.recomputing",
    ),
}
"""What raises in the watchers."""


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a watcher is broken")


def numbers(output: Any) -> list[torch.Tensor]:
    """All tensors of an output."""
    if isinstance(output, torch.Tensor):
        return [output.detach()]
    if isinstance(output, Mapping):
        output = tuple(output.values())
    if isinstance(output, tuple | list):
        return [tensor for one in output for tensor in numbers(one)]
    return []


def same(one: Any, other: Any) -> bool:
    pairs = zip(numbers(one), numbers(other), strict=True)
    return all(torch.equal(first, second) for first, second in pairs)


@pytest.mark.parametrize("name", [*ARCHITECTURES, *WITHOUT])
def test_a_broken_watcher_does_not_reach_the_model(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    architecture = ARCHITECTURES.get(name) or WITHOUT[name][1]
    model = random_model(name, architecture)
    given = inputs(model, architecture)
    expected = model(**given)
    assert numbers(expected)

    def captured(logger: AttentionLogger) -> None:
        with logger.capture(model, tag="batch", step=0):
            assert same(model(**given), expected)

    def logged(logger: AttentionLogger) -> None:
        logger.log(model, given, tag="probe", step=0)
        assert same(model(**given), expected)

    def awaited(logger: AttentionLogger) -> None:
        logger.capture_next(model, tag="next", step=0)
        assert same(model(**given), expected)

    ways: tuple[Callable[[AttentionLogger], None], ...] = (captured, logged, awaited)
    for number, places in enumerate(BREAKS.values()):
        with monkeypatch.context() as patched, AttentionLogger(tmp_path / str(number)) as logger:
            for place in places:
                patched.setattr(f"tb_attention.capture.{place}", broken)
            for way in ways:
                way(logger)
    with AttentionLogger(tmp_path / "whole") as logger:
        for way in ways:
            way(logger)
    assert same(model(**given), expected)
    told = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert any("a watcher is broken" in record.getMessage() for record in told)
