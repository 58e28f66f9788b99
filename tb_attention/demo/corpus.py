"""Plain English that every Python has with it: the language reference of `help()`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pydoc_data.topics import topics
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.utils.data import Dataset
from transformers import PreTrainedTokenizerFast

END = "<|endoftext|>"


def paragraphs() -> list[str]:
    """The paragraphs of the language reference that are sentences: no grammar, code or headings."""
    blocks = (block for name in sorted(topics) for block in topics[name].split("\n\n"))
    prose = (" ".join(block.split()) for block in blocks if not block.startswith(" "))
    return [
        paragraph
        for paragraph in prose
        if re.search(r"[a-z][.:]$", paragraph) and "**" not in paragraph
    ]


def trained_tokenizer(texts: Sequence[str], vocabulary: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer as GPT-2 has one, learnt from the texts.

    vocabulary: number of its tokens.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=[END],
            initial_alphabet=alphabet,
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=END, eos_token=END, unk_token=END
    )


class Blocks(Dataset[dict[str, list[int]]]):
    """Blocks of equal length, cut out of the texts at random but always the same places."""

    def __init__(self, texts: Sequence[str], tokenizer: Any, length: int, count: int) -> None:
        """Cuts the texts.

        Args:
            texts: the texts, which are joined.
            tokenizer: of Hugging Face, with an end-of-text token.
            length: tokens of a block.
            count: number of blocks.
        """
        end = tokenizer.eos_token_id
        encoded = tokenizer(list(texts), verbose=False)["input_ids"]
        self._ids = [token for text in encoded for token in (*text, end)]
        self._length = length
        generator = torch.Generator().manual_seed(0)
        self._starts = torch.randint(
            len(self._ids) - length, (count,), generator=generator
        ).tolist()

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        start = self._starts[index]
        ids = self._ids[start : start + self._length]
        return {"input_ids": ids, "labels": ids}
