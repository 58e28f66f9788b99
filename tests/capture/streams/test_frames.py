"""Whose pass it is, and what a batch is that comes as one argument."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import transformers
from torch import nn

from tb_attention.capture import capture
from tb_attention.capture.passes import watch_passes
from tb_attention.log.logger import AttentionLogger
from tests.support.continued import check, llama
from tests.support.logged import captures_in
from tests.support.own_towers import Siamese, bert
from tests.support.torch_models import WIDTH, WORDS, built
from tests.support.towers import IDS

POSITIONS = tuple(b"%d" % place for place in range(8))
NUMBERS = tuple(b"%d" % token for token in IDS[0])


class Reader(nn.Module):
    """Takes its batch in one piece, and reads what `ids` says of it."""

    def __init__(self, ids: Callable[[Any], torch.Tensor]) -> None:
        super().__init__()
        self.ids, self.wte = ids, nn.Embedding(WORDS, WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, 4, batch_first=True)

    def forward(self, batch: Any) -> torch.Tensor:
        x = self.wte(self.ids(batch))
        result: torch.Tensor = self.attention(x, x, x)[0]
        return result


@dataclass
class Batch:
    ids: torch.Tensor
    weight: float = 1.0


BATCHES: dict[str, tuple[Callable[[Any], torch.Tensor], Any, tuple[bytes, ...]]] = {
    "dict": (lambda batch: batch["ids"], {"ids": IDS}, POSITIONS),
    "dict by the usual name": (lambda batch: batch["input_ids"], {"input_ids": IDS}, NUMBERS),
    "dict of a dict": (lambda batch: batch["x"]["ids"], {"x": {"ids": IDS}}, POSITIONS),
    "batch of a tokenizer": (
        lambda batch: batch["input_ids"],
        transformers.BatchEncoding({"input_ids": IDS}),
        NUMBERS,
    ),
    "list": (lambda batch: batch[1], ["text", IDS], POSITIONS),
    "tuple": (lambda batch: batch[0], (IDS, IDS.float()), POSITIONS),
    "dataclass": (lambda batch: batch.ids, Batch(IDS), POSITIONS),
    "object": (lambda batch: batch.ids, SimpleNamespace(ids=IDS), POSITIONS),
    "tensor": (lambda batch: batch, IDS, NUMBERS),
}


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_in_one_piece(name: str) -> None:
    ids, batch, tokens = BATCHES[name]
    model = built(lambda: Reader(ids)).eval()
    with watch_passes(model) as passes, torch.no_grad():
        model(batch)
    captured = passes.captures()[0]
    assert captured.sequences[0].tokens == tokens
    layer = captured.stacks[0].layers[0]
    assert (layer.queries, layer.keys, layer.module) == (8, 8, "attention")
    assert layer.check.error is not None and layer.check.error < 1e-5


def test_a_probe_of_a_model_that_takes_a_mapping() -> None:
    model = built(lambda: Reader(lambda batch: batch["input_ids"]))
    for given in ({"input_ids": IDS}, {"batch": {"input_ids": IDS}}):
        assert capture(model, given).sequences[0].tokens == NUMBERS


def test_a_mapping_that_goes_from_module_to_module() -> None:
    class Features(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = bert()

        def forward(self, features: dict[str, Any]) -> dict[str, Any]:
            return features | {"tokens": self.inner(**features).last_hidden_state}

    model = nn.Sequential(Features())
    given = {"input_ids": IDS, "attention_mask": torch.tensor([[1] * 6 + [0] * 2])}
    with watch_passes(model) as passes, torch.no_grad():
        model(given)
    assert passes.captures()[0].sequences[0].tokens == NUMBERS[:6]


def test_padding_that_is_attended_to_is_shown() -> None:
    model = built(lambda: Reader(lambda batch: batch["input_ids"]))
    given = {"input_ids": IDS, "attention_mask": torch.tensor([[1] * 6 + [0] * 2])}
    with watch_passes(model) as passes, torch.no_grad():
        model(given)
    captured = passes.captures()[0]
    assert captured.sequences[0].tokens == NUMBERS
    assert captured.stacks[0].layers[0].keys == 8


def test_a_probe_inside_of_a_capture_is_not_the_callers_pass(tmp_path: Path) -> None:
    model, probe = llama(), IDS[0, :3] + 40
    with AttentionLogger(tmp_path, strict=True) as logger, torch.no_grad():
        with logger.capture(model, tag="batch", step=0):
            logger.log(model, probe, tag="before", step=0)
            model(IDS)
            logger.log(model, probe, tag="after", step=0)
        with logger.capture(model, tag="generated", step=0):
            model.generate(IDS, max_new_tokens=3, do_sample=False, streamer=_Logs(logger, model))
    found = {tag: message for tag, _, message, _ in captures_in(tmp_path)}
    tokens = {tag: len(message.sequences[0].tokens) for tag, message in found.items()}
    assert tokens == {"before": 3, "batch": 8, "after": 3, "while": 3, "generated": 10}


class _Logs:
    """Logs a probe whenever a token is there, as a callback of a generation may."""

    def __init__(self, logger: AttentionLogger, model: Any) -> None:
        self._logger, self._model = logger, model

    def put(self, token: torch.Tensor) -> None:
        self._logger.log(self._model, [5, 6, 7], tag="while", step=0)

    def end(self) -> None:
        pass


def test_two_captures_of_one_pass() -> None:
    model = llama()
    with watch_passes(model) as outer, torch.no_grad():
        with watch_passes(model) as inner:
            model(IDS)
        model(IDS[:, :4])
    check(inner.captures()[0], model, IDS, prompt=None)
    check(outer.captures()[0], model, IDS[:, :4], prompt=None)


@pytest.mark.parametrize("make", [llama, lambda: built(Siamese).eval()])
def test_a_copy_that_is_made_and_run_meanwhile_is_another_model(make: Callable[[], Any]) -> None:
    """As a moving average, or the reference of a preference."""
    model = make()
    with watch_passes(model) as passes, torch.no_grad():
        other = copy.deepcopy(model)
        other(IDS[:, :3])
        model(IDS)
        other(IDS[:, :3])
    assert [one.ids for one in passes.captures()[0].sequences] == [(*IDS[0].tolist(),)]
    with watch_passes(other) as passes, torch.no_grad():
        other(IDS[:, :3])
    assert [one.ids for one in passes.captures()[0].sequences] == [(*IDS[0, :3].tolist(),)]


def test_a_copy_that_is_made_meanwhile_generates_by_itself() -> None:
    model = llama()
    generate = type(model).generate
    with watch_passes(model) as passes, torch.no_grad():
        other = copy.deepcopy(model)
        for parameter in other.parameters():
            parameter.mul_(-0.9)
        mine = model.generate(IDS, max_new_tokens=4, do_sample=False)
        during = other.generate(IDS, max_new_tokens=4, do_sample=False)
    after = other.generate(IDS, max_new_tokens=4, do_sample=False)
    assert during.tolist() == after.tolist() != mine.tolist()
    check(passes.captures()[0], model, mine[:, :-1], prompt=8)
    assert type(model).generate is generate
    assert "generate" not in {*vars(model), *vars(other)}


class Interrupted(BaseException):
    """As KeyboardInterrupt: no hook is told of the end of a module that it leaves."""


def test_a_pass_that_was_interrupted_is_forgotten() -> None:
    model = llama()

    def interrupts(*_: Any) -> None:
        raise Interrupted

    with watch_passes(model) as passes, torch.no_grad():
        hook = model.model.layers[1].register_forward_hook(interrupts)
        with pytest.raises(Interrupted):
            model(IDS + 20)
        hook.remove()
        model(IDS)
    check(passes.captures()[0], model, IDS, prompt=None)


def test_a_mode_that_is_on_stays_on_when_a_pass_of_ones_own_model_is_interrupted() -> None:
    model = built(lambda: Reader(lambda batch: batch))

    def interrupts(*_: Any) -> None:
        raise Interrupted

    hook = model.attention.register_forward_hook(interrupts)
    with watch_passes(model) as passes, torch.device("meta"):
        with pytest.raises(Interrupted):
            model(IDS)
        assert torch.zeros(1).device.type == "meta"
        hook.remove()
        with torch.device("cpu"):
            model(IDS)
        assert torch.zeros(1).device.type == "meta"
    assert torch.zeros(1).device.type == "cpu"
    assert passes.captures()[0].sequences[0].tokens == NUMBERS
