"""The screen beside exact effects, on a real model."""

from __future__ import annotations

import numpy as np
import pytest

from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.options import Effects
from tests.support.smollm2 import loaded_smollm2

TEXT, ANSWERS = "The nurse said that", (" she", " he")


def ranks(values: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(values))


def test_the_screen_ranks_heads_as_cuts_do(
    capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    model, tokenizer = loaded_smollm2(tmp_path_factory)
    captured = capture(model, TEXT, tokenizer)
    found = measure_effects(
        model, TEXT, tokenizer, capture=captured, effects=Effects(exact="all"), answers=ANSWERS
    )
    assert found.notes == ()
    assert [effect.number for effect in found.effects] == ["loss", "answer"]
    assert found.effects[1].value > 1  # "she" is likelier
    for effect in found.effects:
        exact, estimate = (
            np.concatenate(list(one.values())) for one in (effect.exact, effect.estimate)
        )
        assert len(exact) == 270
        spearman = np.corrcoef(ranks(exact), ranks(estimate))[0, 1]
        with capsys.disabled():
            print(f"\n{effect.number}: Spearman of screen and exact {spearman:.3f}")
        assert spearman >= 0.8
