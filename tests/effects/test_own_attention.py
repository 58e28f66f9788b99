"""Heads of models that multiply weights with values themselves are cut before their projection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import transformers

from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tests.support.architecture_rows import DECODERS
from tests.support.architectures import config_of, inputs
from tests.support.cut_heads import ALL, cut, large, measured, next_token_loss
from tests.support.device import DEVICE
from tests.support.filled_masks import filling

PREDICTS = {
    "gpt_neo": "transformer.h.{}.attn.attention.out_proj",
    "gptj": "transformer.h.{}.attn.out_proj",
    "codegen": "transformer.h.{}.attn.out_proj",
    "bloom": "transformer.h.{}.self_attention.dense",
    "mpt": "transformer.blocks.{}.attn.out_proj",
    "xglm": "model.layers.{}.self_attn.out_proj",
    "openai-gpt": "transformer.h.{}.attn.c_proj",
}
FILLS = {
    "deberta": "deberta.encoder.layer.{}.attention.output.dense",
    "deberta-v2": "deberta.encoder.layer.{}.attention.output.dense",
    "mpnet": "mpnet.encoder.layer.{}.attention.attn.o",
    "longformer": "longformer.encoder.layer.{}.attention.output.dense",
    "roformer": "roformer.encoder.layer.{}.attention.output.dense",
    "xlm": "transformer.attentions.{}.out_lin",
}


def compared(model: Any, names: str, effect: Any, loss: Any) -> None:
    assert len(effect.exact) == 2
    assert effect.value == pytest.approx(loss(model), abs=1e-5)
    for (_, layer), exact in effect.exact.items():
        others = [cut(model, names.format(layer), len(exact), head) for head in range(len(exact))]
        expected = np.array(list(map(loss, others))) - loss(model)
        np.testing.assert_allclose(exact, expected, rtol=1e-5, atol=1e-5)
        assert np.abs(exact).max() > 1e-3
    assert all(np.abs(one).max() > 0 for one in effect.estimate.values())


@pytest.mark.parametrize("name", PREDICTS)
def test_a_model_that_predicts_what_comes_next(name: str) -> None:
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config_of(name, DECODERS[name]))
    model = large(model).to(DEVICE)
    given = inputs(model, DECODERS[name])

    @torch.no_grad()
    def loss(one: Any) -> float:
        return next_token_loss(one(**given).logits, given["input_ids"])

    compared(model, PREDICTS[name], measured(model, given)[1], loss)


@pytest.mark.parametrize("name", FILLS)
def test_a_model_that_fills_masks(name: str) -> None:
    model, given, labels, loss = filling(name)
    compared(model, FILLS[name], measured(model, given, labels=labels)[1], loss)


def test_what_proves_nothing_is_not_cut() -> None:
    """Half of its heads are convolutions, which go into the same projection."""
    model, given, labels, _ = filling("convbert")
    captured = capture(model, given)
    found = measure_effects(model, given, capture=captured, effects=ALL, labels=labels)
    assert found.effects[0].exact == {}
    assert "encoder layers 0, 1, because no attention function is seen" in found.notes[-1]
