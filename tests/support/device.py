"""Where the models of the tests run."""

from __future__ import annotations

import os

import torch

DEVICE = torch.device(os.environ.get("TEST_DEVICE", "cpu"))
"""TEST_DEVICE=cuda runs what is tested beside the model's own attention on an accelerator."""


def moved(given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The inputs of a model, there."""
    return {name: tensor.to(DEVICE) for name, tensor in given.items()}
