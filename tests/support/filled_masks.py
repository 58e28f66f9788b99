"""Models that fill masks, and a text of which two tokens are masked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import transformers
from torch.nn import functional

from tests.support.architecture_rows import ENCODERS
from tests.support.architectures import config_of, inputs
from tests.support.cut_heads import large
from tests.support.device import DEVICE

MASK, MASKED = 4, [3, 7]
Given = dict[str, torch.Tensor]


def filling(name: str) -> tuple[Any, Given, torch.Tensor, Callable[[Any], float]]:
    """The model, its input, the text without masks, and the loss of a model on both."""
    torch.manual_seed(0)
    config = config_of(name, ENCODERS[name])
    config.mask_token_id = MASK
    model = large(transformers.AutoModelForMaskedLM.from_config(config)).to(DEVICE)
    given = inputs(model, ENCODERS[name])
    labels = given["input_ids"].clone()
    given["input_ids"][0, MASKED] = MASK

    @torch.no_grad()
    def loss(one: Any) -> float:
        logits = one(**given).logits[0, MASKED]
        return float(functional.cross_entropy(logits, labels[0, MASKED]))

    return model, given, labels, loss
