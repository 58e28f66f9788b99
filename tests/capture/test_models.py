"""Every head of every layer of many architectures, beside the attention that the model itself returns.

`python -m tests.capture.test_models --write` writes docs/models.md anew.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from tensorboard.util import tensor_util
from torch.nn import functional

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture import AttentionCall, capture, capture_attention
from tb_attention.capture.sdpa_hook import capture_sdpa
from tb_attention.errors import NoAttention
from tb_attention.record import summary
from tb_attention.record.capture import Capture
from tests.support.architecture_rows import WITHOUT
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.own_attention import Own, own_attention
from tests.support.repository import ROOT

DOCUMENT = ROOT / "docs" / "models.md"
FLOAT16, FLOAT32 = 2e-3, 1e-5
PAD = 3
Layers = dict[str, dict[int, AttentionLayer]]


@dataclass(frozen=True)
class Row:
    """One architecture. float16, float32: largest error of a weight with that store.

    Peak: the largest weight of a row, on average.

    score: the largest score, of either sign; None where only weights are known.
    """

    stacks: str
    captured: str
    through: str
    float16: float
    float32: float
    peak: float
    score: float | None


@cache
def measured(name: str, sharp: float | None = None) -> Row:
    """sharp: how far weights are from 0, where it is not as for the architecture."""
    architecture = (
        ARCHITECTURES[name] if sharp is None else replace(ARCHITECTURES[name], sharp=sharp)
    )
    model = random_model(name, architecture)
    given = inputs(model, architecture)
    captured = capture(model, given)
    own = own_attention(random_model(name, architecture, "eager"), given)
    half, full = stored(captured, float32=False), stored(captured, float32=True)
    layers = [layer for stack in full.values() for layer in stack.values()]
    kinds = dict.fromkeys(
        "queries and keys" if layer.weights is None else "weights" for layer in layers
    )
    return Row(
        stacks=", ".join(full),
        captured="; ".join(kinds),
        through=through(model, given) if "queries and keys" in kinds else "output_attentions",
        float16=largest_error(half, own),
        float32=largest_error(full, own),
        peak=float(np.mean([softmax.weights(layer)[:, 4:].max(-1).mean() for layer in layers])),
        score=max(
            (largest_score(layer) for layer in layers if layer.weights is None), default=None
        ),
    )


def largest_score(layer: AttentionLayer) -> float:
    scores = softmax.scores(layer)
    return float(np.abs(scores[np.isfinite(scores)]).max())


def stored(captured: Capture, *, float32: bool) -> Layers:
    """The layers as they come back from the Summary values."""
    events = list(
        summary.capture_events(captured, tag="p", step=0, wall_time=0, session="s", float32=float32)
    )
    tensors = {
        value.tag: tensor_util.make_ndarray(value.tensor)
        for event in events
        for value in event.summary.value
    }
    message = summary.parse_plugin_data(
        events[-1].summary.value[0].metadata.plugin_data.content
    ).capture
    return {
        stack.name: {
            layer.layer: summary.read_layer("p", stack, layer, tensors.__getitem__)
            for layer in stack.layers
        }
        for stack in message.stacks
    }


def largest_error(
    layers: Layers, own: Own, encoder: slice = slice(None), decoder: slice = slice(None)
) -> float:
    """Over all heads of all layers, of which none may be missing.

    encoder, decoder: the tokens that are no padding.
    """
    errors = []
    for stack in dict.fromkeys(name.split()[0] for name in layers):
        rows, keys = {
            "encoder": (encoder, encoder),
            "decoder": (decoder, decoder),
            "cross": (decoder, encoder),
        }[stack]
        ours = [
            softmax.weights(layer)
            for name, one in layers.items()
            if name.split()[0] == stack
            for layer in one.values()
        ]
        for one, other in zip(ours, own[stack], strict=True):
            expected = other[:, rows, keys].float().numpy()
            assert one.shape == expected.shape
            errors.append(float(np.abs(one - expected).max()))
    return max(errors)


def through(model: Any, given: dict[str, torch.Tensor]) -> str:
    """What the model calls."""
    for name, watch in {
        "AttentionInterface": capture_attention,
        "scaled_dot_product_attention": capture_sdpa,
    }.items():
        calls: list[AttentionCall] = []
        with watch(model, calls.append), torch.no_grad():
            model(**given)
        if calls:
            return name
    raise AssertionError("no call was seen")


def padded(
    given: dict[str, torch.Tensor], side: str
) -> tuple[dict[str, torch.Tensor], slice, slice]:
    """The same with padding.

    An encoder's or the only text at this side, a decoder's always at the right; and where the
    tokens are.
    """
    result: dict[str, torch.Tensor] = {}
    places = []
    for ids, mask, left in (
        ("input_ids", "attention_mask", side == "left"),
        ("decoder_input_ids", "decoder_attention_mask", False),
    ):
        if ids in given:
            count = given[ids].shape[1]
            sides = (PAD, 0) if left else (0, PAD)
            result |= {
                ids: functional.pad(given[ids], sides),
                mask: functional.pad(torch.ones_like(given[ids]), sides),
            }
            places.append(slice(sides[0], sides[0] + count))
    return result, places[0], places[-1]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_head_is_as_the_model_itself_computes_it(name: str) -> None:
    row = measured(name)
    assert row.float16 <= FLOAT16
    assert row.float32 <= FLOAT32
    assert 0.18 <= row.peak <= 0.9, "attention that is flat or hard hides errors"


LOUD, LOUD_FLOAT16, LOUD_FLOAT32 = {"t5": 2.6, "mt5": 2.6}, 6e-3, 5e-5
"""Architectures that do not scale their scores, with weights that make scores as trained models of the kind have."""


@pytest.mark.parametrize("name", LOUD)
def test_errors_grow_with_the_scores(name: str) -> None:
    row = measured(name, LOUD[name])
    assert row.score is not None and 60 <= row.score <= 100
    assert row.float16 <= LOUD_FLOAT16
    assert row.float32 <= LOUD_FLOAT32


PADDED = [
    (name, side)
    for name, one in ARCHITECTURES.items()
    if one.reads in ("text", "pair")
    for side in one.paddings
]


@pytest.mark.parametrize(("name", "side"), PADDED)
def test_padding_is_cut_off(name: str, side: str) -> None:
    architecture = ARCHITECTURES[name]
    model = random_model(name, architecture)
    plain = inputs(model, architecture)
    given, encoder, decoder = padded(plain, side)
    captured = capture(model, given)
    assert (
        captured.sequences[0].ids == tuple(plain["input_ids"][0].tolist())
        or len(captured.stacks) == 2
    )
    own = own_attention(random_model(name, architecture, "eager"), given)
    assert largest_error(stored(captured, float32=True), own, encoder, decoder) <= FLOAT32


@pytest.mark.parametrize("name", WITHOUT)
def test_a_model_without_attention_is_told(name: str) -> None:
    model = random_model(name, WITHOUT[name][1])
    with pytest.raises(NoAttention, match=f"no attention was seen in {type(model).__name__}"):
        capture(model, inputs(model, WITHOUT[name][1]))


@pytest.mark.parametrize(("name", "layers"), [("qwen3_next", [3]), ("jamba", [1, 3])])
def test_a_hybrid_shows_the_layers_that_have_attention(name: str, layers: list[int]) -> None:
    model = random_model(name, ARCHITECTURES[name])
    assert list(capture(model, inputs(model, ARCHITECTURES[name])).stacks[0].layers) == layers


def document() -> str:
    """docs/models.md."""
    lines = [
        "# Models",
        "",
        "Every architecture here is tested with a small random configuration: each head of each "
        "layer beside the attention that the model",
        "itself returns with eager attention. *Error* is the largest difference of a weight, after "
        "the float16 store (the default) and",
        f"the float32 store; the test allows {FLOAT16:.0e} and {FLOAT32:.0e}. *Score* is the "
        "largest score of that model before the",
        "softmax, of either sign: errors grow with it, see below.",
        "",
        "*Through* says how attention is seen: the functions that a model calls are watched for "
        "the time of one forward pass, so it keeps",
        "its fast attention. Only where it calls none are its own weights logged "
        "(`output_attentions`); then there is no neuron view.",
        "Other models that call the same functions work as well; so do models of plain torch.",
        "",
        "| architecture | stacks | logged | through | remarks | score | error, float16 | error, "
        "float32 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, architecture in ARCHITECTURES.items():
        row = measured(name)
        lines.append(
            f"| {name} | {row.stacks} | {row.captured} | {row.through} | {architecture.note} | "
            f"{figures(row)} |"
        )
    lines += [
        "",
        "Models that do not scale their scores have large ones. The same architectures with "
        "weights that are further from 0: where such an",
        "error matters, log with `float32=True`.",
        "",
        "| architecture | score | error, float16 | error, float32 |",
        "|---|---|---|---|",
    ]
    lines += [f"| {name} | {figures(measured(name, sharp))} |" for name, sharp in LOUD.items()]
    lines += [
        "",
        "Nothing can be logged of these, and an error says so:",
        "",
        "| architecture | why |",
        "|---|---|",
    ]
    lines += [f"| {name} | {why} |" for name, (why, _) in WITHOUT.items()]
    return "\n".join([*lines, ""])


def figures(row: Row) -> str:
    """The last cells of a line."""
    return (
        f"{'' if row.score is None else round(row.score)} | {row.float16:.0e} | {row.float32:.0e}"
    )


def test_the_document_is_up_to_date() -> None:
    """The errors differ a little from machine to machine."""

    def words(text: str) -> str:
        return re.sub(r"\| \d* \| \de-\d\d \| \de[+-]\d\d \|$", "", text, flags=re.MULTILINE)

    assert words(DOCUMENT.read_text()) == words(document()), (
        "run: python -m tests.test_models --write"
    )


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    DOCUMENT.write_text(document())
