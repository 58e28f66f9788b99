"""Which module is taken for the output projection of an attention function, and its weight."""

from __future__ import annotations

import numpy as np
import peft
import pytest
import torch
from torch import nn
from torch.nn import functional

from tb_attention.capture import capture
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.dense_values import IDS, check, compared, heads_of, large, outputs_of
from tests.support.models import gpt2
from tests.support.torch_models import HEADS, WIDTH, Block, Small, built


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing")
@pytest.mark.parametrize("merged", [False, True])
def test_lora_is_part_of_the_projection(merged: bool) -> None:
    model = large(gpt2())
    config = peft.LoraConfig(r=3, lora_alpha=7, target_modules=["attn.c_proj"], fan_in_fan_out=True)
    adapted = peft.get_peft_model(model, config)
    blocks = adapted.base_model.model.transformer.h
    for block in blocks:
        nn.init.normal_(block.attn.c_proj.lora_B["default"].weight)
    ids = torch.tensor([IDS])
    made = outputs_of(adapted, [one.attn.c_attn for one in blocks], input_ids=ids)
    zero, unit = torch.zeros(16), torch.eye(16)
    with torch.no_grad():  # what the module does to unit vectors is its weight
        weights = [one.attn.c_proj(unit) - one.attn.c_proj(zero) for one in blocks]
    expected = [
        (heads_of(each[:, 32:], 8), weight.view(2, 8, 16))
        for each, weight in zip(made, weights, strict=True)
    ]
    if merged:
        adapted.merge_adapter()
    check(capture(adapted, IDS), expected, "transformer.h.{}.attn.c_proj")
    if not merged:
        plain = [one.attn.c_proj.base_layer.weight.detach().view(2, 8, 16) for one in blocks]
        with adapted.disable_adapter():
            captured = capture(adapted, IDS)
        for layer, (value, _), weight in zip(
            captured.stacks[0].layers.values(), expected[:1], plain[:1], strict=False
        ):
            compared(layer, value, weight)


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing")
def test_dora_is_no_sum_of_weights() -> None:
    config = peft.LoraConfig(target_modules=["attn.c_proj"], fan_in_fan_out=True, use_dora=True)
    captured = capture(peft.get_peft_model(gpt2(), config), IDS)
    assert {layer.projection for layer in captured.stacks[0].layers.values()} == {""}


class Gated(nn.Module):
    """Attention whose output is multiplied before it is projected, perhaps in place."""

    def __init__(self, in_place: bool) -> None:
        super().__init__()
        self.qkv, self.gate = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.out, self.in_place = nn.Linear(WIDTH, WIDTH), in_place

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = self.qkv(x).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        made = functional.scaled_dot_product_attention(*parts, is_causal=True)
        gate = self.gate(x).sigmoid()
        if self.in_place:
            made.mul_(gate.unflatten(-1, (HEADS, -1)).transpose(1, 2))
            return self.out(made.transpose(1, 2).flatten(2))
        return self.out(made.transpose(1, 2).flatten(2) * gate)


@pytest.mark.parametrize("in_place", [True, False])
def test_values_alone_where_a_gate_stands_between(in_place: bool) -> None:
    model = built(lambda: Small(Block(Gated(in_place))))
    (made,) = outputs_of(model, [model.h[0].attn.qkv], ids=torch.tensor([IDS]))
    (layer,) = capture(model, IDS).stacks[0].layers.values()
    assert layer.projection == ""
    expected = heads_of(made[:, 2 * WIDTH :], 4).norm(dim=2)
    np.testing.assert_allclose(layer.value_norms, expected, rtol=1e-5)


class Shared(nn.Module):
    """Self attention that is called before the module with its projection."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.c_proj, self.last = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = self.qkv(x).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        made = functional.scaled_dot_product_attention(*parts, is_causal=True)
        return self.last(made.transpose(1, 2).flatten(2)) + self.c_proj(x)


def test_a_projection_is_found_by_its_input_and_not_by_its_name() -> None:
    model = built(lambda: Small(Block(Shared())))
    (layer,) = capture(model, IDS).stacks[0].layers.values()
    assert layer.projection == "h.0.attn.last"


def test_a_linear_of_transformers_with_a_forward_of_its_own() -> None:
    model = random_model("falcon", ARCHITECTURES["falcon"])
    layers = capture(model, inputs(model, ARCHITECTURES["falcon"])).stacks[0].layers
    assert {layer.projection for layer in layers.values()} == {
        f"h.{number}.self_attention.dense" for number in layers
    }
