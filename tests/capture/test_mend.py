"""Layers that are read from another pass, with eager attention."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers.models.llama import modeling_llama

from tb_attention.capture import capture, watch_passes
from tb_attention.capture.reading.recorder import Recorder
from tb_attention.errors import NotUnderstood
from tests.support.registered import (
    IDS,
    LOWER,
    TOKENS,
    model_with,
    plain,
    registered,
    same,
    seen_by,
    shown,
)


def test_where_the_function_does_as_eager_attention_that_is_run() -> None:
    """Its arguments do not say what eager masks say: here, that the first tokens see each other."""
    calls: list[torch.Tensor] = []
    prefix = LOWER | ((torch.arange(TOKENS) < 4)[:, None] & (torch.arange(TOKENS) < 4))
    function, calls = seen_by(plain(prefix))
    model = model_with("prefix")
    create = modeling_llama.create_causal_mask

    def masks(**options: Any) -> Any:
        if options["config"]._attn_implementation != "eager":
            return None
        return torch.where(prefix, 0.0, -torch.inf)[None, None]

    modeling_llama.create_causal_mask = masks
    try:
        with registered("prefix", function, "flash_attention_2"):
            captured = capture(model, IDS)
            assert same(captured, calls)
            assert model.config._attn_implementation == "prefix"
            with watch_passes(model) as passes, torch.no_grad():
                model(IDS[None])
            assert same(passes.captures()[0], calls)
    finally:
        modeling_llama.create_causal_mask = create
    layer = captured.stacks[0].layers[1]
    assert (layer.implementation, layer.key_heads, layer.weights) == ("prefix", 2, None)


@pytest.mark.parametrize("ahead", [False, True])
def test_steps_whose_weights_cannot_be_put_together(ahead: bool) -> None:
    """As the function returns them: shown from one pass over the whole text.

    Unless tokens see later ones, which were not there in the steps.
    """
    away = torch.arange(30)[:, None] - torch.arange(30)

    def less(q: Any, k: Any, scaling: float, mask: Any, **_: Any) -> torch.Tensor:
        far = away[: k.shape[2], : k.shape[2]].abs()[-q.shape[2] :]
        weights: torch.Tensor = (q @ k.mT * scaling + (0 if ahead else mask) - far).softmax(-1)
        return weights

    function, calls = seen_by(less, returns=True)
    with registered("less", function, "eager"):
        model = model_with("less")
        options = {"max_new_tokens": 5, "do_sample": False, "pad_token_id": 0}
        with watch_passes(model) as passes:
            output = model.generate(IDS[None], **options)
        if ahead:
            with pytest.raises(NotUnderstood):
                passes.captures()
            return
        captured = passes.captures()[0]
        assert captured.sequences[0].prompt == TOKENS
        capture(model, output[:, :-1])
        assert same(captured, calls)


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_steps_that_were_put_together_wrongly_are_found(
    implementation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the output of the last step; what is shown is from a pass over the whole text then."""
    model = model_with(implementation)
    options = {"max_new_tokens": 5, "do_sample": False, "pad_token_id": 0}
    expected = shown(capture(model, model.generate(IDS[None], **options)[:, :-1]))
    read = Recorder.read

    def broken(self: Recorder, call: Any, keys: slice = slice(None), **compared: Any) -> Any:
        part = read(self, call, keys, **compared)
        return replace(part, query=part.query.flip(2)) if part.queries == 1 else part

    monkeypatch.setattr(Recorder, "read", broken)
    with watch_passes(model) as passes:
        model.generate(IDS[None], **options)
    for one, other in zip(shown(passes.captures()[0]), expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    monkeypatch.setattr(
        "tb_attention.capture.captured.mended", lambda passes, run, example, seen: seen
    )
    with watch_passes(model) as passes:
        model.generate(IDS[None], **options)
    with pytest.raises(NotUnderstood):
        passes.captures()
