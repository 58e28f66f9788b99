"""Captures in several threads: none waits for another, and all functions are as before at last."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from tb_attention.capture.passes import watch_passes
from tb_attention.log.logger import AttentionLogger
from tests.support.continued import check, llama
from tests.support.logged import captures_in
from tests.support.own_towers import A, B, Fusion, Siamese
from tests.support.torch_models import built, nano
from tests.support.towers import IDS, pixels


def elsewhere(run: Callable[[], Any]) -> threading.Thread:
    """Runs it in another thread, without gradients."""

    def quietly() -> None:
        with torch.no_grad():
            run()

    thread = threading.Thread(target=quietly, daemon=True)
    thread.start()
    return thread


def done(thread: threading.Thread) -> None:
    thread.join(60)
    assert not thread.is_alive(), "it waits for ever"


def functions(model: Any) -> list[Any]:
    """What a capture replaces."""
    file = sys.modules[type(model).__module__]
    return [
        *sorted(vars(file)["ALL_ATTENTION_FUNCTIONS"].items()),
        vars(file)["eager_attention_forward"],
        functional.scaled_dot_product_attention,
        functional.multi_head_attention_forward,
        torch.backends.mha.get_fastpath_enabled(),
        vars(model).get("generate"),
        type(model).generate,
    ]


def test_a_probe_of_another_thread_while_a_capture_waits_for_it(tmp_path: Path) -> None:
    model = llama()
    before = functions(model)
    with AttentionLogger(tmp_path, strict=True) as logger, torch.no_grad():
        with logger.capture(model, tag="batch", step=0):
            model(IDS)
            done(elsewhere(lambda: logger.log(model, [40, 41, 42], tag="probe", step=0)))
    found = {tag: len(message.sequences[0].tokens) for tag, _, message, _ in captures_in(tmp_path)}
    assert found == {"batch": 8, "probe": 3}
    assert functions(model) == before


@pytest.mark.parametrize("first", [0, 1])
def test_captures_that_overlap_and_end_in_any_order(first: int) -> None:
    """The one that began first ends first, or last."""
    model = llama()
    before = functions(model)
    texts, passes = [IDS, IDS[:, :5] + 20], [watch_passes(model), watch_passes(model)]
    began = [threading.Event(), threading.Event()]
    ends = [threading.Event(), threading.Event()]
    found: dict[int, Any] = {}

    def run(which: int) -> None:
        with passes[which] as seen:
            began[which].set()
            ends[which].wait(60)
            if which == first:
                model(texts[which])
        found[which] = seen

    threads = []
    for which in (0, 1):
        threads.append(elsewhere(lambda which=which: run(which)))  # type: ignore[misc]
        assert began[which].wait(60)
    for which in (first, 1 - first):
        ends[which].set()
        done(threads[which])
    assert functions(model) == before
    for seen in found.values():
        check(seen.captures()[0], model, texts[first], prompt=None)


OWN: dict[str, tuple[Callable[[], Any], tuple[torch.Tensor, ...], int]] = {
    "one stack": (nano, (A,), 1),
    "siamese": (lambda: built(Siamese), (A, B), 2),
    "text and image": (lambda: built(Fusion), (A, pixels()), 3),
}


@pytest.mark.parametrize("name", OWN)
def test_a_model_of_ones_own_that_runs_in_another_thread(name: str) -> None:
    make, given, stacks = OWN[name]
    model = make().eval()
    with watch_passes(model) as passes, torch.no_grad():
        done(elsewhere(lambda: model(*given)))
    captured = passes.captures()[0]
    with watch_passes(model) as passes, torch.no_grad():
        model(*given)
    here = passes.captures()[0]
    assert [one.ids for one in captured.sequences] == [one.ids for one in here.sequences]
    assert len(captured.stacks) == stacks
    for one, other in zip(captured.stacks, here.stacks, strict=True):
        assert (one.name, list(one.layers)) == (other.name, list(other.layers))
        for place, layer in one.layers.items():
            assert layer.check.error is not None and layer.check.error < 1e-5
            assert torch.equal(layer.query, other.layers[place].query)


def test_passes_of_two_threads_at_once_are_told_apart() -> None:
    model = nano().eval()
    both = threading.Barrier(2)
    texts = {8: A, 5: A[:, :5] + 20}

    def run(tokens: int) -> None:
        for _ in range(20):
            both.wait(60)
            model(texts[tokens])

    with watch_passes(model) as passes, torch.no_grad():
        for thread in [elsewhere(lambda tokens=tokens: run(tokens)) for tokens in texts]:  # type: ignore[misc]
            done(thread)
    captured = passes.captures()[0]
    (stack,) = captured.stacks
    tokens = stack.layers[0].queries
    assert captured.sequences[0].ids == tuple(texts[tokens][0].tolist())
    assert all(layer.check.error is not None for layer in stack.layers.values())
    assert all(layer.check.error < 1e-5 for layer in stack.layers.values() if layer.check.error)


def test_probes_while_another_thread_runs_the_model(tmp_path: Path) -> None:
    model, stop = llama(), threading.Event()

    def run() -> None:
        while not stop.is_set():
            model(IDS + 20)

    thread = elsewhere(run)
    try:
        with AttentionLogger(tmp_path, strict=True) as logger:
            for step in range(5):
                logger.log(model, [40, 41, 42], tag="probe", step=step)
    finally:
        stop.set()
        done(thread)
    ids = [tuple(message.sequences[0].ids) for _, _, message, _ in captures_in(tmp_path)]
    assert ids == [(40, 41, 42)] * 5
