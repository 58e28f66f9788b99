"""Arrays as they are stored: their dtypes, and their TensorProtos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from tensorboard.compat.proto import tensor_pb2, tensor_shape_pb2, types_pb2

from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.layer import Array

DTYPES: dict[int, np.dtype[np.generic]] = {
    types_pb2.DT_HALF: np.dtype("<f2"),
    types_pb2.DT_FLOAT: np.dtype("<f4"),
    types_pb2.DT_UINT8: np.dtype("u1"),
}
"""The tensor dtypes that a capture uses: TensorProto.dtype -> numpy."""

_TENSOR_DTYPES = {dtype: number for number, dtype in DTYPES.items()}


def tensor_proto(array: Numbers) -> tensor_pb2.TensorProto:
    """The array as a TensorProto with little-endian tensor_content."""
    dtype = np.asarray(array).dtype.newbyteorder("<")
    shape = tensor_shape_pb2.TensorShapeProto(
        dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=size) for size in array.shape]
    )
    content = np.ascontiguousarray(array, dtype=dtype).tobytes()
    return tensor_pb2.TensorProto(
        dtype=_TENSOR_DTYPES[dtype], tensor_shape=shape, tensor_content=content
    )


def unpacked(tensor: tensor_pb2.TensorProto, shape: tuple[int, ...]) -> Numbers:
    """The array of a TensorProto whose numbers stand one by one; a single one stands for all.

    Not by TensorBoard's make_ndarray, which numpy 2.5 warns of.

    Raises:
        ValueError: there are more or fewer numbers than the shape has.
        OverflowError: a number is none of the dtype.
    """
    dtype = DTYPES[tensor.dtype]
    if tensor.dtype == types_pb2.DT_HALF:
        numbers = _whole(tensor.half_val, np.uint16).view(dtype)  # the bits of each
    elif tensor.dtype == types_pb2.DT_FLOAT:
        numbers = np.array(tensor.float_val, dtype)
    else:
        numbers = _whole(tensor.int_val, np.uint8)
    return np.full(shape, numbers[0]) if len(numbers) == 1 else numbers.reshape(shape)


def _whole(values: Iterable[int], dtype: type[np.unsignedinteger[Any]]) -> Numbers:
    numbers = np.fromiter(values, np.int64)
    if np.any((numbers < 0) | (numbers > np.iinfo(dtype).max)):  # numpy 1 warns at most
        raise OverflowError(f"a number is no {np.dtype(dtype).name}")
    return numbers.astype(dtype)


def stored_numbers(array: Array, float32: bool) -> Numbers:
    """float16, or float32 if asked for or where a finite value would become infinite."""
    full = as_numpy(array).astype(np.float32, copy=False)
    if float32:
        return full
    with np.errstate(over="ignore"):
        half = full.astype(np.float16)
    return full if np.any(np.isinf(half) & np.isfinite(full)) else half


def stacked(arrays: Sequence[Numbers], value: float) -> Numbers:
    """The arrays stacked; where one is smaller than the largest, the rest is `value`."""
    shape = tuple(max(sizes) for sizes in zip(*(array.shape for array in arrays), strict=True))
    result = np.full((len(arrays), *shape), value, dtype=arrays[0].dtype)
    for row, array in zip(result, arrays, strict=True):
        row[tuple(slice(size) for size in array.shape)] = array
    return result


def as_numpy(array: Array) -> Numbers:
    """The array on the CPU, of torch too; floats that numpy lacks become float32."""
    return np.asarray(array.detach().float().cpu() if hasattr(array, "detach") else array)
