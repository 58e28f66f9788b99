"""Exact effects against copies of the model whose heads are really cut."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch

from tb_attention.capture import capture
from tb_attention.effects.measure import measure_effects
from tb_attention.effects.options import Effects
from tb_attention.errors import InvalidInput
from tests.support.models import gpt2

IDS = (5, 3, 8, 5, 3, 9, 10, 4)


def measured(model: Any, ids: Any = IDS, **options: Any) -> Any:
    captured = capture(model, ids, options.get("tokenizer"))
    return measure_effects(model, ids, capture=captured, **options)


def loss_of(model: Any) -> float:
    ids = torch.tensor([IDS])
    with torch.no_grad():
        return float(model.eval()(ids, labels=ids).loss)


def gpt2_without(model: Any, layer: int, head: int) -> Any:
    other = copy.deepcopy(model)
    with torch.no_grad():
        other.transformer.h[layer].attn.c_proj.weight[8 * head : 8 * (head + 1)] = 0
    return other


def large_gpt2() -> Any:
    model = gpt2()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def test_exact_effects_are_those_of_a_model_without_the_head() -> None:
    model = large_gpt2()
    found = measured(model, effects=Effects(exact="all"))
    (effect,) = found.effects
    assert effect.value == pytest.approx(loss_of(model), abs=1e-5)
    for layer in range(2):
        for head in range(2):
            without = loss_of(gpt2_without(model, layer, head)) - loss_of(model)
            assert effect.exact["decoder", layer][head] == pytest.approx(without, abs=1e-5)


def test_a_head_without_an_output_has_exactly_no_effect() -> None:
    model = gpt2_without(large_gpt2(), 0, 1)
    (effect,) = measured(model, effects=Effects(exact="all")).effects
    assert effect.exact["decoder", 0][1] == 0
    assert effect.exact["decoder", 0][0] != 0


def test_every_token_but_the_first_has_its_loss() -> None:
    model = large_gpt2()
    losses = measured(model, effects=Effects()).sequences[0].losses
    assert len(losses) == len(IDS)
    assert math.isnan(losses[0])
    assert sum(losses[1:]) / 7 == pytest.approx(loss_of(model), abs=1e-5)


def test_answers_are_compared_at_the_last_token() -> None:
    model, names = large_gpt2(), {f" w{token}": token for token in range(50)}
    found = measured(model, tokenizer=names, answers=(" w7", [" w8", " w9"]))
    (effect,) = found.effects
    logits = model.eval()(torch.tensor([IDS])).logits[0, -1].detach()
    expected = float(logits[7] - logits[8:10].logsumexp(0))
    assert effect.value == pytest.approx(expected, abs=1e-5)
    assert (effect.number, effect.exact, effect.answers.at) == ("answer", {}, 7)


def test_what_an_answer_cannot_be_is_said() -> None:
    names = {f" w{token}": token for token in range(50)}
    for answers in ((" w7",), (" w7", " w7"), (" w7", "")):
        with pytest.raises(InvalidInput):
            measured(gpt2(), tokenizer=names, answers=answers)
    with pytest.raises(InvalidInput, match="at is 8"):
        measured(gpt2(), tokenizer=names, answers=(" w7", " w8"), at=8)
