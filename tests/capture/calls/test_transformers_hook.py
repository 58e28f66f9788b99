"""Captures of Hugging Face models, against the attention of the same models in eager mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import transformers
from tensorboard.util import tensor_util

from tb_attention.attention import softmax
from tb_attention.capture import capture
from tb_attention.errors import InvalidInput, NoAttention
from tb_attention.record import summary
from tb_attention.record.message import parse_plugin_data, read_layer
from tests.support.causal_models import (
    HAS_SDPA,
    IDS,
    MODELS,
    SMALL,
    largest_difference,
    model_of,
    own_attentions,
    recomputed,
)


@pytest.mark.parametrize(
    ("name", "implementation"),
    [(name, "sdpa") for name in HAS_SDPA] + [(name, "eager") for name in MODELS],
)
def test_recomputed_weights_are_the_models_own(name: str, implementation: str) -> None:
    model = model_of(name, implementation)
    captured = capture(model, IDS)
    own = own_attentions(model)
    assert captured.stacks[0].name == "decoder"
    assert captured.sequences[0].ids == tuple(IDS)
    assert max(weights.max(axis=2).mean() for weights in own) > 0.3, (
        "flat attention would prove nothing"
    )
    assert largest_difference(recomputed(captured), own) <= 1e-5


@pytest.mark.parametrize("name", MODELS)
def test_recomputed_weights_through_the_float16_store(name: str) -> None:
    model = model_of(name, "sdpa" if name in HAS_SDPA else "eager")
    events = list(
        summary.capture_events(capture(model, IDS), tag="probe", step=0, wall_time=0, session="s")
    )
    tensors = {
        value.tag: tensor_util.make_ndarray(value.tensor)
        for event in events
        for value in event.summary.value
    }
    stack = parse_plugin_data(
        events[-1].summary.value[0].metadata.plugin_data.content
    ).capture.stacks[0]
    layers = [read_layer("probe", stack, layer, tensors.__getitem__) for layer in stack.layers]
    assert tensors["probe/decoder/0/query"].dtype == np.float16
    assert (
        largest_difference([softmax.weights(layer) for layer in layers], own_attentions(model))
        <= 2e-3
    )


def test_what_is_said_of_the_layers() -> None:
    layers = capture(model_of("Llama4TextConfig"), IDS).stacks[0].layers
    assert (layers[0].heads, layers[0].key_heads, layers[0].module) == (
        4,
        2,
        "model.layers.0.self_attn",
    )
    assert [layer.rotary for layer in layers.values()] == [True, False]
    assert [layer.mask is None for layer in layers.values()] == [False, True], (
        "chunks are a mask, plain causality is not"
    )
    assert all(layer.causal for layer in layers.values())
    assert capture(model_of(), IDS).model == "GPT2LMHeadModel"


def test_one_mask_for_the_layers_that_share_it() -> None:
    for implementation in ("sdpa", "eager"):
        layers = capture(model_of("MistralConfig", implementation), IDS).stacks[0].layers
        assert layers[0].mask is layers[1].mask
        i, j = np.indices((20, 20))
        np.testing.assert_array_equal(layers[0].mask[0], (j <= i) & (i - j < 8))


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.bfloat16, 3e-2), (torch.float16, 4e-3)])
def test_models_in_half_precision(dtype: torch.dtype, tolerance: float) -> None:
    model = model_of().to(dtype)
    captured = capture(model, IDS)
    assert captured.stacks[0].layers[0].query.dtype == dtype
    assert largest_difference(recomputed(captured), own_attentions(model)) <= tolerance


def test_layers_can_be_chosen() -> None:
    model = model_of()
    assert list(capture(model, IDS, layers=[1]).stacks[0].layers) == [1]
    with pytest.raises(InvalidInput, match=r"layers are \[1, 2\], the model has \[0, 1\]"):
        capture(model, IDS, layers=[1, 2])


def test_wrong_inputs() -> None:
    model = model_of()
    wrong: list[tuple[Any, str]] = [
        ([5] * 65, "65 tokens and the model 64 positions: shorten it by 1 token"),
        ([5, 99], "token id 99 is not in the model's vocabulary of 99 tokens"),
        ([5, -1], "token id -1 is not in"),
        ([], "no token ids"),
        ([[1, 2], [3, 4]], "2 examples: give one"),
        ("a text", "needs a tokenizer"),
        (5.5, "not float"),
        ([0.5], "token ids are integers, and these are floating numbers: convert them"),
    ]
    for given_input, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            capture(model, given_input)
    assert capture(model, torch.tensor([IDS])).sequences == capture(model, np.array(IDS)).sequences


def test_rotary_positions_do_not_end() -> None:
    model = model_of("LlamaConfig", max_position_embeddings=8)
    assert largest_difference(recomputed(capture(model, IDS)), own_attentions(model)) <= 1e-5


def test_a_model_without_attention_says_so() -> None:
    with pytest.raises(NoAttention, match="no attention was seen in Embedding"):
        capture(torch.nn.Embedding(99, 4), IDS)


def test_an_encoder_is_an_encoder_stack() -> None:
    options = {name: value for name, value in SMALL.items() if name != "num_key_value_heads"}
    model = transformers.BertModel(transformers.BertConfig(**options))
    captured = capture(model, IDS)
    assert (captured.stacks[0].name, captured.sequences[0].name) == ("encoder", "encoder")
    assert largest_difference(recomputed(captured), own_attentions(model)) <= 1e-5
