"""Small random models of many architectures of transformers, and what each is run with."""

from __future__ import annotations

from typing import Any

import torch
import transformers

from tests.support.architecture_rows import (
    DECODERS,
    ENCODERS,
    IMAGES_AND_SOUND,
    PAIRS,
    Architecture,
)
from tests.support.device import DEVICE, moved
from tests.support.sizes import DECODER_TOKENS, TOKENS, WORDS

ARCHITECTURES = DECODERS | ENCODERS | PAIRS | IMAGES_AND_SOUND


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
    return model.eval().to(DEVICE)


def inputs(model: Any, architecture: Architecture) -> dict[str, torch.Tensor]:
    """What the model is run with, batch size 1."""
    return moved(_inputs(model, architecture))


def _inputs(model: Any, architecture: Architecture) -> dict[str, torch.Tensor]:
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
