"""Caches of models of one's own: what a pass goes on with is told by its keys."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tb_attention.attention import softmax
from tb_attention.capture.passes import watch_passes
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tests.support.own_caches import Changed, InLayers, Inside, Object, OtherName, Returned
from tests.support.torch_models import built

IDS = torch.arange(5, 13)[None]
OTHER = IDS + 20
KINDS = {kind.__name__: kind for kind in (Returned, Changed, Object, Inside, OtherName, InLayers)}


def one_pass(model: Any, ids: torch.Tensor) -> Capture:
    with watch_passes(model) as passes, torch.no_grad():
        model(ids)
    return passes.captures()[0]


def check(captured: Capture, model: Any, ids: torch.Tensor, prompt: int | None) -> None:
    """As one pass over the same ids."""
    (sequence,), whole = captured.sequences, one_pass(model, ids)
    assert (sequence.ids, sequence.prompt) == (tuple(ids[0].tolist()), prompt)
    assert [stack.name for stack in captured.stacks] == ["decoder"]
    for found, expected in zip(captured.stacks, whole.stacks, strict=True):
        assert list(found.layers) == list(expected.layers) == [0, 1]
        for place, layer in found.layers.items():
            one, other = (softmax.weights(each) for each in (layer, expected.layers[place]))
            assert one.shape == other.shape == (4, ids.shape[1], ids.shape[1])
            assert float((one - other).abs().max()) <= 1e-5
            assert float(one[:, 3:].amax(-1).mean()) > 0.3, "flat attention would prove nothing"


@pytest.mark.parametrize("kind", KINDS)
def test_passes_that_go_on_with_a_cache(kind: str) -> None:
    model = built(KINDS[kind]).eval()
    with watch_passes(model) as passes, torch.no_grad():
        cache = model.step(IDS[:, :4], model.start())
        for place in range(4, 8):
            cache = model.step(IDS[:, place : place + 1], cache)
    check(passes.captures()[0], model, IDS, prompt=4)


@pytest.mark.parametrize("kind", ["Returned", "Changed", "Object"])
def test_two_texts_by_turns(kind: str) -> None:
    model = built(KINDS[kind]).eval()
    with watch_passes(model) as passes, torch.no_grad():
        one, other = (model.step(ids[:, :4], model.start()) for ids in (IDS, OTHER))
        for place in range(4, 8):
            other = model.step(OTHER[:, place : place + 1], other)
            one = model.step(IDS[:, place : place + 1], one)
    check(passes.captures()[0], model, IDS, prompt=4)


@pytest.mark.parametrize("kind", KINDS)
def test_another_text_begins_anew(kind: str) -> None:
    model = built(KINDS[kind]).eval()
    with watch_passes(model) as passes, torch.no_grad():
        cache = model.step(OTHER[:, :6], model.start())
        model.step(OTHER[:, 6:], cache)
        cache = model.step(IDS[:, :3], model.start())
        model.step(IDS[:, 3:], cache)
    check(passes.captures()[0], model, IDS, prompt=3)


class Holds(nn.Module):
    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_runs_by_itself(kind: str) -> None:
    model = built(lambda: Holds(KINDS[kind]())).eval()
    with watch_passes(model) as passes, torch.no_grad():
        cache = model.part.step(IDS[:, :4], model.part.start())
        model.part.step(IDS[:, 4:], cache)
    captured = passes.captures()[0]
    assert {layer.module for layer in captured.stacks[0].layers.values()} == {"part"}
    check(captured, model.part, IDS, prompt=4)


def test_one_pass_shows_no_room_for_more() -> None:
    captured = one_pass(built(Inside).eval(), IDS)
    layer = captured.stacks[0].layers[0]
    assert (layer.queries, layer.keys, layer.causal, layer.mask) == (8, 8, True, None)


@pytest.mark.parametrize("kind", ["Returned", "Changed", "Object"])
def test_a_cache_that_was_begun_before_is_refused(kind: str) -> None:
    model = built(KINDS[kind]).eval()
    with torch.no_grad():
        begun = model.step(OTHER[:, :4], model.start())
    with watch_passes(model) as passes, torch.no_grad():
        model.step(IDS[:, :4], model.start())
        model.step(OTHER[:, 4:6], begun)
    with pytest.raises(InvalidInput, match="begun before"):
        passes.captures()
