"""Models whose towers have another batch than the model, or look at each other."""

from __future__ import annotations

from typing import Any

import torch
import transformers as hf

from tests.support.towers import IMAGE, LLAMA, PICTURE, TEXT, pixels

FRAMES = pixels(4).view(2, 2, 3, 32, 32)
"""Two videos of two frames each."""
CHOICES = torch.arange(5, 37).view(2, 2, 8)
"""Two questions with two answers each."""
TWO_IMAGES = {
    "input_ids": torch.tensor([[5] + [PICTURE] * 16 + [6] + [PICTURE] * 8 + [7]]),
    "pixel_values": pixels(2),
    "image_sizes": torch.tensor([[32, 32], [16, 32]]),
}
"""A text with two images, the second half as high."""


def xclip() -> Any:
    """Text beside videos, whose frames are the batch of the image tower."""
    both = {"mit_hidden_size": 32, "mit_intermediate_size": 48, "num_frames": 2}
    heads = {"mit_num_hidden_layers": 1, "mit_num_attention_heads": 4}
    own = {"projection_dim": 32, "prompt_attention_heads": 4, "prompt_layers": 1}
    return hf.XCLIPModel(
        hf.XCLIPConfig(text_config=TEXT, vision_config=IMAGE | both | heads, **own)
    )


def multiple_choice() -> Any:
    return hf.BertForMultipleChoice(hf.BertConfig(**TEXT))


def pixtral() -> Any:
    """The patches of all images are one row, in which each image sees itself."""
    vision = {"model_type": "pixtral"} | IMAGE
    text = {"model_type": "llama"} | LLAMA
    return hf.LlavaForConditionalGeneration(
        hf.LlavaConfig(
            vision_config=vision,
            text_config=text,
            image_token_index=PICTURE,
            vision_feature_select_strategy="full",
        )
    )


def bridgetower() -> Any:
    """Layers of self and of cross attention in lists that are called cross."""
    own = {name: value for name, value in TEXT.items() if "token" not in name and name[0] != "v"}
    vision = {"hidden_size": 64, "num_hidden_layers": 3, "patch_size": 8, "image_size": 32}
    return hf.BridgeTowerModel(
        hf.BridgeTowerConfig(
            **own, text_config=TEXT | {"num_hidden_layers": 3}, vision_config=vision
        )
    )


def groupvit() -> Any:
    """Its image tower returns what belongs to which group, and no attention."""
    groups = {"num_group_tokens": [4, 2, 0], "num_output_groups": [4, 2, 0]}
    vision = IMAGE | {"depths": [1, 1, 1], "num_hidden_layers": 3} | groups
    return hf.GroupViTModel(hf.GroupViTConfig(text_config=TEXT, vision_config=vision))


def donut() -> Any:
    """Its first stage attends inside of four windows, its second has one."""
    stages = {"embed_dim": 8, "depths": [2, 2], "num_heads": [2, 4], "window_size": 4}
    return hf.DonutSwinModel(hf.DonutSwinConfig(image_size=32, patch_size=4, **stages))


def timesformer() -> Any:
    """All its attention is inside of frames, or over time at one place."""
    return hf.TimesformerModel(hf.TimesformerConfig(**IMAGE, num_frames=4))
