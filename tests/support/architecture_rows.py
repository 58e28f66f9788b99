"""Architectures of transformers: one row of docs/models.md each."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.sizes import (
    DISENTANGLED,
    EXPERTS,
    FEW,
    GROUPED,
    IMAGE,
    LATENT,
    LAYERS,
    LINEAR,
    MAMBA,
    OLD,
    PAIR,
    PLAIN,
    PYRAMID,
    SIZE,
    SLIDING,
    SMALL,
    SOUND,
    SWIN,
    T5,
    TEXT,
    TOKENS,
    TWO,
    WINDOW,
    WORDS,
    XLM,
    Config,
)


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


DECODERS: dict[str, Architecture] = {
    "gpt2": Architecture(OLD),
    "gpt_bigcode": Architecture(OLD, "one key head for all"),
    "gpt_neox": Architecture(TEXT),
    "opt": Architecture(
        TEXT | {"ffn_dim": 48, "word_embed_proj_dim": 32}, "queries scaled beforehand"
    ),
    "biogpt": Architecture(TEXT),
    "ctrl": Architecture(OLD | {"dff": 48}),
    "llama": Architecture(GROUPED, "grouped queries"),
    "mixtral": Architecture(GROUPED | {"num_local_experts": 2}, "grouped queries"),
    "mistral": Architecture(
        GROUPED | {"sliding_window": WINDOW}, "grouped queries, sliding window"
    ),
    "qwen2": Architecture(
        GROUPED | SLIDING | {"use_sliding_window": True},
        "grouped queries, sliding window in some layers",
    ),
    "qwen3": Architecture(SMALL, "grouped queries"),
    "qwen3_next": Architecture(
        SMALL | LINEAR | FEW | {"num_hidden_layers": 4}, "hybrid: the layers with attention"
    ),
    "gemma": Architecture(SMALL, "grouped queries"),
    "gemma2": Architecture(
        SMALL | SLIDING | {"query_pre_attn_scalar": 8}, "soft cap, sliding window in some layers"
    ),
    "gemma3_text": Architecture(
        SMALL | SLIDING | {"query_pre_attn_scalar": 8},
        "grouped queries, sliding window in some layers",
    ),
    "phi": Architecture(GROUPED, "grouped queries"),
    "phi3": Architecture(GROUPED | {"sliding_window": WINDOW}, "grouped queries, sliding window"),
    "olmo2": Architecture(GROUPED, "grouped queries"),
    "granite": Architecture(
        GROUPED | {"attention_multiplier": 0.3}, "grouped queries, a scale of its own"
    ),
    "stablelm": Architecture(GROUPED, "grouped queries"),
    "glm4": Architecture(SMALL, "grouped queries"),
    "smollm3": Architecture(GROUPED, "grouped queries"),
    "starcoder2": Architecture(
        GROUPED | {"sliding_window": WINDOW}, "grouped queries, sliding window"
    ),
    "cohere2": Architecture(GROUPED | SLIDING, "grouped queries, sliding window in some layers"),
    "llama4_text": Architecture(
        SMALL
        | {"attention_chunk_size": WINDOW, "num_local_experts": 2, "intermediate_size_mlp": 48},
        "chunks",
    ),
    "gpt_oss": Architecture(
        SMALL | SLIDING | {"num_local_experts": 2, "num_experts_per_tok": 1},
        "sinks, sliding window in some layers",
    ),
    "deepseek_v3": Architecture(
        TEXT | LATENT | EXPERTS | {"num_key_value_heads": 4, "first_k_dense_replace": 1},
        "latent keys",
    ),
    "jamba": Architecture(
        GROUPED | MAMBA | {"num_hidden_layers": 4, "mamba_dt_rank": 4},
        "hybrid: the layers with attention",
    ),
    "doge": Architecture(SMALL, "grouped queries, a mask of each layer"),
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
    "gptj": Architecture(OLD | {"rotary_dim": 4}),
    "codegen": Architecture(OLD | {"rotary_dim": 4}),
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
        SIZE | {"d_model": 32, "ffn_dim": 48, "num_layers": 2, "attention_heads": 4}
    ),
    "openai-gpt": Architecture(OLD),
}
ENCODERS: dict[str, Architecture] = {
    "bert": Architecture(TEXT),
    "roberta": Architecture(TEXT),
    "xlm-roberta": Architecture(TEXT),
    "electra": Architecture(TEXT | {"embedding_size": 32}),
    "distilbert": Architecture(SIZE | {"dim": 32, "hidden_dim": 48, "n_layers": 2, "n_heads": 4}),
    "albert": Architecture(TEXT | {"embedding_size": 16}, "one module for all layers"),
    "esm": Architecture(TEXT | {"position_embedding_type": "rotary", "mask_token_id": 3}),
    "modernbert": Architecture(
        TEXT
        | {
            "local_attention": WINDOW,
            "global_attn_every_n_layers": 2,
            "bos_token_id": 1,
            "eos_token_id": 2,
        }
        | {"cls_token_id": 1, "sep_token_id": 2},
        "band in some layers",
    ),
    "deberta": Architecture(TEXT | DISENTANGLED, "disentangled positions"),
    "deberta-v2": Architecture(
        TEXT | DISENTANGLED | {"position_buckets": 8}, "disentangled positions"
    ),
    "mpnet": Architecture(TEXT | {"bos_token_id": 1, "eos_token_id": 2}, "relative bias"),
    "xlnet": Architecture(
        {"vocab_size": WORDS, "d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48},
        "relative positions",
    ),
    "longformer": Architecture(
        TEXT | {"attention_window": 4}, "band, put back into a square", paddings=("right",)
    ),
    "big_bird": Architecture(TEXT | {"attention_type": "original_full"}),
    "roformer": Architecture(TEXT | {"embedding_size": 32}),
    "xlm": Architecture(XLM),
    "flaubert": Architecture(XLM),
    "convbert": Architecture(TEXT | {"embedding_size": 32, "num_groups": 1}, "half of the heads"),
    "megatron-bert": Architecture(TEXT),
    "rembert": Architecture(TEXT | {"input_embedding_size": 16, "output_embedding_size": 16}),
}
PAIRS: dict[str, Architecture] = {
    "t5": Architecture(T5, "relative bias, no scale", "pair", sharp=1.0),
    "mt5": Architecture(T5, "relative bias, no scale", "pair", sharp=1.0),
    "longt5": Architecture(
        T5 | {"local_radius": 3},
        "its encoder attends inside blocks, and is left out",
        "pair",
        sharp=1.0,
    ),
    "bart": Architecture(PAIR, reads="pair"),
    "mbart": Architecture(PAIR, reads="pair"),
    "marian": Architecture(PAIR, reads="pair"),
    "pegasus": Architecture(PAIR, reads="pair"),
    "m2m_100": Architecture(PAIR, reads="pair"),
    "bigbird_pegasus": Architecture(
        PAIR | {"attention_type": "original_full"}, "weights in the encoder only", "pair"
    ),
    "fsmt": Architecture(
        PAIR | {"langs": ["en", "de"], "src_vocab_size": WORDS, "tgt_vocab_size": WORDS},
        reads="pair",
    ),
    "led": Architecture(
        TWO
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
        PAIR | {"num_mel_bins": 8, "max_source_positions": 16, "max_target_positions": 32},
        reads="sound",
    ),
}
IMAGES_AND_SOUND: dict[str, Architecture] = {
    "vit": Architecture(IMAGE, reads="image"),
    "deit": Architecture(IMAGE, reads="image"),
    "dinov2": Architecture(IMAGE, reads="image"),
    "dinov2_with_registers": Architecture(IMAGE, reads="image"),
    "beit": Architecture(
        IMAGE | {"use_relative_position_bias": True}, "a bias of each layer", "image"
    ),
    "clip_vision_model": Architecture(IMAGE, reads="image"),
    "siglip_vision_model": Architecture(IMAGE | {"vision_use_head": False}, reads="image"),
    "segformer": Architecture(
        PYRAMID, "fewer keys than queries; a stack of its own for each size", "image"
    ),
    "swin": Architecture(
        SWIN, "inside windows of patches; a stack of its own for each size", "image"
    ),
    "wav2vec2": Architecture(LAYERS | SOUND, reads="sound"),
}
WITHOUT: dict[str, tuple[str, Architecture]] = {
    "mamba": ("no attention", Architecture(PLAIN | {"state_size": 8})),
    "fnet": ("no attention", Architecture(TEXT)),
    "rwkv": ("no attention", Architecture(PLAIN)),
    "nystromformer": (
        "approximates attention, so that there are no weights",
        Architecture(TEXT | {"num_landmarks": 4, "segment_means_seq_len": TOKENS}),
    ),
    "squeezebert": (
        "returns scores instead of weights",
        Architecture(TEXT | {"embedding_size": 32}),
    ),
    "swinv2": (
        "returns the weights of each window, without its place",
        Architecture(SWIN, reads="image"),
    ),
}
"""Of these nothing can be logged, and why."""
