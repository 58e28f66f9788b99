"""How large captures will be, against captures of small models of many architectures."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tb_attention.capture import capture
from tb_attention.errors import InvalidInput
from tb_attention.log.size import capture_bytes
from tb_attention.record.summary import stored_bytes
from tests.support.architectures import ARCHITECTURES, random_model

IDS = [5, 6, 7, 8, 9, 10, 11]
NAMES = [
    "gpt2",
    "llama",
    "mistral",
    "gemma2",
    "qwen3",
    "qwen3_next",
    "deepseek_v3",
    "opt",
    "gpt_neox",
    "bert",
    "modernbert",
    "t5",
    "bart",
]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_is_stored(name: str) -> None:
    model: Any = random_model(name, ARCHITECTURES[name])
    decoder = [5, 6, 7] if model.config.is_encoder_decoder else None
    for layers in (None, [3 if name == "qwen3_next" else 1]):
        captured = capture(model, IDS, decoder=decoder, layers=layers)
        for heads, float32 in ((None, False), ([0, 3], True)):
            expected = stored_bytes(captured, heads=heads, float32=float32)
            for of in (model, model.config):
                assert (
                    capture_bytes(
                        of, len(IDS), decoder_tokens=3, layers=layers, heads=heads, float32=float32
                    )
                    == expected
                )


def test_the_figures_of_the_readme() -> None:
    config = {"num_hidden_layers": 12, "num_attention_heads": 12, "hidden_size": 768}
    small = type("Config", (), config)()
    assert [round(capture_bytes(small, tokens) / 1e6, 1) for tokens in (64, 256, 1024)] == [
        2.4,
        9.6,
        38.3,
    ]


def test_a_model_that_does_not_say() -> None:
    with pytest.raises(InvalidInput, match="Linear does not say num_hidden_layers"):
        capture_bytes(torch.nn.Linear(1, 1), 4)
