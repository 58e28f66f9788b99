"""SmolLM2 as it is loaded once for all test processes: its package takes half a minute to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tb_attention.demo import smollm2
from tests.support.shared import made_once


def loaded_smollm2(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The model and its tokenizer, of `load_smollm2`; a test skips without them."""
    if smollm2.weights_folder() is None:
        pytest.skip(f"SmolLM2 is not installed: {smollm2.INSTALL}")

    def save(folder: Path) -> None:
        for part in smollm2.load_smollm2():
            part.save_pretrained(folder)

    folder = made_once(tmp_path_factory, "smollm2", save)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model, AutoTokenizer.from_pretrained(folder)
