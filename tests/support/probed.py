"""Models and tokenizers for the built-in probe."""

from __future__ import annotations

from typing import Any

from tokenizers import Tokenizer, models
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

WORDS = ["<s>", "<pad>", "<extra>", *(f"w{number}" for number in range(97))]


def gpt2(positions: int = 64, vocabulary: int = 128, **options: Any) -> GPT2LMHeadModel:
    """One layer of two heads."""
    sizes = {"n_embd": 16, "n_layer": 1, "n_head": 2, "bos_token_id": None, "eos_token_id": None}
    return GPT2LMHeadModel(
        GPT2Config(n_positions=positions, vocab_size=vocabulary, **{**sizes, **options})
    )


def tokenizer(**special: str) -> PreTrainedTokenizerFast:
    """One token for each of WORDS."""
    words = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="w0")
    )
    return PreTrainedTokenizerFast(tokenizer_object=words, **special)
