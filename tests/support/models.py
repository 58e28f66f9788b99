"""A small model of transformers."""

from __future__ import annotations

from typing import Any

import torch
import transformers


def gpt2(dropout: float | None = None, **options: Any) -> Any:
    """Two layers of two heads, for 32 positions and 50 words, the same each time it is made.

    dropout: instead of the rates of the config. options: of the config.
    """
    torch.manual_seed(0)
    sizes = {"n_layer": 2, "n_embd": 16, "n_head": 2, "vocab_size": 50, "n_positions": 32}
    ends = {"bos_token_id": 1, "eos_token_id": 2}
    names = () if dropout is None else ("resid_pdrop", "embd_pdrop", "attn_pdrop")
    rates = dict.fromkeys(names, dropout)
    return transformers.GPT2LMHeadModel(
        transformers.GPT2Config(**{**sizes, **ends, **rates, **options})
    )
