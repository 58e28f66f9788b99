"""Exact effects and estimates of many architectures, beside models whose heads are really cut."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import transformers
from torch import nn
from torch.nn import functional

from tb_attention.effects.options import Effects
from tests.support.architecture_rows import DECODERS, PAIRS
from tests.support.architectures import config_of, inputs
from tests.support.cut_heads import (
    changed,
    compared,
    large,
    layer_of,
    measured,
    next_token_loss,
)
from tests.support.device import DEVICE
from tests.support.filled_masks import filling
from tests.support.torch_models import IDS, WIDTH, Block, Heads, Small, WithWeights, built

NEXT = ("gpt2", "llama", "gpt_neox", "opt", "mistral", "gemma2", "gpt_oss", "deepseek_v3", "jamba")
FILLS = ("bert", "roberta", "distilbert", "modernbert")
TRANSLATES = ("t5", "bart", "marian")


def language_model(name: str) -> Any:
    torch.manual_seed(0)
    architecture = (DECODERS | PAIRS)[name]
    auto = transformers.AutoModelForCausalLM if name in DECODERS else None
    auto = auto or transformers.AutoModelForSeq2SeqLM
    return large(auto.from_config(config_of(name, architecture))).to(DEVICE)


@pytest.mark.parametrize("name", [*NEXT, *TRANSLATES])
def test_a_model_that_predicts_what_comes_next(name: str) -> None:
    model = language_model(name)
    given = inputs(model, (DECODERS | PAIRS)[name])
    ids = given.get("decoder_input_ids", given["input_ids"])

    @torch.no_grad()
    def loss(one: Any) -> float:
        return next_token_loss(one(**given).logits, ids)

    compared(model, given, loss)


@pytest.mark.parametrize("name", FILLS)
def test_a_model_that_fills_masks(name: str) -> None:
    model, given, labels, loss = filling(name)
    compared(model, given, loss, labels=labels)


class Encoder(nn.Module):
    """torch.nn.TransformerEncoder as a causal language model."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 32, batch_first=True, norm_first=True)
        self.wte = nn.Embedding(50, WIDTH)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(WIDTH, 50)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(ids.shape[1], device=ids.device)
        return self.head(self.layers(self.wte(ids), mask=mask, is_causal=True))


PLAIN: dict[str, Any] = {
    "sdpa": lambda: Small(*(Block(Heads()) for _ in range(2))),
    "torch.nn.TransformerEncoder": Encoder,
    "torch.nn.MultiheadAttention that returns weights": lambda: Small(
        *(Block(WithWeights()) for _ in range(2))
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_model_of_plain_torch(name: str) -> None:
    model = built(PLAIN[name]).eval().to(DEVICE)
    ids = torch.tensor([IDS], device=DEVICE)

    @torch.no_grad()
    def loss(one: Any) -> float:
        return next_token_loss(one(ids), ids)

    compared(model, IDS, loss)


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_a_head_that_gives_its_mean(name: str) -> None:
    model = language_model(name)
    given = inputs(model, DECODERS[name])
    captured, effect = measured(model, given, effects=Effects(exact="all", replace="mean"))

    @torch.no_grad()
    def loss() -> float:
        return next_token_loss(model(**given).logits, given["input_ids"])

    assert effect.replace == "mean"
    for row, exact in effect.exact.items():
        for head, one in enumerate(exact):
            with changed(
                model,
                layer_of(captured, row),
                head,
                lambda z: z.mean(1, keepdim=True).expand_as(z),
            ):
                assert one == pytest.approx(loss() - effect.value, abs=1e-5)


@pytest.mark.parametrize("replace", ["zero", "mean"])
@pytest.mark.parametrize("name", ["gpt2", "llama", "bart"])
def test_the_estimate_is_how_the_loss_changes_where_a_head_is_cut_a_little(
    name: str, replace: Any
) -> None:
    model = language_model(name).double()
    given = inputs(model, (DECODERS | PAIRS)[name])
    ids = given.get("decoder_input_ids", given["input_ids"])
    captured, effect = measured(model, given, effects=Effects(replace=replace))

    @torch.no_grad()
    def loss() -> float:
        logits = model(**given).logits
        return float(functional.cross_entropy(logits[0, :-1], ids[0, 1:]))

    for row, estimate in effect.estimate.items():
        for head, one in enumerate(estimate):
            ends = []
            for step in (-1e-3, 1e-3):

                def less(z: torch.Tensor, step: float = step) -> torch.Tensor:
                    mean = z.mean(1, keepdim=True) if replace == "mean" else torch.zeros_like(z)
                    return z + step * (mean - z)

                with changed(model, layer_of(captured, row), head, less):
                    ends.append(loss())
            assert one == pytest.approx((ends[1] - ends[0]) / 2e-3, rel=2e-3, abs=1e-4)
