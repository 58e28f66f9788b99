"""||A_ij v_j W_O^h|| beside what the dense tensors of the model give."""

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
from tb_attention.capture.passes import watch_passes
from tests.support.dense_values import (
    FEW,
    IDS,
    arrives,
    check,
    compared,
    heads_of,
    large,
    outputs_of,
)
from tests.support.models import gpt2
from tests.support.torch_models import HEADS, WIDTH, Block, Small, WithWeights, built, nano


@pytest.mark.parametrize("ids", [IDS, FEW])
def test_gpt2_whose_projection_is_a_conv1d(ids: list[int]) -> None:
    model = large(gpt2())
    blocks = model.transformer.h
    made = outputs_of(model, [one.attn.c_attn for one in blocks], input_ids=torch.tensor([ids]))
    expected = [
        (heads_of(each[:, 32:], 8), one.attn.c_proj.weight.detach().view(2, 8, 16))
        for each, one in zip(made, blocks, strict=True)
    ]
    check(capture(model, ids), expected, "transformer.h.{}.attn.c_proj")


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("ids", [IDS, FEW])
def test_llama_with_grouped_queries(ids: list[int], implementation: str) -> None:
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "intermediate_size": 32, "vocab_size": 50, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
    config = transformers.LlamaConfig(**sizes, **heads, attn_implementation=implementation)
    model = large(transformers.LlamaForCausalLM(config))
    parts = [one.self_attn for one in model.model.layers]
    made = outputs_of(model, [one.v_proj for one in parts], input_ids=torch.tensor([ids]))
    expected = [
        (heads_of(each, 8), one.o_proj.weight.detach().T.reshape(4, 8, 32))
        for each, one in zip(made, parts, strict=True)
    ]
    check(capture(model, ids), expected, "model.layers.{}.self_attn.o_proj")


def bert() -> Any:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 16, "vocab_size": 50, "num_hidden_layers": 2}
    return large(transformers.BertModel(transformers.BertConfig(**sizes, num_attention_heads=2)))


def test_bert_whose_projection_stands_beside_the_attention() -> None:
    model = bert()
    parts = [one.attention for one in model.encoder.layer]
    made = outputs_of(model, [one.self.value for one in parts], input_ids=torch.tensor([IDS]))
    expected = [
        (heads_of(each, 8), one.output.dense.weight.detach().T.reshape(2, 8, 16))
        for each, one in zip(made, parts, strict=True)
    ]
    check(capture(model, IDS), expected, "encoder.layer.{}.attention.output.dense")


def test_plain_torch() -> None:
    model = nano()
    parts = [one.attn for one in model.h]
    made = outputs_of(model, [one.c_attn for one in parts], ids=torch.tensor([IDS]))
    expected = [
        (heads_of(each[:, 2 * WIDTH :], 4), one.c_proj.weight.detach().T.reshape(HEADS, 4, WIDTH))
        for each, one in zip(made, parts, strict=True)
    ]
    check(capture(model, IDS), expected, "h.{}.attn.c_proj")


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("need_weights", [True, False])
def test_multihead_attention(batch_first: bool, need_weights: bool) -> None:
    model = built(lambda: Small(Block(WithWeights(batch_first, need_weights))))
    block = model.h[0]
    (given,) = outputs_of(model, [block.ln], ids=torch.tensor([IDS]))
    inside = block.attn.attention
    value = functional.linear(given, inside.in_proj_weight[2 * WIDTH :].detach())
    weight = inside.out_proj.weight.detach().T.reshape(HEADS, 4, WIDTH)
    check(capture(model, IDS), [(heads_of(value, 4), weight)], "h.0.attn.attention.out_proj")


def test_cross_attention_has_the_values_of_the_encoder() -> None:
    torch.manual_seed(0)
    sizes = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "vocab_size": 50}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    more = {"encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "max_position_embeddings": 32}
    model = large(transformers.BartModel(transformers.BartConfig(**sizes, **heads, **more)))
    given = {"input_ids": torch.tensor([IDS]), "decoder_input_ids": torch.tensor([FEW])}
    part = model.decoder.layers[0].encoder_attn
    (made,) = outputs_of(model, [part.v_proj], **given)
    stacks = {one.name: one for one in capture(model, IDS, decoder=FEW).stacks}
    layer = stacks["cross"].layers[0]
    assert layer.projection == "decoder.layers.0.encoder_attn.out_proj"
    compared(layer, heads_of(made, 8), part.out_proj.weight.detach().T.reshape(2, 8, 16))
    assert stacks["decoder"].layers[0].projection == "decoder.layers.0.self_attn.out_proj"


def test_t5() -> None:
    sizes = {"d_model": 16, "d_kv": 8, "num_heads": 2, "num_layers": 1, "vocab_size": 50}
    torch.manual_seed(0)
    model = large(transformers.T5EncoderModel(transformers.T5Config(**sizes, d_ff=16)))
    part = model.encoder.block[0].layer[0].SelfAttention
    (made,) = outputs_of(model, [part.v], input_ids=torch.tensor([IDS]))
    (layer,) = capture(model, IDS).stacks[0].layers.values()
    if layer.query is None:
        assert layer.value_norms is None
        return
    assert layer.projection == "encoder.block.0.layer.0.SelfAttention.o"
    compared(layer, heads_of(made, 8), part.o.weight.detach().T.reshape(2, 8, 16))


@pytest.mark.parametrize("rows", [1, 3])
def test_every_step_of_a_generation_brings_its_keys(rows: int) -> None:
    model = gpt2().eval()
    prompt = torch.tensor([IDS[:4]] * rows)
    with watch_passes(model, [rows - 1]) as passes:
        model.generate(prompt, max_new_tokens=8, min_new_tokens=8, do_sample=False, pad_token_id=0)
    captured = passes.captures()[rows - 1]
    whole = capture(model, captured.sequences[0].ids)
    for number, layer in whole.stacks[0].layers.items():
        stitched = captured.stacks[0].layers[number]
        assert stitched.projection == layer.projection != ""
        np.testing.assert_allclose(stitched.value_norms, layer.value_norms, rtol=1e-4)


def test_padding_is_cut_from_norms_too() -> None:
    model = bert()
    ids = torch.tensor([[0, 0, *FEW]])
    given = {"input_ids": ids, "attention_mask": (ids > 0).long()}
    with watch_passes(model) as passes, torch.no_grad():
        model.eval()(**given)
    (layer, *_) = passes.captures()[0].stacks[0].layers.values()
    assert tuple(layer.value_norms.shape) == (2, 3)


def test_bfloat16_under_autocast() -> None:
    model = gpt2()
    with watch_passes(model) as passes, torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        model.eval()(torch.tensor([IDS]))
    exact = capture(model, IDS)
    for number, layer in passes.captures()[0].stacks[0].layers.items():
        assert layer.projection == f"transformer.h.{number}.attn.c_proj"
        expected = exact.stacks[0].layers[number].value_norms
        np.testing.assert_allclose(layer.value_norms, expected, rtol=0.05)


def test_in_a_training_pass_the_weights_are_those_of_the_pass() -> None:
    model = gpt2(dropout=0.0).train()
    expected = capture(model, IDS)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    with watch_passes(model) as passes:
        ids = torch.tensor([IDS])
        model(ids, labels=ids).loss.backward()
        optimizer.step()
    for number, layer in passes.captures()[0].stacks[0].layers.items():
        norms = expected.stacks[0].layers[number].value_norms
        np.testing.assert_allclose(layer.value_norms, norms, rtol=1e-5)
        assert not layer.value_norms.requires_grad
    assert not any(hooks for module in model.modules() for hooks in [module._forward_pre_hooks])


def test_a_sink_with_a_small_value() -> None:
    """Weight 0.9 on a key whose value has nearly no length."""

    class Sink(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(WIDTH, WIDTH)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            batch, tokens, _ = x.shape
            query = torch.ones(batch, HEADS, tokens, 4)
            key = torch.zeros(batch, HEADS, tokens, 4)
            key[:, :, 0] = torch.tensor(9.0 * (tokens - 1)).log() / 2  # 0.9 of the last row
            value = x.unflatten(-1, (HEADS, 4)).transpose(1, 2).clone()
            value[:, :, 0] *= 1e-4
            made = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            return self.out(made.transpose(1, 2).flatten(2))

    (layer,) = capture(built(lambda: Small(Block(Sink()))), IDS).stacks[0].layers.values()
    weights, lengths = np.asarray(softmax.weights(layer)), arrives(layer)
    np.testing.assert_allclose(weights[:, -1, 0], 0.9, rtol=1e-5)
    assert (lengths[:, -1, 0] / lengths[:, -1].sum(1)).max() < 0.01
