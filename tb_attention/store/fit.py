"""Whether a capture fits the tensors that stand in its file, of which none is read."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tb_attention import schema
from tb_attention.record.misfit import capture_misfit, committed_misfit
from tb_attention.record.tensors import DTYPES
from tb_attention.store.records import Tensor

UNPACKED = 1 << 12
"""Numbers: a single one in a TensorProto may stand for at most this many."""


def misfit_in_file(tag: str, capture: schema.Capture, tensors: Mapping[str, Tensor]) -> str:
    """What of a capture does not fit, in half a sentence; empty where all does.

    Args:
        tag: its tag, which is also the name of its head metrics.
        capture: the description.
        tensors: its tensors by name, all of `tensor_names` and the head metrics.
    """
    sizes = (size_misfit(name, tensor) for name, tensor in tensors.items())
    return next(filter(None, sizes), "") or capture_misfit(tag, capture, tensors)


def committed_misfit_in_file(tag: str, capture: schema.Capture, tensor: Tensor) -> str:
    """The same of the last record alone: of head metrics and effects."""
    return size_misfit(tag, tensor) or committed_misfit(capture, tensor)


def size_misfit(name: str, tensor: Tensor) -> str:
    """What of the bytes of a tensor does not fit its dtype and shape; empty where all does."""
    dtype = DTYPES.get(tensor.dtype)
    if dtype is None:
        return f"{name!r} has the dtype {tensor.dtype} of TensorProto, which no capture has"
    numbers = numbers_in(tensor.shape)
    if tensor.content is None:
        # Of numbers that stand one by one, each takes a byte at least; one alone stands for all.
        fits = numbers <= max(tensor.end - tensor.start, UNPACKED)
    else:
        fits = tensor.content[1] - tensor.content[0] == numbers * dtype.itemsize
    return "" if fits else f"{name!r} has another size than its shape {list(tensor.shape)} says"


def numbers_in(shape: tuple[int, ...]) -> int:
    """The numbers in a tensor of this shape."""
    return math.prod(int(size) for size in shape)
