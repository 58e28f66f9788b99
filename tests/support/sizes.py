"""Sizes of small models, by what the configs of their architectures call them."""

from __future__ import annotations

from typing import Any

WORDS, TOKENS, DECODER_TOKENS = 99, 12, 9
WINDOW = 6
"""Shorter than the input, so that sliding windows hide something."""

Config = dict[str, Any]


SIZE: Config = {"vocab_size": WORDS, "max_position_embeddings": 64, "pad_token_id": 0}
TEXT: Config = SIZE | {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
PLAIN: Config = {"vocab_size": WORDS, "hidden_size": 32, "num_hidden_layers": 2}
GROUPED: Config = TEXT | {"num_key_value_heads": 2}
SMALL: Config = GROUPED | {"head_dim": 8}
OLD: Config = {"vocab_size": WORDS, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64}
XLM: Config = {
    "vocab_size": WORDS,
    "emb_dim": 32,
    "n_layers": 2,
    "n_heads": 4,
    "max_position_embeddings": 64,
    "pad_index": 0,
}
T5: Config = {
    "vocab_size": WORDS,
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 4,
    "decoder_start_token_id": 0,
}
TWO: Config = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
}
TWO |= {"encoder_attention_heads": 4, "decoder_attention_heads": 4}
PAIR: Config = SIZE | TWO | {"bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2}
LAYERS: Config = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
IMAGE: Config = LAYERS | {"image_size": 16, "patch_size": 4}
SWIN: Config = {
    "image_size": 32,
    "patch_size": 2,
    "embed_dim": 16,
    "depths": [2, 2],
    "num_heads": [2, 4],
    "window_size": 4,
}
SLIDING: Config = {
    "sliding_window": WINDOW,
    "layer_types": ["sliding_attention", "full_attention"],
}
LATENT: Config = {
    "q_lora_rank": 16,
    "kv_lora_rank": 16,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 16,
    "v_head_dim": 16,
}
EXPERTS: Config = {
    "n_routed_experts": 4,
    "n_group": 1,
    "topk_group": 1,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 16,
}
LINEAR: Config = {
    "linear_num_value_heads": 4,
    "linear_num_key_heads": 2,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
}
FEW: Config = {
    "num_experts": 2,
    # All of them: where a choice hangs by a hair, steps and a whole pass are other models.
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 16,
    "shared_expert_intermediate_size": 16,
}
MAMBA: Config = {
    "attn_layer_period": 2,
    "attn_layer_offset": 1,
    "num_experts": 2,
    "use_mamba_kernels": False,
    "mamba_d_state": 8,
}
PYRAMID: Config = {
    "num_encoder_blocks": 2,
    "depths": [1, 1],
    "sr_ratios": [2, 1],
    "hidden_sizes": [16, 32],
    "decoder_hidden_size": 16,
}
PYRAMID |= {
    "num_attention_heads": [2, 4],
    "patch_sizes": [3, 3],
    "strides": [2, 2],
    "mlp_ratios": [2, 2],
}
SOUND: Config = {
    "conv_dim": [8, 8],
    "conv_stride": [5, 2],
    "conv_kernel": [10, 3],
    "num_feat_extract_layers": 2,
}
SOUND |= {"num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2}
DISENTANGLED: Config = {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]}
