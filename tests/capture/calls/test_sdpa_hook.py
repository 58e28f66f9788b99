"""Plain torch models, beside the weights that torch itself computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch import nn
from torch.nn import functional

from tb_attention.attention import softmax
from tb_attention.capture import capture
from tb_attention.capture.calls.sdpa_hook import capture_sdpa
from tb_attention.capture.passes import watch_passes
from tb_attention.errors import NoAttention
from tb_attention.log.logger import AttentionLogger
from tb_attention.record.capture import Capture
from tests.support import torch_models
from tests.support.own_towers import torchs_own_weights
from tests.support.torch_models import (
    HEADS,
    IDS,
    LAYERS,
    WIDTH,
    WORDS,
    Small,
    Translator,
    WithWeights,
    built,
    nano,
)


def weights_of(captured: Capture) -> list[np.ndarray]:
    return [
        softmax.weights(layer).numpy()
        for stack in captured.stacks
        for layer in stack.layers.values()
    ]


def check(captured: Capture, expected: list[torch.Tensor]) -> None:
    found = weights_of(captured)
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one - other.numpy()).max() <= 1e-5
        assert other[:, 2:].amax(-1).mean() > 0.4


def test_a_model_like_nanogpt() -> None:
    model = nano()
    captured = capture(model, IDS)
    with torchs_own_weights() as own, torch.no_grad():
        model.eval()(torch.tensor([IDS]))
    check(captured, own)
    stack = captured.stacks[0]
    assert (stack.name, list(stack.layers)) == ("decoder", [0, 1])
    assert [layer.module for layer in stack.layers.values()] == ["h.0.attn", "h.1.attn"]
    assert captured.model == "Small" and captured.sequences[0].ids == tuple(IDS)
    assert all(layer.causal and layer.mask is None for layer in stack.layers.values())


def test_the_function_may_be_imported_by_name() -> None:
    model = nano(torch_models.by_name)
    for one, other in zip(
        weights_of(capture(model, IDS)), weights_of(capture(nano(), IDS)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "options", [{}, {"batch_first": False}, {"add_zero_attn": True}, {"kdim": WIDTH, "vdim": WIDTH}]
)
def test_multihead_attention_that_returns_weights(options: dict[str, Any]) -> None:
    model = built(lambda: Small(*(WithWeights(**options) for _ in range(LAYERS))))
    before = torch.get_rng_state()
    captured = capture(model, IDS)
    assert torch.equal(before, torch.get_rng_state())
    if "add_zero_attn" in options:  # a key more than there are tokens
        assert [len(sequence) for sequence in captured.sequences] == [len(IDS), len(IDS) + 1]
    check(captured, [layer.weights[0].detach() for layer in model.h])


@pytest.mark.parametrize("batch_first", [False, True])
def test_multihead_attention_without_weights(batch_first: bool) -> None:
    model = built(
        lambda: Small(
            *(WithWeights(batch_first=batch_first, need_weights=False) for _ in range(LAYERS))
        )
    )
    captured = capture(model, IDS)
    assert all(layer.weights is None for layer in model.h)
    for layer in model.h:
        layer.need_weights = True
    with torch.no_grad():
        model(torch.tensor([IDS]))
    check(captured, [layer.weights[0] for layer in model.h])


@pytest.mark.parametrize("batch_first", [False, True])
def test_the_logger_sees_a_batch_of_plain_torch(batch_first: bool) -> None:
    model = built(lambda: Small(*(WithWeights(batch_first=batch_first) for _ in range(LAYERS))))
    batch = torch.tensor([IDS, IDS[::-1]])
    with watch_passes(model, (1,)) as passes, torch.no_grad():
        model(batch)
    captured = passes.captures()[1]
    assert captured.sequences[0].ids == tuple(IDS[::-1])
    check(captured, [layer.weights[1] for layer in model.h])


def test_layers_of_a_torch_encoder() -> None:
    """In evaluation mode torch computes them in one fused function."""

    def make() -> Small:
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 32, batch_first=True)
        return Small(nn.TransformerEncoder(layer, LAYERS))

    model = built(make).eval()
    captured = capture(model, IDS)
    assert torch.backends.mha.get_fastpath_enabled()
    with torchs_own_weights() as own, torch.no_grad():
        torch.backends.mha.set_fastpath_enabled(False)
        try:
            model(torch.tensor([IDS]))
        finally:
            torch.backends.mha.set_fastpath_enabled(True)
    check(captured, own)
    assert captured.stacks[0].name == "encoder" and list(captured.stacks[0].layers) == [0, 1]


def test_a_torch_transformer_has_three_stacks() -> None:
    model = built(Translator)
    captured = capture(model, IDS, decoder=[4, 5, 6])
    with torchs_own_weights() as own, torch.no_grad():
        model.train()
        for module in model.modules():
            module.p = 0.0 if isinstance(module, nn.Dropout) else getattr(module, "p", None)
            if isinstance(module, nn.MultiheadAttention):
                module.dropout = 0.0
        model(torch.tensor([IDS]), torch.tensor([[4, 5, 6]]))
    encoder, decoder, cross = own[:2], own[2::2], own[3::2]
    check(captured, [*encoder, *decoder, *cross])
    assert [(stack.name, list(stack.layers)) for stack in captured.stacks] == [
        (n, [0, 1]) for n in ("encoder", "decoder", "cross")
    ]
    assert [
        (len(captured.sequences[s.query_sequence]), len(captured.sequences[s.key_sequence]))
        for s in captured.stacks
    ] == [
        (7, 7),
        (3, 3),
        (3, 7),
    ]


def test_falcon_with_alibi_as_it_really_computes() -> None:
    config = transformers.FalconConfig(
        vocab_size=WORDS, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, alibi=True
    )
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = transformers.FalconForCausalLM(config).eval()
    with torchs_own_weights() as own:
        captured = capture(model, IDS)
    found = weights_of(captured)
    assert len(found) == len(own) == 2 and all(
        layer.bias is not None for layer in captured.stacks[0].layers.values()
    )
    assert (
        max(np.abs(one - other.numpy()).max() for one, other in zip(found, own, strict=True))
        <= 1e-5
    )


def test_the_output_and_the_gradients_are_the_same_and_everything_is_restored() -> None:
    model = nano().eval()
    ids = torch.tensor([IDS])
    before = (
        functional.scaled_dot_product_attention,
        functional.multi_head_attention_forward,
        torch_models.imported,
    )
    plain = model(ids)
    plain.sum().backward()
    gradients = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    seen: list[Any] = []
    with pytest.raises(KeyError), capture_sdpa(model, seen.append):
        watched = model(ids)
        watched.sum().backward()
        raise KeyError
    assert len(seen) == LAYERS and torch.equal(plain, watched)
    assert all(
        torch.equal(parameter.grad, other)
        for parameter, other in zip(model.parameters(), gradients, strict=True)
    )
    assert before == (
        functional.scaled_dot_product_attention,
        functional.multi_head_attention_forward,
        torch_models.imported,
    )
    assert torch.backends.mha.get_fastpath_enabled() and not nn.modules.module._global_forward_hooks


def test_another_model_is_not_seen() -> None:
    model, other = nano(), nano()
    seen: list[Any] = []
    with capture_sdpa(model, seen.append):
        other(torch.tensor([IDS]))
    assert seen == []


def test_a_model_on_the_interface_is_seen_once() -> None:
    config = transformers.GPT2Config(
        vocab_size=WORDS, n_embd=16, n_layer=2, n_head=2, n_positions=16
    )
    captured = capture(transformers.GPT2LMHeadModel(config), IDS)
    assert list(captured.stacks[0].layers) == [0, 1]


def test_the_logger_takes_it(tmp_path: Any) -> None:
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(nano(), IDS, tag="nano", step=3)
    assert list(tmp_path.glob("plugins/attention/*.tfrecord"))


def test_attention_written_by_hand_is_told() -> None:
    def by_hand(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, **_: Any) -> torch.Tensor:
        return (q @ k.transpose(-1, -2)).softmax(-1) @ v

    with pytest.raises(NoAttention, match=r"Small: no layer of it calls .*log_arrays"):
        capture(nano(by_hand), IDS)


def test_the_compiled_model_is_not_compiled_anew() -> None:
    model = nano().eval()
    compiled = torch.compile(model, backend="eager")
    ids = torch.tensor([IDS])
    expected = compiled(ids)
    torch._dynamo.utils.counters.clear()
    captured = capture(compiled, IDS)
    assert torch.equal(compiled(ids), expected)
    assert len(captured.stacks[0].layers) == LAYERS and not torch._dynamo.utils.counters["stats"]
