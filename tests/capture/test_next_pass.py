"""The next forward pass of a model, through an AttentionLogger."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tb_attention.log.logger import AttentionLogger
from tests.support.logged import IDS, captures_in, gpt2, warnings_in


def test_the_next_pass_that_learns(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model, ids = gpt2(), torch.tensor([IDS, IDS[::-1]])
    own = torch.nn.functional.scaled_dot_product_attention
    hooks = sum(
        len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()
    )
    with AttentionLogger(tmp_path) as logger:
        logger.capture_next(model, tag="batch", step=4, examples=(1, 5))
        with torch.no_grad():
            model(ids[:1])
        copy.deepcopy(model)(ids[:1])
        model(ids).logits.sum().backward()
        model(ids[:1])
        logger.capture_next(model, tag="fails", step=5)
        with pytest.raises(RuntimeError, match="cannot reshape"):
            model(ids[:, :0])
        assert torch.nn.functional.scaled_dot_product_attention is own, "nothing is left replaced"
        logger.capture_next(model, tag="never", step=6)
    ((tag, step, message, _),) = captures_in(tmp_path)
    assert (tag, step, message.kind, list(message.sequences[0].ids)) == (
        "batch/1",
        4,
        "batch",
        IDS[::-1],
    )
    assert hooks == sum(
        len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()
    )
    said = warnings_in(caplog)
    assert "'batch/5' is not logged: example 5 is not in the batch of 2" in said[0]
    assert "'never' is not logged: the model made no forward pass with gradients" in said[1]


def test_what_goes_wrong_with_watching_does_not_reach_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no watching")

    monkeypatch.setattr("tb_attention.capture.streams.pass_watcher.watch", fails)
    with AttentionLogger(tmp_path) as logger:
        model = gpt2()
        logger.capture_next(model, tag="batch", step=0)
        model(torch.tensor([IDS]))
        with logger.capture(model, tag="batch", step=1):
            model(torch.tensor([IDS]))
    assert logger.lost == 2 and "no watching. This capture is lost" in warnings_in(caplog)[0]


def test_a_pass_that_is_interrupted_leaves_nothing_replaced_for_the_next_one(
    tmp_path: Path,
) -> None:
    own, model, ids = torch.nn.functional.scaled_dot_product_attention, gpt2(), torch.tensor([IDS])

    def interrupts(*_: Any) -> None:
        raise KeyboardInterrupt

    with AttentionLogger(tmp_path) as logger:
        logger.capture_next(model, tag="batch", step=0)
        hook = model.transformer.h[1].register_forward_pre_hook(interrupts)
        with pytest.raises(KeyboardInterrupt):
            model(ids)
        hook.remove()
        model(ids)
        assert torch.nn.functional.scaled_dot_product_attention is own
        logger.capture_next(model, tag="batch", step=1)
        model(ids)
        assert not model._forward_pre_hooks and not model._forward_hooks
    assert [(tag, step) for tag, step, _, _ in captures_in(tmp_path)] == [("batch", 1)]


def test_the_next_pass_of_a_model_that_calls_torch_itself(tmp_path: Path) -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(50, 8)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            states = self.table(ids).unflatten(2, (2, 4)).transpose(1, 2)
            return torch.nn.functional.scaled_dot_product_attention(
                states, states, states, is_causal=True
            )

    model, passes = Model(), []
    model.register_forward_pre_hook(lambda *_: passes.append(1))
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.capture_next(model, tag="batch", step=0)
        model(torch.tensor([IDS]))
    ((_, _, message, tensors),) = captures_in(tmp_path)
    assert len(passes) == 1 and message.stacks[0].layers[0].causal
    own = model.table(torch.tensor(IDS)).unflatten(1, (2, 4)).transpose(0, 1).detach()
    np.testing.assert_allclose(tensors["batch/decoder/0/query"], own, atol=2e-3)
