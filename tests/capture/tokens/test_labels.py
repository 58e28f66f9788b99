"""Patches are labelled where the tokens of a stack are patches, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import transformers as hf

from tb_attention.capture import capture
from tests.support.towers import (
    IDS,
    IMAGE,
    MIXED,
    PAIR,
    TEXT,
    TOWERS,
    Given,
    numbers,
    pixels,
    sharp,
)

_PATCHES = (b"[CLS]", *(b"patch %d,%d" % (place // 4, place % 4) for place in range(16)))


def _places(count: int) -> tuple[bytes, ...]:
    return tuple(str(place).encode() for place in range(count))


def _words(ids: torch.Tensor) -> tuple[bytes, ...]:
    return tuple(str(token).encode() for token in ids[0].tolist())


def _layout() -> Any:
    """Eight words and an image of 17 tokens, which are 25 together: five rows of five."""
    own = {"input_size": 16, "patch_size": 4, "coordinate_size": 4, "shape_size": 8}
    flags = {"has_relative_attention_bias": False, "has_spatial_attention_bias": False}
    return hf.LayoutLMv3Model(hf.LayoutLMv3Config(**TEXT | own | flags))


def _masked() -> Any:
    """A quarter of the patches is left: 4 of 16, which would be two rows of two."""
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4}
    decoder = {f"decoder_{name}": value for name, value in sizes.items()}
    return hf.ViTMAEForPreTraining(hf.ViTMAEConfig(**IMAGE | decoder, decoder_intermediate_size=48))


def _reader() -> Any:
    """Its encoder is given ids as the values of a sound."""
    own = {name: value for name, value in PAIR.items() if name not in ("d_model", "vocab_size")}
    units = {"speech_decoder_prenet_units": 16, "speech_decoder_postnet_units": 16}
    sizes = {"vocab_size": 99, "hidden_size": 32, "num_mel_bins": 8, "speaker_embedding_dim": 8}
    return hf.SpeechT5ForTextToSpeech(hf.SpeechT5Config(**own | units | sizes))


CASES: dict[str, tuple[Callable[[], Any], Given, list[tuple[bytes, ...]]]] = {
    "words and patches in one stack": (
        _layout,
        {
            "input_ids": IDS,
            "bbox": torch.zeros(1, 8, 4, dtype=torch.long),
            "pixel_values": pixels(size=16),
        },
        [_places(25)],
    ),
    "words before patches": (
        lambda: hf.ViltModel(hf.ViltConfig(**TEXT | IMAGE)),
        {
            "input_ids": IDS,
            "pixel_values": pixels(),
            "pixel_mask": torch.ones(1, 32, 32, dtype=torch.long),
        },
        [_places(25)],
    ),
    "words after patches": (
        lambda: hf.GitModel(hf.GitConfig(vision_config=IMAGE, **TEXT)),
        {"input_ids": IDS, "pixel_values": pixels()},
        [_PATCHES, _places(25)],
    ),
    "patches of which some were left out": (
        lambda: _masked().vit,
        {"pixel_values": pixels(), "noise": torch.rand(1, 16)},
        [_places(5)],
    ),
    "queries of a summary, as many as patches": (
        TOWERS["blip2"][0],
        TOWERS["blip2"][1],
        [_PATCHES, _places(16), _words(MIXED)],
    ),
    "words that are read aloud": (
        _reader,
        {
            "input_ids": IDS,
            "decoder_input_values": numbers(1, 6, 8),
            "speaker_embeddings": numbers(1, 8),
        },
        [_words(IDS), _places(6)],
    ),
    "a feature map": (TOWERS["detr"][0], TOWERS["detr"][1], [_places(9), _places(5)]),
    "patches": (lambda: hf.ViTModel(hf.ViTConfig(**IMAGE)), {"pixel_values": pixels()}, [_PATCHES]),
    "words": (
        lambda: hf.CLIPTextModel(hf.CLIPTextConfig(**TEXT)),
        {"input_ids": IDS},
        [_words(IDS)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_labels_of_tokens(name: str) -> None:
    make, given, expected = CASES[name]
    captured = capture(sharp(make()), given)
    assert [one.tokens for one in captured.sequences] == expected
