"""Layers that share one module are cut one at a time."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import transformers
from torch.nn import functional

from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tests.support.architecture_rows import ENCODERS
from tests.support.architectures import config_of
from tests.support.cut_heads import ALL, large
from tests.support.device import DEVICE

MASK, LABELS, MASKED = 4, [5, 9, 8, 5, 17, 9, 10, 6], [1, 4]


def test_albert() -> None:
    torch.manual_seed(0)
    config = config_of("albert", ENCODERS["albert"])
    config.mask_token_id = MASK
    model = large(transformers.AutoModelForMaskedLM.from_config(config)).to(DEVICE)
    ids = [MASK if place in MASKED else token for place, token in enumerate(LABELS)]
    captured = capture(model, ids)
    found = measure_effects(model, ids, capture=captured, effects=ALL, labels=LABELS)
    (effect,) = found.effects
    assert found.notes == ()
    projection = model.get_submodule(captured.stacks[0].layers[0].projection)

    @torch.no_grad()
    def loss(layer: int, head: int) -> float:
        calls = []

        def before(_: Any, given: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
            calls.append(given)
            heads = list(given[0].chunk(4, -1))
            if len(calls) - 1 == layer:
                heads[head] = torch.zeros_like(heads[head])
            return (torch.cat(heads, -1),)

        hook = projection.register_forward_pre_hook(before)
        logits = model(torch.tensor([ids], device=DEVICE)).logits[0, MASKED]
        hook.remove()
        assert len(calls) == 2
        labels = torch.tensor(LABELS, device=DEVICE)[MASKED]
        return float(functional.cross_entropy(logits, labels))

    for (_, layer), exact in effect.exact.items():
        for head, one in enumerate(exact):
            assert one == pytest.approx(loss(layer, head) - effect.value, abs=1e-5)


def test_one_of_them_alone_cannot_be_told_from_the_others() -> None:
    torch.manual_seed(0)
    config = config_of("albert", ENCODERS["albert"])
    config.mask_token_id = MASK
    model = large(transformers.AutoModelForMaskedLM.from_config(config)).to(DEVICE)
    ids = [MASK if place in MASKED else token for place, token in enumerate(LABELS)]
    captured = capture(model, ids, layers=[1])
    found = measure_effects(model, ids, capture=captured, effects=ALL, labels=LABELS)
    assert found.effects[0].exact == {}
    assert "encoder layer 1, because one module attends several times there" in found.notes[-1]
