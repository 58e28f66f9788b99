"""SmolLM2 as it is loaded once for all test processes: its package takes half a minute to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from filelock import FileLock
from transformers import AutoModelForCausalLM, AutoTokenizer

from tb_attention.demo import smollm2


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the test run see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


def loaded_smollm2(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The model and its tokenizer, of `load_smollm2`; a test skips without them."""
    if smollm2.weights_folder() is None:
        pytest.skip(f"SmolLM2 is not installed: {smollm2.INSTALL}")
    folder = shared_folder(tmp_path_factory) / "smollm2"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            model, tokenizer = smollm2.load_smollm2()
            part = folder.with_suffix(".part")
            model.save_pretrained(part)
            tokenizer.save_pretrained(part)
            part.rename(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model, AutoTokenizer.from_pretrained(folder)
