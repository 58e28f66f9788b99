"""Models and tokenizers for the built-in probe."""

from __future__ import annotations

from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

from tests.support import models

WORDS = ["<s>", "<pad>", "<extra>", *(f"w{number}" for number in range(97))]


def gpt2(positions: int = 64, vocabulary: int = 128, **options: Any) -> Any:
    """One layer of two heads."""
    sizes = {"n_layer": 1, "n_positions": positions, "vocab_size": vocabulary}
    ends = {"bos_token_id": None, "eos_token_id": None}
    return models.gpt2(**{**sizes, **ends, **options})


def tokenizer(**special: str) -> PreTrainedTokenizerFast:
    """One token for each of WORDS."""
    words = Tokenizer(
        WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="w0")
    )
    return PreTrainedTokenizerFast(tokenizer_object=words, **special)
