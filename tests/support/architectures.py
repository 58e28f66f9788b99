"""Small random models of many architectures of transformers, and what each is run with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import transformers

WORDS, TOKENS, DECODER_TOKENS = 99, 12, 9
WINDOW = 6
"""Shorter than the input, so that sliding windows hide something."""

Config = dict[str, Any]


@dataclass(frozen=True)
class Architecture:
    """One row of docs/models.md.

    note: what is special about its attention. reads: "text", "pair" (an encoder's and a decoder's
    text), "image" or "sound". paddings: sides on which the model takes padding. sharp: how far
    weights are from 0, so that attention is neither flat nor hard.
    """

    config: Config
    note: str = ""
    reads: str = "text"
    paddings: tuple[str, ...] = ("left", "right")
    sharp: float = 1.6


_SIZE: Config = {"vocab_size": WORDS, "max_position_embeddings": 64, "pad_token_id": 0}
_TEXT: Config = _SIZE | {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
_PLAIN: Config = {"vocab_size": WORDS, "hidden_size": 32, "num_hidden_layers": 2}
_GROUPED: Config = _TEXT | {"num_key_value_heads": 2}
_SMALL: Config = _GROUPED | {"head_dim": 8}
_OLD: Config = {"vocab_size": WORDS, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64}
_XLM: Config = {
    "vocab_size": WORDS,
    "emb_dim": 32,
    "n_layers": 2,
    "n_heads": 4,
    "max_position_embeddings": 64,
    "pad_index": 0,
}
_T5: Config = {
    "vocab_size": WORDS,
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 4,
    "decoder_start_token_id": 0,
}
_TWO: Config = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
}
_TWO |= {"encoder_attention_heads": 4, "decoder_attention_heads": 4}
_PAIR: Config = _SIZE | _TWO | {"bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
_LAYERS: Config = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
_IMAGE: Config = _LAYERS | {"image_size": 16, "patch_size": 4}
_SWIN: Config = {
    "image_size": 32,
    "patch_size": 2,
    "embed_dim": 16,
    "depths": [2, 2],
    "num_heads": [2, 4],
    "window_size": 4,
}
_SLIDING: Config = {
    "sliding_window": WINDOW,
    "layer_types": ["sliding_attention", "full_attention"],
}
_LATENT: Config = {
    "q_lora_rank": 16,
    "kv_lora_rank": 16,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 16,
    "v_head_dim": 16,
}
_EXPERTS: Config = {
    "n_routed_experts": 4,
    "n_group": 1,
    "topk_group": 1,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 16,
}
_LINEAR: Config = {
    "linear_num_value_heads": 4,
    "linear_num_key_heads": 2,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
}
_FEW: Config = {
    "num_experts": 2,
    "num_experts_per_tok": 1,
    "moe_intermediate_size": 16,
    "shared_expert_intermediate_size": 16,
}
_MAMBA: Config = {
    "attn_layer_period": 2,
    "attn_layer_offset": 1,
    "num_experts": 2,
    "use_mamba_kernels": False,
    "mamba_d_state": 8,
}
_PYRAMID: Config = {
    "num_encoder_blocks": 2,
    "depths": [1, 1],
    "sr_ratios": [2, 1],
    "hidden_sizes": [16, 32],
    "decoder_hidden_size": 16,
}
_PYRAMID |= {
    "num_attention_heads": [2, 4],
    "patch_sizes": [3, 3],
    "strides": [2, 2],
    "mlp_ratios": [2, 2],
}
_SOUND: Config = {
    "conv_dim": [8, 8],
    "conv_stride": [5, 2],
    "conv_kernel": [10, 3],
    "num_feat_extract_layers": 2,
}
_SOUND |= {"num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2}
_DISENTANGLED: Config = {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]}

ARCHITECTURES: dict[str, Architecture] = {
    # Decoders
    "gpt2": Architecture(_OLD),
    "gpt_bigcode": Architecture(_OLD, "one key head for all"),
    "gpt_neox": Architecture(_TEXT),
    "opt": Architecture(
        _TEXT | {"ffn_dim": 48, "word_embed_proj_dim": 32}, "queries scaled beforehand"
    ),
    "biogpt": Architecture(_TEXT),
    "ctrl": Architecture(_OLD | {"dff": 48}),
    "llama": Architecture(_GROUPED, "grouped queries"),
    "mixtral": Architecture(_GROUPED | {"num_local_experts": 2}, "grouped queries"),
    "mistral": Architecture(
        _GROUPED | {"sliding_window": WINDOW}, "grouped queries, sliding window"
    ),
    "qwen2": Architecture(
        _GROUPED | _SLIDING | {"use_sliding_window": True},
        "grouped queries, sliding window in some layers",
    ),
    "qwen3": Architecture(_SMALL, "grouped queries"),
    "qwen3_next": Architecture(
        _SMALL | _LINEAR | _FEW | {"num_hidden_layers": 4}, "hybrid: the layers with attention"
    ),
    "gemma": Architecture(_SMALL, "grouped queries"),
    "gemma2": Architecture(
        _SMALL | _SLIDING | {"query_pre_attn_scalar": 8}, "soft cap, sliding window in some layers"
    ),
    "gemma3_text": Architecture(
        _SMALL | _SLIDING | {"query_pre_attn_scalar": 8},
        "grouped queries, sliding window in some layers",
    ),
    "phi": Architecture(_GROUPED, "grouped queries"),
    "phi3": Architecture(_GROUPED | {"sliding_window": WINDOW}, "grouped queries, sliding window"),
    "olmo2": Architecture(_GROUPED, "grouped queries"),
    "granite": Architecture(
        _GROUPED | {"attention_multiplier": 0.3}, "grouped queries, a scale of its own"
    ),
    "stablelm": Architecture(_GROUPED, "grouped queries"),
    "glm4": Architecture(_SMALL, "grouped queries"),
    "smollm3": Architecture(_GROUPED, "grouped queries"),
    "starcoder2": Architecture(
        _GROUPED | {"sliding_window": WINDOW}, "grouped queries, sliding window"
    ),
    "cohere2": Architecture(_GROUPED | _SLIDING, "grouped queries, sliding window in some layers"),
    "llama4_text": Architecture(
        _SMALL
        | {"attention_chunk_size": WINDOW, "num_local_experts": 2, "intermediate_size_mlp": 48},
        "chunks",
    ),
    "gpt_oss": Architecture(
        _SMALL | _SLIDING | {"num_local_experts": 2, "num_experts_per_tok": 1},
        "sinks, sliding window in some layers",
    ),
    "deepseek_v3": Architecture(
        _TEXT | _LATENT | _EXPERTS | {"num_key_value_heads": 4, "first_k_dense_replace": 1},
        "latent keys",
    ),
    "jamba": Architecture(
        _GROUPED | _MAMBA | {"num_hidden_layers": 4, "mamba_dt_rank": 4},
        "hybrid: the layers with attention",
    ),
    "doge": Architecture(_SMALL, "grouped queries, a mask of each layer"),
    "falcon": Architecture(
        {"vocab_size": WORDS, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4},
        "one key head for all",
    ),
    "gpt_neo": Architecture(
        {
            "vocab_size": WORDS,
            "hidden_size": 32,
            "num_layers": 2,
            "num_heads": 4,
            "intermediate_size": 48,
            "max_position_embeddings": 64,
        }
        | {"attention_types": [[["global", "local"], 1]], "window_size": WINDOW},
        "sliding window in some layers",
    ),
    "gptj": Architecture(_OLD | {"rotary_dim": 4}),
    "codegen": Architecture(_OLD | {"rotary_dim": 4}),
    "bloom": Architecture(
        {"vocab_size": WORDS, "hidden_size": 32, "n_layer": 2, "n_head": 4}, "ALiBi"
    ),
    "mpt": Architecture(
        {
            "vocab_size": WORDS,
            "d_model": 32,
            "n_heads": 4,
            "n_layers": 2,
            "max_seq_len": 64,
            "expansion_ratio": 2,
        },
        "ALiBi",
    ),
    "xglm": Architecture(
        _SIZE | {"d_model": 32, "ffn_dim": 48, "num_layers": 2, "attention_heads": 4}
    ),
    "openai-gpt": Architecture(_OLD),
    # Encoders
    "bert": Architecture(_TEXT),
    "roberta": Architecture(_TEXT),
    "xlm-roberta": Architecture(_TEXT),
    "electra": Architecture(_TEXT | {"embedding_size": 32}),
    "distilbert": Architecture(_SIZE | {"dim": 32, "hidden_dim": 48, "n_layers": 2, "n_heads": 4}),
    "albert": Architecture(_TEXT | {"embedding_size": 16}, "one module for all layers"),
    "esm": Architecture(_TEXT | {"position_embedding_type": "rotary", "mask_token_id": 3}),
    "modernbert": Architecture(
        _TEXT
        | {
            "local_attention": WINDOW,
            "global_attn_every_n_layers": 2,
            "bos_token_id": 1,
            "eos_token_id": 2,
        }
        | {"cls_token_id": 1, "sep_token_id": 2},
        "band in some layers",
    ),
    "deberta": Architecture(_TEXT | _DISENTANGLED, "disentangled positions"),
    "deberta-v2": Architecture(
        _TEXT | _DISENTANGLED | {"position_buckets": 8}, "disentangled positions"
    ),
    "mpnet": Architecture(_TEXT | {"bos_token_id": 1, "eos_token_id": 2}, "relative bias"),
    "xlnet": Architecture(
        {"vocab_size": WORDS, "d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48},
        "relative positions",
    ),
    "longformer": Architecture(
        _TEXT | {"attention_window": 4}, "band, put back into a square", paddings=("right",)
    ),
    "big_bird": Architecture(_TEXT | {"attention_type": "original_full"}),
    "roformer": Architecture(_TEXT | {"embedding_size": 32}),
    "xlm": Architecture(_XLM),
    "flaubert": Architecture(_XLM),
    "convbert": Architecture(_TEXT | {"embedding_size": 32, "num_groups": 1}, "half of the heads"),
    "megatron-bert": Architecture(_TEXT),
    "rembert": Architecture(_TEXT | {"input_embedding_size": 16, "output_embedding_size": 16}),
    # Encoder and decoder
    "t5": Architecture(_T5, "relative bias, no scale", "pair", sharp=1.0),
    "mt5": Architecture(_T5, "relative bias, no scale", "pair", sharp=1.0),
    "longt5": Architecture(
        _T5 | {"local_radius": 3},
        "its encoder attends inside blocks, and is left out",
        "pair",
        sharp=1.0,
    ),
    "bart": Architecture(_PAIR, reads="pair"),
    "mbart": Architecture(_PAIR, reads="pair"),
    "marian": Architecture(_PAIR, reads="pair"),
    "pegasus": Architecture(_PAIR, reads="pair"),
    "m2m_100": Architecture(_PAIR, reads="pair"),
    "bigbird_pegasus": Architecture(
        _PAIR | {"attention_type": "original_full"}, "weights in the encoder only", "pair"
    ),
    "fsmt": Architecture(
        _PAIR | {"langs": ["en", "de"], "src_vocab_size": WORDS, "tgt_vocab_size": WORDS},
        reads="pair",
    ),
    "led": Architecture(
        _TWO
        | {
            "vocab_size": WORDS,
            "attention_window": 4,
            "max_encoder_position_embeddings": 64,
            "max_decoder_position_embeddings": 64,
        },
        "its encoder has a band",
        "pair",
        paddings=("right",),
    ),
    "whisper": Architecture(
        _PAIR | {"num_mel_bins": 8, "max_source_positions": 16, "max_target_positions": 32},
        reads="sound",
    ),
    # Images and sound
    "vit": Architecture(_IMAGE, reads="image"),
    "deit": Architecture(_IMAGE, reads="image"),
    "dinov2": Architecture(_IMAGE, reads="image"),
    "dinov2_with_registers": Architecture(_IMAGE, reads="image"),
    "beit": Architecture(
        _IMAGE | {"use_relative_position_bias": True}, "a bias of each layer", "image"
    ),
    "clip_vision_model": Architecture(_IMAGE, reads="image"),
    "siglip_vision_model": Architecture(_IMAGE | {"vision_use_head": False}, reads="image"),
    "segformer": Architecture(
        _PYRAMID, "fewer keys than queries; a stack of its own for each size", "image"
    ),
    "swin": Architecture(
        _SWIN, "inside windows of patches; a stack of its own for each size", "image"
    ),
    "wav2vec2": Architecture(_LAYERS | _SOUND, reads="sound"),
}

WITHOUT: dict[str, tuple[str, Architecture]] = {
    "mamba": ("no attention", Architecture(_PLAIN | {"state_size": 8})),
    "fnet": ("no attention", Architecture(_TEXT)),
    "rwkv": ("no attention", Architecture(_PLAIN)),
    "nystromformer": (
        "approximates attention, so that there are no weights",
        Architecture(_TEXT | {"num_landmarks": 4, "segment_means_seq_len": TOKENS}),
    ),
    "squeezebert": (
        "returns scores instead of weights",
        Architecture(_TEXT | {"embedding_size": 32}),
    ),
    "swinv2": (
        "returns the weights of each window, without its place",
        Architecture(_SWIN, reads="image"),
    ),
}
"""Of these nothing can be logged, and why."""


def config_of(model_type: str, architecture: Architecture) -> Any:
    return transformers.AutoConfig.for_model(model_type, **architecture.config)


def random_model(
    model_type: str, architecture: Architecture, implementation: str | None = None
) -> Any:
    """In evaluation mode; the weights are the same for every implementation."""
    options = {} if implementation is None else {"attn_implementation": implementation}
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(7)
        model = transformers.AutoModel.from_config(config_of(model_type, architecture), **options)
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, architecture.sharp / parameter[0].numel() ** 0.5)
    return model.eval()


def inputs(model: Any, architecture: Architecture) -> dict[str, torch.Tensor]:
    """What the model is run with, batch size 1."""
    generator = torch.Generator().manual_seed(11)

    def ids(count: int) -> torch.Tensor:
        return torch.randint(5, WORDS, (1, count), generator=generator)

    if architecture.reads == "image":
        size = model.config.image_size if hasattr(model.config, "image_size") else 16
        return {"pixel_values": torch.randn(1, 3, size, size, generator=generator)}
    if architecture.reads == "sound" and model.main_input_name == "input_values":
        return {"input_values": torch.randn(1, 400, generator=generator)}
    given = (
        {"input_features": torch.randn(1, 8, 32, generator=generator)}
        if architecture.reads == "sound"
        else {"input_ids": ids(TOKENS)}
    )
    return (
        given
        if architecture.reads == "text"
        else given | {"decoder_input_ids": ids(DECODER_TOKENS)}
    )
