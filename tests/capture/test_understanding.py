"""Attention functions of users, registered with transformers: shown as they are, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch.nn import functional
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, AttentionMaskInterface
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.llama import modeling_llama

from tb_attention.attention import softmax
from tb_attention.capture import capture, watch_passes
from tb_attention.capture.recorder import Recorder
from tb_attention.errors import NotUnderstood
from tb_attention.record.capture import Capture

TOKENS = 10
IDS = torch.arange(5, 5 + TOKENS)
SMALL: dict[str, Any] = {
    "vocab_size": 99,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
AWAY = torch.arange(TOKENS)[:, None] - torch.arange(TOKENS)
LOWER = AWAY >= 0
SECOND = torch.arange(TOKENS) >= 6

Weights = Callable[..., torch.Tensor]
"""(query, key, options) -> weights [batch, heads, queries, keys]."""


def sharp(model: Any) -> Any:
    """Random weights that make attention uneven, so that a wrong mask shows."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.data.normal_(0, 0.3)
    return model.eval()


@contextmanager
def registered(name: str, function: Any, masks: str) -> Iterator[None]:
    """A function under a name of its own, with the masks of another one."""
    transformers.AttentionInterface.register(name, function)
    AttentionMaskInterface.register(name, ALL_MASK_ATTENTION_FUNCTIONS[masks])
    try:
        yield
    finally:
        for registry in (ALL_ATTENTION_FUNCTIONS, ALL_MASK_ATTENTION_FUNCTIONS):
            type(registry)._global_mapping.pop(name)


def model_with(name: str, config: Any = None) -> Any:
    model = sharp(
        transformers.AutoModelForCausalLM.from_config(config or transformers.LlamaConfig(**SMALL))
    )
    model.config._attn_implementation = name  # the setter asks a hub for names of kernels
    return model


def seen_by(weights: Weights, *, returns: bool = False) -> tuple[Any, list[torch.Tensor]]:
    """A function on the AttentionInterface that computes these weights, and those of its calls."""
    calls: list[torch.Tensor] = []

    def function(module: Any, q: Any, k: Any, v: Any, mask: Any, **options: Any) -> Any:
        groups = q.shape[1] // k.shape[1]
        found = weights(q, k.repeat_interleave(groups, 1), mask=mask, **options)
        calls.append(found[0].detach())
        output = (found @ v.repeat_interleave(groups, 1)).transpose(1, 2).contiguous()
        return output, found if returns else None

    return function, calls


def plain(allowed: torch.Tensor) -> Weights:
    def weights(q: Any, k: Any, scaling: float, **_: Any) -> torch.Tensor:
        return (q @ k.mT * scaling).masked_fill(~allowed, -torch.inf).softmax(-1)

    return weights


def shown(captured: Capture) -> list[np.ndarray[Any, Any]]:
    layers = captured.stacks[0].layers
    assert all(layer.check.error is not None for layer in layers.values())
    return [np.asarray(softmax.weights(layer)) for layer in layers.values()]


def same(captured: Capture, calls: list[torch.Tensor]) -> bool:
    pairs = zip(shown(captured), calls[-len(captured.stacks[0].layers) :], strict=True)
    return all(np.abs(one - other.numpy()).max() < 1e-5 for one, other in pairs)


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


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
def test_dropout_makes_the_output_random(implementation: str) -> None:
    config = transformers.LlamaConfig(**SMALL, attention_dropout=0.3)
    model = model_with(implementation, config).train()
    with watch_passes(model) as passes:
        model(IDS[None])
    checks = [layer.check for layer in passes.captures()[0].stacks[0].layers.values()]
    assert [check.error for check in checks] == [None, None]
    assert "dropout is on" in checks[0].unchecked
