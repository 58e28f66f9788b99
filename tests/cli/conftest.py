"""Saved models for the commands, which find no hub and no launcher."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import transformers

from tb_attention.demo.corpus import trained_tokenizer
from tests.support.commands import STEPS, TEXTS


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkpoints of a tiny GPT-2 at steps 500, 1000 and 1500, and probes.txt."""
    directory = tmp_path_factory.mktemp("saved")
    tokenizer = trained_tokenizer(list(TEXTS.values()), 270)
    for step in STEPS:
        torch.manual_seed(step)
        config = transformers.GPT2Config(
            vocab_size=len(tokenizer),
            n_positions=64,
            n_embd=32,
            n_layer=2,
            n_head=4,
            initializer_range=0.5,
            bos_token_id=0,
            eos_token_id=0,
        )
        folder = directory / f"checkpoint-{step}"
        transformers.GPT2LMHeadModel(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    (directory / "probes.txt").write_text(
        "doctor: The doctor asked the nurse.\n\nA second line\n", "utf-8"
    )
    return directory


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hub and no launcher."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
