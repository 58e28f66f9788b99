"""The built-in probe on real models and tokenizers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
)

from tb_attention import Repeated
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.measure import measure_layer
from tb_attention.capture import capture
from tb_attention.errors import InvalidInput
from tests.support.probed import gpt2, tokenizer


def ids_of(model: Any, tokenizer: Any = None, probe: Repeated | None = None) -> tuple[int, ...]:
    return capture(model, probe or Repeated(), tokenizer).sequences[0].ids


def test_random_tokens_come_twice_behind_the_first_token_of_the_tokenizer() -> None:
    ids = ids_of(
        gpt2(positions=100),
        tokenizer(bos_token="<s>", pad_token="<pad>", additional_special_tokens=["<extra>"]),
    )
    assert (len(ids), ids[0]) == (65, 0)
    assert ids[1:33] == ids[33:]
    assert len(set(ids[1:33])) == 32
    assert set(ids[1:]) <= set(range(3, 100)), (
        "of the model's 128 ids the tokenizer knows 100, and 3 of these are special"
    )
    assert ids == ids_of(
        gpt2(positions=100),
        tokenizer(bos_token="<s>", pad_token="<pad>", additional_special_tokens=["<extra>"]),
    )


def test_without_a_tokenizer_the_config_says_what_is_special() -> None:
    ids = ids_of(gpt2(positions=20, vocabulary=12, eos_token_id=7, bos_token_id=7))
    assert len(ids) == 20
    assert ids[:10] == ids[10:]
    assert 7 not in ids


@pytest.mark.parametrize(
    ("positions", "vocabulary", "expected"), [(21, 100, 20), (64, 10, 20), (1024, 5000, 64)]
)
def test_the_length_fits_the_model(positions: int, vocabulary: int, expected: int) -> None:
    assert len(ids_of(gpt2(positions, vocabulary))) == expected


def test_rotary_models_have_no_end_and_other_seeds_give_other_tokens() -> None:
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=90, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=16, max_position_embeddings=8,
            bos_token_id=1, eos_token_id=[2, 3],
        )
    )  # fmt: skip
    ids = ids_of(model)
    assert len(ids) == 64
    assert not {1, 2, 3} & set(ids)
    assert ids_of(model, probe=Repeated(seed=1)) != ids
    assert len(ids_of(model, probe=Repeated(tokens=5))) == 10


def test_a_plain_torch_model_needs_to_say_its_vocabulary() -> None:
    class Plain(torch.nn.Module):
        def __init__(self, config: Any) -> None:
            super().__init__()
            self.config, self.embedding = config, torch.nn.Embedding(30, 8)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            x = self.embedding(ids)[:, None]
            return torch.nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True)

    assert len(ids_of(Plain(SimpleNamespace(vocab_size=30, block_size=16)))) == 16
    with pytest.raises(InvalidInput, match="give a tokenizer, or token ids"):
        ids_of(Plain(SimpleNamespace()))


def test_no_room() -> None:
    with pytest.raises(
        InvalidInput, match="has 9 tokens twice, and this model has room for 2 to 8"
    ):
        ids_of(gpt2(16), probe=Repeated(tokens=9))
    with pytest.raises(InvalidInput, match="room for 2 to 1"):
        ids_of(gpt2(3))


def test_induction_is_defined_on_it() -> None:
    captured = capture(gpt2(), Repeated())
    layer = captured.stacks[0].layers[0]
    measured, _ = measure_layer(layer, captured.sequences[0].ids)
    scores = measured[:, [METRIC_NAMES.index("induction"), METRIC_NAMES.index("duplicate_token")]]
    assert ((scores > 0) & (scores < 0.2)).all(), "an untrained head looks everywhere"


@pytest.mark.parametrize("name", ["n_vocab", "get_vocab_size", "vocab_size"])
def test_other_tokenizers_say_how_many_tokens_they_have(name: str) -> None:
    """Embeddings are often padded to more ids."""
    size = 12 if name == "n_vocab" else lambda: 12
    known = SimpleNamespace(**{name: size}, decode=lambda ids: "abcdefghijkl"[ids[0]])
    ids = ids_of(gpt2(positions=100, vocabulary=128), known)
    assert len(ids) >= 22 and set(ids) <= set(range(12))
