"""Small random models of transformers with several towers, and what each is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import transformers as hf

TEXT = {
    "vocab_size": 99,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
LLAMA = TEXT | {"num_key_value_heads": 2}
SMALL = LLAMA | {"head_dim": 8}
IMAGE = {name: TEXT[name] for name in list(TEXT)[1:5]} | {"image_size": 32, "patch_size": 8}
PAIR = {
    "vocab_size": 99,
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 48,
    "decoder_ffn_dim": 48,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "decoder_start_token_id": 2,
}
SOUND = {
    "conv_dim": [8, 8],
    "conv_stride": [5, 2],
    "conv_kernel": [10, 3],
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 4,
    "num_conv_pos_embedding_groups": 2,
}
IDS = torch.arange(5, 13)[None]
PICTURE = 98
"""The token that stands for a patch in a text."""
MIXED = torch.cat([torch.tensor([[5, 6]]), torch.full((1, 16), PICTURE), torch.tensor([[7, 8]])], 1)
"""A text of 20 tokens with an image of 16 patches in it."""

Given = dict[str, torch.Tensor]


def sharp(model: Any, size: float = 0.3) -> Any:
    """With weights that make attention uneven."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.data.normal_(0, size)
    return model.eval()


def pixels(images: int = 1, size: int = 32) -> torch.Tensor:
    return torch.randn(images, 3, size, size, generator=torch.Generator().manual_seed(1))


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(2))


def _vision_text(name: str, text: dict[str, Any] | None = None) -> Callable[[], Any]:
    def make() -> Any:
        config = getattr(hf, f"{name}Config")(text_config=TEXT | (text or {}), vision_config=IMAGE)
        return getattr(hf, f"{name}Model")(config)

    return make


def llava() -> Any:
    vision = {"model_type": "clip_vision_model"} | IMAGE
    text = {"model_type": "llama"} | LLAMA
    config = hf.LlavaConfig(vision_config=vision, text_config=text, image_token_index=PICTURE)
    return hf.LlavaForConditionalGeneration(config)


def paligemma() -> Any:
    vision = {"model_type": "siglip_vision_model", "vision_use_head": False} | IMAGE
    text = {"model_type": "gemma"} | SMALL
    return hf.PaliGemmaForConditionalGeneration(
        hf.PaliGemmaConfig(
            vision_config=vision, text_config=text, image_token_index=PICTURE, projection_dim=32
        )
    )


def gemma3() -> Any:
    vision = {"model_type": "siglip_vision_model", "vision_use_head": False} | IMAGE
    layers = {"sliding_window": 6, "layer_types": ["sliding_attention", "full_attention"]}
    text = {"model_type": "gemma3_text", "query_pre_attn_scalar": 8} | SMALL | layers
    return hf.Gemma3ForConditionalGeneration(
        hf.Gemma3Config(
            vision_config=vision,
            text_config=text,
            image_token_index=PICTURE,
            mm_tokens_per_image=16,
        )
    )


def blip2() -> Any:
    text = {"model_type": "opt", "ffn_dim": 48, "word_embed_proj_dim": 32} | TEXT
    return hf.Blip2ForConditionalGeneration(
        hf.Blip2Config(
            vision_config=IMAGE,
            qformer_config=TEXT | {"encoder_hidden_size": 32},
            text_config=text | {"max_position_embeddings": 64},
            num_query_tokens=16,
            image_token_index=PICTURE,
        )
    )


def bert2bert() -> Any:
    decoder = hf.BertConfig(**TEXT, is_decoder=True, add_cross_attention=True)
    return hf.EncoderDecoderModel(
        hf.EncoderDecoderConfig.from_encoder_decoder_configs(hf.BertConfig(**TEXT), decoder)
    )


def image_captioner() -> Any:
    decoder = hf.GPT2Config(n_embd=32, n_layer=2, n_head=4, vocab_size=99, n_positions=64)
    return hf.VisionEncoderDecoderModel(
        hf.VisionEncoderDecoderConfig.from_encoder_decoder_configs(hf.ViTConfig(**IMAGE), decoder)
    )


def speech_writer() -> Any:
    encoder = hf.Wav2Vec2Config(**TEXT | SOUND)
    decoder = hf.BertConfig(**TEXT, is_decoder=True, add_cross_attention=True)
    return hf.SpeechEncoderDecoderModel(
        hf.SpeechEncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder)
    )


def whisper() -> Any:
    return hf.WhisperForConditionalGeneration(
        hf.WhisperConfig(**PAIR, num_mel_bins=8, max_source_positions=30, max_target_positions=32)
    )


def detr() -> Any:
    stages = {"hidden_sizes": [8] * 4, "depths": [1] * 4, "out_features": ["stage4"]}
    backbone = hf.ResNetConfig(embedding_size=8, **stages)
    own = {name: value for name, value in PAIR.items() if "token" not in name}
    return hf.DetrModel(
        hf.DetrConfig(
            use_timm_backbone=False,
            use_pretrained_backbone=False,
            backbone_config=backbone,
            num_queries=5,
            **own,
        )
    )


def decision_transformer() -> Any:
    return hf.DecisionTransformerModel(
        hf.DecisionTransformerConfig(state_dim=5, act_dim=3, hidden_size=32, n_layer=2, n_head=4)
    )


def mimi() -> Any:
    own = {name: LLAMA[name] for name in list(TEXT)[1:5]} | {"num_key_value_heads": 4}
    codes = {"codebook_size": 16, "codebook_dim": 8, "num_quantizers": 4}
    return hf.MimiModel(
        hf.MimiConfig(
            **own,
            **codes,
            head_dim=8,
            num_filters=4,
            vector_quantization_hidden_dimension=8,
            upsample_groups=32,
        )
    )


def kosmos2() -> Any:
    text = {"vocab_size": 99, "embed_dim": 32, "layers": 2, "attention_heads": 4, "ffn_dim": 48}
    return hf.Kosmos2Model(
        hf.Kosmos2Config(
            text_config=text | {"max_position_embeddings": 64},
            vision_config=IMAGE,
            latent_query_num=4,
        )
    )


def dual_encoder() -> Any:
    config = hf.VisionTextDualEncoderConfig.from_vision_text_configs(
        hf.ViTConfig(**IMAGE), hf.BertConfig(**TEXT)
    )
    return hf.VisionTextDualEncoderModel(config)


_BOTH = {"input_ids": IDS, "pixel_values": pixels()}
_PLACES = {"input_ids": MIXED, "pixel_values": pixels()}
_STATES = {
    "states": numbers(1, 4, 5),
    "actions": numbers(1, 4, 3),
    "rewards": numbers(1, 4, 1),
    "returns_to_go": numbers(1, 4, 1),
    "timesteps": torch.arange(4)[None],
}

TOWERS: dict[str, tuple[Callable[[], Any], Given, dict[str, tuple[int, int]]]] = {
    "clip": (_vision_text("CLIP"), _BOTH, {"encoder": (17, 17), "decoder": (8, 8)}),
    "siglip": (
        _vision_text("Siglip", {"max_position_embeddings": 16}),
        _BOTH,
        {"encoder": (16, 16), "encoder 2": (8, 8), "cross": (1, 16)},
    ),
    "clipseg": (_vision_text("CLIPSeg"), _BOTH, {"encoder": (17, 17), "decoder": (8, 8)}),
    "chinese clip": (
        _vision_text("ChineseCLIP"),
        _BOTH,
        {"encoder": (17, 17), "encoder 2": (8, 8)},
    ),
    "owlvit": (
        _vision_text("OwlViT", {"max_position_embeddings": 16}),
        _BOTH,
        {"encoder": (17, 17), "decoder": (8, 8)},
    ),
    "dual encoder": (dual_encoder, _BOTH, {"encoder": (17, 17), "encoder 2": (8, 8)}),
    "llava": (llava, _PLACES, {"encoder": (17, 17), "decoder": (20, 20)}),
    "gemma3": (
        gemma3,
        _PLACES | {"token_type_ids": (MIXED == PICTURE).long()},
        {"encoder": (16, 16), "decoder": (20, 20)},
    ),
    "paligemma": (
        paligemma,
        _PLACES | {"token_type_ids": (torch.arange(20)[None] > 18).long()},
        {"encoder": (16, 16), "decoder": (20, 20)},
    ),
    "blip2": (
        blip2,
        _PLACES,
        {"encoder": (17, 17), "encoder 2": (16, 16), "decoder": (20, 20), "cross": (16, 17)},
    ),
    "bert2bert": (
        bert2bert,
        {"input_ids": IDS, "decoder_input_ids": IDS[:, :5]},
        {"encoder": (8, 8), "decoder": (5, 5), "cross": (5, 8)},
    ),
    "image captioner": (
        image_captioner,
        {"pixel_values": pixels(), "decoder_input_ids": IDS[:, :5]},
        {"encoder": (17, 17), "decoder": (5, 5), "cross": (5, 17)},
    ),
    "speech writer": (
        speech_writer,
        {"input_values": numbers(1, 400), "decoder_input_ids": IDS[:, :5]},
        {"encoder": (39, 39), "decoder": (5, 5), "cross": (5, 39)},
    ),
    "whisper": (
        whisper,
        {"input_features": numbers(1, 8, 60), "decoder_input_ids": IDS[:, :5]},
        {"encoder": (30, 30), "decoder": (5, 5), "cross": (5, 30)},
    ),
    "detr": (
        detr,
        {"pixel_values": pixels(size=96)},
        {"encoder": (9, 9), "decoder": (5, 5), "cross": (5, 9)},
    ),
    "decision transformer": (decision_transformer, _STATES, {"decoder": (12, 12)}),
    "mimi": (
        mimi,
        {"input_values": numbers(1, 1, 8000)},
        {"decoder": (9, 9), "decoder 2": (10, 10)},
    ),
    "kosmos2": (
        kosmos2,
        _BOTH | {"image_embeds_position_mask": torch.tensor([[0, 1, 1, 1, 1, 0, 0, 0]]).bool()},
        {"encoder": (17, 17), "decoder": (8, 8), "cross": (4, 21)},
    ),
}
"""Name -> how it is made, what it is given, and queries and keys of each of its stacks."""
