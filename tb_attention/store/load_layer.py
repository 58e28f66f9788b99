"""One attention layer of an open capture, with its tensors, or one head of it with that head's tensors only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tb_attention import schema
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput, NotLogged, UnreadableRecord
from tb_attention.record.summary import read_layer
from tb_attention.record.tfrecord import shared_tensor
from tb_attention.store.reader import Array, Reader


class Slices:
    """A tensor of which only those entries of the first axis are read that are asked for."""

    ndim = 3

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader, self._name = reader, name
        self.shape = reader.shape(name)

    def __getitem__(self, first: slice) -> Array:
        return self._reader.read(self._name, first)


def find_stack(capture: schema.Capture, name: str | None) -> schema.Stack:
    """The stack of that name, or the first one."""
    for stack in capture.stacks:
        if name is None or stack.name == name:
            return stack
    raise NotLogged(
        f"This capture has no such stack; it has {_listed([stack.name for stack in capture.stacks])}."
    )


def find_layer(stack: schema.Stack, number: int) -> schema.Layer:
    """The layer of that number."""
    for layer in stack.layers:
        if layer.layer == number:
            return layer
    raise NotLogged(
        f"The stack {stack.name} has no layer {number}; it has {_listed([layer.layer for layer in stack.layers])}."
    )


def load_layer(
    reader: Reader,
    stack: schema.Stack,
    number: int,
    head: int | None,
    tensor: Callable[[Reader, str], Array],
) -> AttentionLayer:
    """The layer with its tensors; `tensor` gives a whole one.

    With a head: that head, and nothing else of the tensors is read.
    """
    message = find_layer(stack, number)
    if head is not None and not 0 <= head < message.heads:
        raise NotLogged(
            f"Layer {number} has the heads 0 to {message.heads - 1}, and no head {head}."
        )
    if head is not None and message.logged_heads and head not in message.logged_heads:
        raise NotLogged(
            f"Head {head} of layer {number} was not logged: only {_listed(list(message.logged_heads))} were chosen."
        )
    tag = reader.location.tag

    def part(name: str) -> Any:
        shape = reader.shape(name)
        one = (
            name == shared_tensor(tag, stack.name, "mask", message.mask)
            or len(shape) != Slices.ndim
            or shape[0] == 1
        )
        return tensor(reader, name) if one else Slices(reader, name)

    try:
        layer = read_layer(
            tag, stack, message, part if head is not None else lambda name: tensor(reader, name)
        )
        _check(layer, message)
    except (InvalidInput, ValueError, IndexError, ZeroDivisionError) as error:
        raise UnreadableRecord(
            f"The tensors of layer {number} do not fit their description."
        ) from error
    return layer if head is None else layer.head(head)


def _check(layer: AttentionLayer, message: schema.Layer) -> None:
    """Raises ValueError where the tensors are not as the message says, so that no arithmetic begins that would fail half-way."""
    if (layer.heads, layer.key_heads if not message.weights_only else message.key_heads) != (
        message.heads,
        message.key_heads,
    ):
        raise ValueError("heads")
    for array in (layer.mask, layer.bias):
        if array is not None and (
            array.shape[0] not in (1, layer.heads) or array.shape[1:] != (layer.queries, layer.keys)
        ):
            raise ValueError("mask or bias")
    if layer.sinks is not None and layer.sinks.shape != (layer.heads,):
        raise ValueError("sinks")


def _listed(names: list[Any]) -> str:
    return ", ".join(str(name) for name in names[:20]) + (" …" if len(names) > 20 else "")
