"""What is measured of a capture of each architecture, beside the model's own attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import torch
from tensorboard.util import tensor_util

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture import AttentionCall, capture, capture_attention
from tb_attention.capture.calls.sdpa_hook import capture_sdpa
from tb_attention.record import summary
from tb_attention.record.capture import Capture
from tb_attention.record.message import parse_plugin_data, read_layer
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.own_attention import Own, own_attention

FLOAT16, FLOAT32 = 2e-3, 1e-5
Layers = dict[str, dict[int, AttentionLayer]]


@dataclass(frozen=True)
class Row:
    """One architecture.

    float16, float32: largest error of a weight with that store. peak: the largest weight of a row,
    on average. score: the largest score, of either sign; None where only weights are known. off:
    the largest error of a layer beside the model's own output; None where one was not compared.
    """

    stacks: str
    captured: str
    through: str
    float16: float
    float32: float
    peak: float
    score: float | None
    off: float | None


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
        off=largest_check([layer for layer in layers if layer.weights is None]),
    )


def largest_check(layers: Sequence[AttentionLayer]) -> float | None:
    errors = [layer.check.error for layer in layers]
    known = [error for error in errors if error is not None]
    return max(known, default=0.0) if len(known) == len(errors) else None


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
    message = parse_plugin_data(events[-1].summary.value[0].metadata.plugin_data.content).capture
    return {
        stack.name: {
            layer.layer: read_layer("p", stack, layer, tensors.__getitem__)
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
