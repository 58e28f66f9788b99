"""The description of a capture as it is read back, and layers made of it and of tensors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from google.protobuf.message import DecodeError

from tb_attention import schema
from tb_attention.attention.layer import Array, AttentionLayer, Check
from tb_attention.errors import UnreadableRecord
from tb_attention.record.stored_heads import spread, stored_rows
from tb_attention.record.tfrecord import layer_tensor, shared_tensor, tensor_kinds

VERSION = 1
"""Of the format; see AttentionPluginData in proto/attention.proto."""


def parse_plugin_data(content: bytes) -> schema.AttentionPluginData:
    """The message in plugin_data.content.

    Raises:
        UnreadableRecord: it is damaged, or of a version that is not known.
    """
    try:
        data = schema.AttentionPluginData.FromString(content)
    except DecodeError as error:
        raise UnreadableRecord("the description of a capture is damaged.") from error
    if data.version != VERSION:
        raise UnreadableRecord(
            f"the capture has format version {data.version}, this tb-attention reads version "
            f"{VERSION}: upgrade tb-attention."
        )
    return data


def read_layer(
    tag: str,
    stack: schema.Stack,
    layer: schema.Layer,
    read: Callable[[str], Array],
) -> AttentionLayer:
    """The layer with its tensors, as stored (float16, float32); they must fit each other.

    Heads whose tensors were not stored are NaN.

    Args:
        tag: the tag of the capture.
        stack: the description of its stack.
        layer: the description of the layer.
        read: returns the tensor of a name.
    """
    tensors: dict[str, Array] = {}
    for kind in tensor_kinds(layer.weights_only, layer.value_norms):
        rows = stored_rows(layer.logged_heads, kind, layer.heads, layer.key_heads)
        count = layer.key_heads if kind == "key" else layer.heads
        tensors[kind] = spread(read(layer_tensor(tag, stack.name, layer.layer, kind)), rows, count)
    if layer.HasField("bias"):
        tensors["bias"] = read(shared_tensor(tag, stack.name, "bias", layer.bias))
    keys = tensors["weights"].shape[2] if layer.weights_only else tensors["key"].shape[1]
    if layer.HasField("mask"):
        packed = read(shared_tensor(tag, stack.name, "mask", layer.mask))
        tensors["mask"] = np.unpackbits(packed, axis=2, count=keys).astype(bool)
    return AttentionLayer(
        **tensors,
        scale=layer.scale,
        causal=layer.causal,
        query_start=layer.query_start,
        softcap=layer.softcap if layer.HasField("softcap") else None,
        sinks=np.asarray(layer.sinks, dtype=np.float32) if layer.sinks else None,
        module=layer.module,
        rotary=layer.rotary,
        implementation=layer.implementation,
        check=Check(layer.error if layer.HasField("error") else None, layer.unchecked),
        projection=layer.projection,
    )
