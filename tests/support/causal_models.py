"""Tiny causal models of transformers, and their own attention in eager evaluation mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import transformers

from tb_attention.attention import softmax
from tb_attention.record.capture import Capture

IDS = torch.randint(3, 99, (20,), generator=torch.Generator().manual_seed(0)).tolist()
SMALL = {
    "vocab_size": 99,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
GPT2 = {
    "n_layer": 2,
    "n_embd": 32,
    "n_head": 4,
    "vocab_size": 99,
    "n_positions": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
MODELS: dict[str, dict[str, Any]] = {
    "GPT2Config": GPT2,
    "LlamaConfig": SMALL,
    "MistralConfig": SMALL | {"sliding_window": 8},
    "Gemma2Config": SMALL
    | {
        "head_dim": 8,
        "sliding_window": 8,
        "attn_logit_softcapping": 5.0,
        "query_pre_attn_scalar": 8,
    },
    "GptOssConfig": SMALL
    | {"head_dim": 8, "sliding_window": 8, "num_local_experts": 2, "num_experts_per_tok": 1},
    "Llama4TextConfig": SMALL
    | {
        "head_dim": 8,
        "attention_chunk_size": 8,
        "num_local_experts": 2,
        "intermediate_size_mlp": 48,
        "no_rope_layers": [1, 0],
    },
    "GraniteConfig": SMALL | {"attention_multiplier": 0.3},
}
HAS_SDPA = [name for name in MODELS if name not in ("Gemma2Config", "GptOssConfig")]


def model_of(name: str = "GPT2Config", implementation: str = "sdpa", **options: Any) -> Any:
    """A tiny random model whose attention is not flat."""
    torch.manual_seed(0)
    config = getattr(transformers, name)(
        **MODELS[name] | options, attn_implementation=implementation
    )
    model = transformers.AutoModelForCausalLM.from_config(config)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            parameter.data.normal_(0, 0.25)
    return model.train()


def own_attentions(model: Any, ids: list[int] = IDS) -> list[np.ndarray[Any, Any]]:
    """[heads, queries, keys] of every layer, as the model itself gives them."""
    model.eval()
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(torch.tensor([ids]), output_attentions=True, use_cache=False).attentions
    return [attention[0].float().numpy() for attention in attentions]


def recomputed(captured: Capture) -> list[np.ndarray[Any, Any]]:
    return [
        np.asarray(softmax.weights(layer)) for _, layer in sorted(captured.stacks[0].layers.items())
    ]


def largest_difference(first: list[Any], second: list[Any]) -> float:
    return max(float(np.abs(one - other).max()) for one, other in zip(first, second, strict=True))
