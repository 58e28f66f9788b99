"""Weights that models themselves give."""

from __future__ import annotations

import copy

import pytest
import torch

from tb_attention.attention import softmax
from tb_attention.capture import capture
from tests.support.architectures import ARCHITECTURES, inputs, random_model


@pytest.mark.parametrize("name", ["gpt_neo", "bloom", "deberta-v2", "bigbird_pegasus"])
def test_the_model_is_left_exactly_as_it_was(name: str) -> None:
    model = random_model(name, ARCHITECTURES[name]).train()
    model.get_submodule(next(n for n, _ in model.named_children())).eval()
    given = inputs(model, ARCHITECTURES[name])
    config, modes = (
        copy.deepcopy(model.config.to_dict()),
        [module.training for module in model.modules()],
    )
    state, numbers = {n: t.clone() for n, t in model.state_dict().items()}, torch.get_rng_state()
    first = capture(model, given)
    assert model.config.to_dict() == config and model.config._attn_implementation == "eager"
    assert [module.training for module in model.modules()] == modes
    assert torch.equal(torch.get_rng_state(), numbers)
    assert all(torch.equal(tensor, state[n]) for n, tensor in model.state_dict().items())
    layers = [
        layer
        for stack in first.stacks
        for layer in stack.layers.values()
        if layer.weights is not None
    ]
    assert layers and all(
        torch.allclose(layer.weights.sum(-1), torch.ones(()), atol=1e-5) for layer in layers
    ), "no dropout in them"


def test_tokens_that_all_attend_to_in_a_band() -> None:
    """Weights recomputed from the values: output = weights @ value, the value projection is 1."""
    model = random_model("longformer", ARCHITECTURES["longformer"])
    attention = model.encoder.layer[0].attention.self
    seen: list[torch.Tensor] = []
    with torch.no_grad():
        for projection in (attention.value, attention.value_global):
            projection.weight.copy_(torch.eye(32))
            projection.bias.zero_()
    attention.register_forward_hook(
        lambda module, given, result: seen.append((given[0], result[0]))
    )
    ids = inputs(model, ARCHITECTURES["longformer"])["input_ids"]
    everywhere = torch.zeros_like(ids)
    everywhere[0, [0, 7]] = 1
    captured = capture(
        model,
        {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "global_attention_mask": everywhere,
        },
    )
    weights = softmax.weights(captured.stacks[0].layers[0])
    values, result = (
        one[0, : ids.shape[1]].view(ids.shape[1], 4, 8).transpose(0, 1) for one in seen[-1]
    )
    torch.testing.assert_close(weights @ values, result, atol=1e-5, rtol=0)
    assert (
        (weights[:, :, [0, 7]] > 0).all()
        and (weights[:, [0, 7]] > 0).all()
        and not weights[:, 3, 10].any()
    )
