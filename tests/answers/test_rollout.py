"""Attention rollout against products of dense matrices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from tb_attention import AttentionLogger
from tb_attention.answers.rollout import begin_rollout
from tb_attention.answers.slow import SlowAnswers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.store.store import Store
from tests.support.logs import events, record_file, write
from tests.support.stores import store_of


def asked(store: Store, tag: str, **options: Any) -> Any:
    location = store.find(".", tag, 0)
    stack, layer = options.get("stack"), options.get("layer")
    return SlowAnswers(store).ask(begin_rollout, location, stack, layer).value


@pytest.mark.parametrize("tokens", [7, 150])
def test_it_is_the_product_of_the_models_own_weights(tmp_path: Path, tokens: int) -> None:
    """Against the eager attention of the model, layer by layer."""
    torch.manual_seed(0)
    config = GPT2Config(n_layer=3, n_head=4, n_embd=32, n_positions=256, vocab_size=64)
    model = GPT2LMHeadModel(config).eval()
    ids = torch.randint(0, 64, (1, tokens))
    with AttentionLogger(tmp_path, strict=True, float32=True) as logger:
        logger.log(model, ids[0].tolist(), tag="t", step=0)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(ids, output_attentions=True).attentions
    store, expected = store_of(tmp_path), np.eye(tokens)
    for layer, weights in enumerate(attentions):
        mixed = (weights[0].double().mean(dim=0).numpy() + np.eye(tokens)) / 2
        expected = mixed / mixed.sum(axis=1, keepdims=True) @ expected
        answer = asked(store, "t", layer=layer)
        np.testing.assert_allclose(answer.arrays["rollout"], expected, atol=2e-6)
        assert answer.metadata["layer"] == layer
    np.testing.assert_array_equal(
        asked(store, "t").arrays["rollout"], answer.arrays["rollout"], "the last by default"
    )
    with pytest.raises(NotLogged, match="no layer 3"):
        asked(store, "t", layer=3)


def constructed(tmp_path: Path, layers: dict[int, AttentionLayer], **stack: int) -> Store:
    count = max(layer.queries for layer in layers.values())
    keys = max(layer.keys for layer in layers.values())
    sequences = (TokenSequence((b"a",) * count), TokenSequence((b"b",) * keys, name="encoder"))
    made = Capture("constructed", sequences, (Stack("decoder", layers, **stack),))
    write(record_file(tmp_path), events(0, of=made))
    return store_of(tmp_path)


def test_a_token_that_sees_nothing_keeps_itself_and_gaps_are_said(tmp_path: Path) -> None:
    weights = np.array([[[0, 0], [0.5, 0.5]]], np.float32)
    store = constructed(
        tmp_path, {0: AttentionLayer(weights=weights), 2: AttentionLayer(weights=weights)}
    )
    answer = asked(store, "probe")
    one = np.array([[1, 0], [0.25, 0.75]])
    np.testing.assert_allclose(answer.arrays["rollout"], one @ one, atol=1e-6)
    assert answer.metadata["notes"] == [
        "Without the layers that were not logged or have no attention: 1."
    ]


def test_what_cannot_be_rolled_out_is_said(tmp_path: Path) -> None:
    cross = AttentionLayer(weights=np.full((1, 3, 5), 0.2, np.float32), causal=False)
    with pytest.raises(InvalidInput, match="attends to the tokens of another text"):
        asked(constructed(tmp_path, {0: cross}, key_sequence=1), "probe")


def test_a_text_that_is_too_long_is_said(tmp_path: Path) -> None:
    vectors = np.zeros((1, 2049, 1), np.float32)
    with pytest.raises(InvalidInput, match="2,049 tokens"):
        asked(constructed(tmp_path, {0: AttentionLayer(vectors, vectors)}), "probe")
