"""Which model of a LightningModule is logged: the one that is trained, where it holds several."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from tb_attention.errors import InvalidInput
from tests.support.models import gpt2
from tests.support.own_towers import Tower

LIGHTNING = pytest.importorskip("lightning.pytorch")
lightning = pytest.importorskip("tb_attention.integrations.lightning")


def holds(**models: Any) -> Any:
    module = LIGHTNING.LightningModule()
    for name, model in models.items():
        setattr(module, name, model)
    return module


def frozen(model: Any) -> Any:
    return model.requires_grad_(False)


def watched(module: Any, name: str | None = None) -> Any:
    callback = lightning.LightningAttentionCallback(examples=(0,), model=name)
    callback.on_fit_start(None, module)
    return callback._model


def test_the_student_and_not_its_teacher() -> None:
    module = holds(teacher=frozen(gpt2()), student=gpt2())
    assert watched(module) is module.student


def test_the_model_and_not_its_moving_average() -> None:
    model = gpt2()
    module = holds(average=frozen(copy.deepcopy(model)), net=model)
    assert watched(module) is module.net


def test_a_student_of_ones_own() -> None:
    module = holds(teacher=frozen(gpt2()), student=Tower(), head=torch.nn.Linear(2, 2))
    assert watched(module) is module.student


def test_a_model_with_adapters_is_trained() -> None:
    model = frozen(gpt2())
    model.transformer.h[0].mlp.adapter = torch.nn.Linear(2, 2)
    module = holds(teacher=frozen(gpt2()), student=model)
    assert watched(module) is module.student


def test_the_only_model_is_watched_though_only_its_head_is_trained() -> None:
    module = holds(body=frozen(gpt2()), head=torch.nn.Linear(2, 2))
    assert watched(module) is module.body


def test_a_module_without_a_model_of_transformers_is_watched_as_a_whole() -> None:
    module = holds(tower=Tower())
    assert watched(module) is module


def test_of_several_that_are_trained_one_must_be_named() -> None:
    module = holds(queries=gpt2(), documents=gpt2())
    with pytest.raises(InvalidInput, match=r"\(queries, documents\).*as in model='queries'"):
        watched(module)
    assert watched(module, "documents") is module.documents
