"""One attention layer of an open capture with its tensors, or a single head of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tb_attention import schema
from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import NotLogged
from tb_attention.record.message import read_layer
from tb_attention.record.tfrecord import shared_tensor
from tb_attention.store.reader import Reader

SHARED = ("mask", "bias")
"""Tensors that may be one for all heads."""


class Slices:
    """A tensor of which only the entries of the first axis are read that are asked for."""

    ndim = 3

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader, self._name = reader, name
        self.shape, self.dtype = reader.shape(name), reader.dtype(name)

    def __getitem__(self, first: slice) -> Numbers:
        return self._reader.read(self._name, first)


def find_stack(capture: schema.Capture, name: str | None) -> schema.Stack:
    """The stack of that name, or the first one for None.

    Raises:
        NotLogged: there is none.
    """
    for stack in capture.stacks:
        if name is None or stack.name == name:
            return stack
    raise NotLogged(
        "This capture has no such stack; it has "
        f"{_listed([stack.name for stack in capture.stacks])}."
    )


def find_layer(stack: schema.Stack, number: int) -> schema.Layer:
    """The layer of that number.

    Raises:
        NotLogged: there is none.
    """
    for layer in stack.layers:
        if layer.layer == number:
            return layer
    raise NotLogged(
        f"The stack {stack.name} has no layer {number}; it has "
        f"{_listed([layer.layer for layer in stack.layers])}."
    )


def load_layer(
    reader: Reader,
    stack: schema.Stack,
    number: int,
    head: int | None,
    tensor: Callable[[Reader, str], Numbers],
) -> AttentionLayer:
    """The layer with its tensors, or one head of it, for which nothing else is read.

    Args:
        reader: the open capture.
        stack: the stack of the layer.
        number: number of the layer in its stack.
        head: the query head; None: all.
        tensor: returns a whole tensor by its name.

    Raises:
        NotLogged: the layer or head is not there, or the head was not chosen.
    """
    message = find_layer(stack, number)
    if head is not None and not 0 <= head < message.heads:
        raise NotLogged(
            f"Layer {number} has the heads 0 to {message.heads - 1}, and no head {head}."
        )
    if head is not None and message.logged_heads and head not in message.logged_heads:
        raise NotLogged(
            f"Head {head} of layer {number} was not logged: only "
            f"{_listed(list(message.logged_heads))} were chosen."
        )
    tag = reader.location.tag

    def whole(name: str) -> Numbers:
        return tensor(reader, name)

    masks = [shared_tensor(tag, stack.name, kind, getattr(message, kind)) for kind in SHARED]
    some = bool(message.logged_heads) and message.heads > 1

    def part(name: str) -> Numbers | Slices:
        packed = name == masks[0]
        # One row is the only one, unless it is that of the only head that was logged.
        only = reader.shape(name)[0] == 1 and (name in masks or not some)
        return whole(name) if packed or only else Slices(reader, name)

    if head is None:
        return read_layer(tag, stack, message, whole)
    return read_layer(tag, stack, message, part).head(head)


def _listed(names: list[Any]) -> str:
    return ", ".join(str(name) for name in names[:20]) + (" …" if len(names) > 20 else "")
