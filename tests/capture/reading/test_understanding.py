"""Attention functions of users, registered with transformers: shown as they are, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch.nn import functional

from tb_attention.capture import capture, watch_passes
from tb_attention.errors import NotUnderstood
from tests.support.generations import TRANSFORMERS_4
from tests.support.registered import (
    AWAY,
    IDS,
    LOWER,
    SMALL,
    TOKENS,
    Weights,
    model_with,
    plain,
    registered,
    same,
    seen_by,
    sharp,
    shown,
)

SECOND = torch.arange(TOKENS) >= 6


def windowed() -> Any:
    return transformers.MistralConfig(**SMALL, sliding_window=3)


def scaled() -> Any:
    return transformers.GraniteConfig(**SMALL, attention_multiplier=0.6)


def capped() -> Any:
    return transformers.Gemma2Config(
        **SMALL, head_dim=8, query_pre_attn_scalar=8, attn_logit_softcapping=2.0
    )


CASES: dict[str, tuple[Weights, Any]] = {
    "causality that is not asked for": (plain(LOWER), None),
    "no causality": (plain(torch.ones_like(LOWER)), None),
    "a window": (plain(LOWER & (AWAY < 3)), windowed),
    "a window that is left out": (plain(LOWER), windowed),
    "a window to both sides": (plain(AWAY.abs() < 3), windowed),
    "packed documents": (plain(LOWER & (SECOND[:, None] == SECOND)), None),
    "packed documents in a window": (
        plain(LOWER & (AWAY < 3) & (SECOND[:, None] == SECOND)),
        windowed,
    ),
    "packed documents that see all of themselves": (plain(SECOND[:, None] == SECOND), None),
    "a scale of its own": (
        lambda q, k, **_: (
            (q @ k.mT * q.shape[-1] ** -0.5).masked_fill(~LOWER, -torch.inf).softmax(-1)
        ),
        scaled,
    ),
    "a soft cap that is left out, as by sdpa of transformers 4": (plain(LOWER), capped),
    "no scale": (
        lambda q, k, **_: (q @ k.mT).masked_fill(~LOWER, -torch.inf).softmax(-1),
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("known_as", ["flash_attention_own", "kernel_of_mine"])
def test_a_function_that_gives_no_weights_is_shown_as_it_computes(name: str, known_as: str) -> None:
    weights, config = CASES[name]
    function, calls = seen_by(weights)
    packed = {"position_ids": torch.cat([torch.arange(6), torch.arange(TOKENS - 6)])[None]}
    with registered(known_as, function, "flash_attention_2"):
        captured = capture(
            model_with(known_as, config and config()),
            {"input_ids": IDS[None]} | (packed if "documents" in name else {}),
        )
        assert same(captured, calls)
        assert all(layer.weights is None for layer in captured.stacks[0].layers.values())


def far_ones_less(q: Any, k: Any, scaling: float, mask: Any, **_: Any) -> torch.Tensor:
    weights: torch.Tensor = (q @ k.mT * scaling + mask - AWAY.abs()).softmax(-1)
    return weights


def test_where_no_reading_holds_the_weights_of_the_function_are_shown() -> None:
    function, calls = seen_by(far_ones_less, returns=True)
    with registered("mine", function, "eager"):
        captured = capture(model_with("mine"), IDS)
        assert same(captured, calls)
        assert all(layer.query is None for layer in captured.stacks[0].layers.values())


@pytest.mark.skipif(not TRANSFORMERS_4, reason="from transformers 5 on, sdpa refuses the model")
@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_a_soft_cap_that_sdpa_ignores_is_not_shown(implementation: str) -> None:
    config = capped()
    model = transformers.AutoModelForCausalLM.from_config(
        config, attn_implementation=implementation
    )
    layers = capture(sharp(model), IDS).stacks[0].layers.values()
    assert {layer.softcap for layer in layers} == {None if implementation == "sdpa" else 2.0}
    assert all(layer.check.error < 1e-5 for layer in layers)


def test_where_nothing_holds_a_sentence_refuses() -> None:
    function, _ = seen_by(far_ones_less)
    with registered("mine", function, "eager"), pytest.raises(NotUnderstood) as refused:
        capture(model_with("mine"), IDS)
    sentence = str(refused.value)
    assert "model.layers.0.self_attn, model.layers.1.self_attn" in sentence
    assert "attn_implementation='eager'" in sentence and "log_arrays" in sentence


def test_weights_that_are_not_those_of_the_output_are_not_shown() -> None:
    """As of a function that returns them before a gate, or from another precision."""

    def function(module: Any, q: Any, k: Any, v: Any, mask: Any, scaling: float, **_: Any) -> Any:
        weights = (q @ k.repeat_interleave(2, 1).mT * scaling + mask).softmax(-1)
        gated = weights @ v.repeat_interleave(2, 1) * torch.linspace(0, 1, v.shape[-1])
        return gated.transpose(1, 2).contiguous(), weights

    with registered("gated", function, "eager"), pytest.raises(NotUnderstood):
        capture(model_with("gated"), IDS)


def test_the_function_that_a_function_calls_is_read() -> None:
    """Its own arguments say more than those that it was given."""
    odd = LOWER & ((torch.arange(TOKENS) % 3 == 0) | (AWAY == 0))

    def function(module: Any, q: Any, k: Any, v: Any, mask: Any, **_: Any) -> Any:
        k, v = k.repeat_interleave(2, 1), v.repeat_interleave(2, 1)
        output = functional.scaled_dot_product_attention(q, k, v, attn_mask=odd)
        return output.transpose(1, 2).contiguous(), None

    with registered("odd", function, "flash_attention_2"):
        captured = capture(model_with("odd"), IDS)
    for weights in shown(captured):
        np.testing.assert_array_equal(weights[0] > 0, odd.numpy())
    assert all(layer.key_heads == 2 for layer in captured.stacks[0].layers.values())


def test_layers_that_are_not_understood_are_left_out_with_a_note() -> None:
    """The others are shown."""

    def function(module: Any, q: Any, k: Any, v: Any, mask: Any, **options: Any) -> Any:
        weights = far_ones_less if module.layer_idx == 0 else plain(LOWER)
        return seen_by(weights)[0](module, q, k, v, mask, **options)

    with registered("mine", function, "eager"):
        captured = capture(model_with("mine"), IDS)
    assert list(captured.stacks[0].layers) == [1]
    (note,) = captured.notes
    assert note.startswith("model.layers.0.self_attn left out: ")


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_dropout_makes_the_output_random(implementation: str) -> None:
    config = transformers.LlamaConfig(**SMALL, attention_dropout=0.3)
    model = model_with(implementation, config).train()
    with watch_passes(model) as passes:
        model(IDS[None])
    checks = [layer.check for layer in passes.captures()[0].stacks[0].layers.values()]
    assert [check.error for check in checks] == [None, None]
    assert "dropout is on" in checks[0].unchecked
