"""Checks that the description of a capture fits itself and the tensors that it describes.

A record may be damaged, made by another program, or made to harm. What is found here once, when a
capture is opened, no answer has to look for, and nothing is allocated because a description says
so. Only shapes and dtypes are looked at; no tensor is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Protocol

from tensorboard.compat.proto import types_pb2

from tb_attention import schema
from tb_attention.record.capture import OF_EACH_TOKEN
from tb_attention.record.effect_misfit import effects_misfit
from tb_attention.record.stored_heads import stored_rows
from tb_attention.record.tfrecord import (
    VALUE_NORMS,
    layer_tensor,
    shared_tensor,
    thumbnails_tensor,
)

MOST_HEADS = 4096
"""No model has a layer of more heads, and answers have room for each head that is described."""

_FLOATS = (types_pb2.DT_HALF, types_pb2.DT_FLOAT)
_BYTES = (types_pb2.DT_UINT8,)


class Described(Protocol):
    """What is known of a tensor that is not read: its shape, and the dtype of its TensorProto."""

    @property
    def dtype(self) -> int:
        """Number of the dtype in TensorProto."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of its axes."""


Tensors = Mapping[str, Described]


def capture_misfit(tag: str, capture: schema.Capture, tensors: Tensors) -> str:
    """What of a capture does not fit, in half a sentence; empty where all does.

    Args:
        tag: the tag that the capture was logged under, which is also the name of its head metrics.
        capture: the description.
        tensors: all tensors of `tensor_names`, and the head metrics, by name.
    """
    return next(_capture(tag, capture, tensors), "")


def committed_misfit(capture: schema.Capture, tensor: Described) -> str:
    """What of the last record alone does not fit: of its head metrics and of its effects.

    Args:
        capture: the description.
        tensor: the head metrics.
    """
    return next(_committed(capture, tensor), "")


def _capture(tag: str, capture: schema.Capture, tensors: Tensors) -> Iterator[str]:
    """What does not fit. Only the first is looked at: what comes after it relies on it."""
    for sequence in capture.sequences:
        yield from _sequence(sequence)
    if not capture.stacks:
        yield "it has no stacks"
    yield from _twice("stacks are called", [stack.name for stack in capture.stacks])
    yield from _twice("metrics are called", list(capture.metrics))
    for stack in capture.stacks:
        yield from _stack(tag, capture, stack, tensors)
    yield from _committed(capture, tensors[tag])


def _sequence(sequence: schema.Sequence) -> Iterator[str]:
    tokens = len(sequence.tokens)
    for name in OF_EACH_TOKEN:
        if (entries := len(getattr(sequence, name))) not in (0, tokens):
            yield f"{sequence.name} has {tokens} tokens and {entries} {name}"
    for span in sequence.spans:
        if not 0 <= span.first <= span.last < tokens:
            yield f"{sequence.name} has {tokens} tokens and a span {span.first} to {span.last}"
    if sequence.HasField("prompt") and not 0 <= sequence.prompt <= tokens:
        yield f"{sequence.name} has {tokens} tokens and a prompt of {sequence.prompt}"


def _stack(
    tag: str, capture: schema.Capture, stack: schema.Stack, tensors: Tensors
) -> Iterator[str]:
    for place in (stack.query_sequence, stack.key_sequence):
        if not 0 <= place < len(capture.sequences):
            yield f"{stack.name} is of sequence {place}, of {len(capture.sequences)}"
    if not stack.layers:
        yield f"{stack.name} has no layers"
    numbers = [layer.layer for layer in stack.layers]
    yield from _twice(f"layers of {stack.name} are", numbers)
    if numbers != sorted(numbers):
        yield f"the layers of {stack.name} do not ascend"
    tokens = (
        len(capture.sequences[stack.query_sequence].tokens),
        len(capture.sequences[stack.key_sequence].tokens),
    )
    if not all(tokens):
        yield f"{stack.name} has no tokens"  # so that what it says of heads has bytes behind it
    for layer in stack.layers:
        for what in _layer(tag, stack.name, layer, *tokens, tensors):
            yield f"layer {layer.layer} of {stack.name}: {what}"
    thumbnails = tensors[thumbnails_tensor(tag, stack.name)]
    each = (len(stack.layers), max(layer.heads for layer in stack.layers))
    fits = len(thumbnails.shape) == 4 and thumbnails.shape[:2] == each
    if not fits or min(thumbnails.shape) < 1 or thumbnails.dtype not in _BYTES:
        yield (
            f"{stack.name} has {each[0]} layers of up to {each[1]} heads, "
            f"and thumbnails of the shape {list(thumbnails.shape)}"
        )


def _layer(
    tag: str, stack: str, layer: schema.Layer, queries: int, keys: int, tensors: Tensors
) -> Iterator[str]:
    heads, key_heads = layer.heads, layer.key_heads
    yield from _heads(layer)
    if not -queries <= layer.query_start <= keys:
        yield f"its first query is at {layer.query_start}, of {keys} keys"
    if len(layer.sinks) not in (0, heads):
        yield f"{len(layer.sinks)} sinks of {heads} heads"
    expected: dict[str, tuple[int, ...]]
    rows = len(layer.logged_heads) or heads
    if layer.weights_only:
        expected = {"weights": (rows, queries, keys)}
    else:
        if layer.neurons < 1:
            yield f"{layer.neurons} neurons"
        key_rows = len(stored_rows(layer.logged_heads, "key", heads, key_heads)) or key_heads
        expected = {
            "query": (rows, queries, layer.neurons),
            "key": (key_rows, keys, layer.neurons),
        }
    if layer.value_norms:
        expected[VALUE_NORMS] = (rows, keys)
    for kind, shape in expected.items():
        yield from _tensor(tensors, layer_tensor(tag, stack, layer.layer, kind), _FLOATS, shape)
    if layer.HasField("bias"):
        name = shared_tensor(tag, stack, "bias", layer.bias)
        yield from _tensor(tensors, name, _FLOATS, (heads, queries, keys), one=True)
    if layer.HasField("mask"):
        name = shared_tensor(tag, stack, "mask", layer.mask)
        packed = (keys + 7) // 8
        yield from _tensor(tensors, name, _BYTES, (heads, queries, packed), one=True)


def _heads(layer: schema.Layer) -> Iterator[str]:
    if not 0 < layer.heads <= MOST_HEADS:
        yield f"{layer.heads} heads, of 1 to {MOST_HEADS}"
    if not layer.weights_only and (layer.key_heads < 1 or layer.heads % layer.key_heads):
        yield f"{layer.heads} heads that share {layer.key_heads} key heads"
    logged = list(layer.logged_heads)
    if logged and (logged != sorted(set(logged)) or not 0 <= logged[0] <= logged[-1] < layer.heads):
        yield f"the logged heads {logged[:20]}, of {layer.heads}"


def _tensor(
    tensors: Tensors,
    name: str,
    dtypes: Sequence[int],
    shape: tuple[int, ...],
    *,
    one: bool = False,
) -> Iterator[str]:
    """What does not fit of one tensor's shape and dtype. one: it may be one for all heads."""
    tensor = tensors[name]
    if tensor.shape != shape and not (one and tensor.shape == (1, *shape[1:])):
        yield f"{name!r} has the shape {list(tensor.shape)} instead of {list(shape)}"
    if tensor.dtype not in dtypes:
        yield f"{name!r} has the dtype {tensor.dtype} of TensorProto, which no capture has there"


def _committed(capture: schema.Capture, tensor: Described) -> Iterator[str]:
    yield from _head_metrics(capture, tensor)
    yield from effects_misfit(capture)


def _head_metrics(capture: schema.Capture, tensor: Described) -> Iterator[str]:
    layers = [layer for stack in capture.stacks for layer in stack.layers]
    heads = max((layer.heads for layer in layers), default=0)
    shape = (len(layers), heads, len(capture.metrics))
    if heads > MOST_HEADS:
        yield f"{heads} heads, of 1 to {MOST_HEADS}"
    if (layers and tensor.shape != shape) or len(tensor.shape) != 3:
        yield f"the head metrics have the shape {list(tensor.shape)} instead of {list(shape)}"
    if not capture.metrics:
        yield "it has no head metrics"  # the tensor then has no bytes, whatever heads it is of
    if tensor.dtype not in _FLOATS:
        yield f"the head metrics have the dtype {tensor.dtype} of TensorProto"


def _twice(what: str, names: Sequence[Hashable]) -> Iterator[str]:
    (name, times), *_ = Counter(names).most_common(1) or [("", 0)]
    if times > 1:
        yield f"two {what} {name!r}"
