"""Captures as TensorBoard Summary values; writes no file.

A capture is one Event per layer (queries and keys) and, last, the Event that commits it; see
proto/attention.proto for the names.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_attention import schema
from tb_attention.attention.dtypes import Floats32, Numbers
from tb_attention.attention.head_metrics import ALWAYS_LOGGED, METRIC_NAMES
from tb_attention.attention.layer import Array, AttentionLayer
from tb_attention.attention.measure import measure_layer
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture, TokenSequence, check_tokens
from tb_attention.record.effect_message import check_effects, effect_message, fill_effects
from tb_attention.record.message import VERSION, parse_plugin_data
from tb_attention.record.needle import needle_of
from tb_attention.record.stored_heads import chosen_heads, stored_rows
from tb_attention.record.tensors import as_numpy, stacked, stored_numbers, tensor_proto
from tb_attention.record.tfrecord import (
    PLUGIN_NAME,
    VALUE_NORMS,
    event_file_tag,
    layer_tensor,
    shared_tensor,
    tensor_kinds,
    thumbnails_tensor,
)


def capture_events(
    capture: Capture,
    *,
    tag: str,
    step: int,
    wall_time: float,
    session: str,
    files: int | None = None,
    float32: bool = False,
    heads: Collection[int] | None = None,
) -> Iterator[event_pb2.Event]:
    """One Event per layer, then the Event that commits the capture.

    Head metrics and thumbnails are computed while iterating. Queries, keys and weights become
    float16, or float32 if `float32` or where a finite value would overflow float16.

    Args:
        capture: what is written.
        tag: the tag it is logged under.
        step: the step it is logged at.
        wall_time: seconds since the epoch.
        session: name of the writer, see Capture.session in proto/attention.proto.
        files: number of files of the run that were there when the session began.
        float32: whether tensors are stored in float32.
        heads: query heads whose tensors are stored; None: all.

    Raises:
        InvalidInput: tokens and tensors do not fit each other, or a head is not there.
    """
    _check(capture, tag, heads)
    message = schema.Capture(
        session=session,
        files=files,
        model=capture.model,
        kind=capture.kind,
        notes=capture.notes,
    )
    message.effects.extend(effect_message(effect) for effect in capture.effects)
    message.sequences.extend(_sequence(sequence) for sequence in capture.sequences)
    extra: list[tuple[str, Numbers]] = []
    rows: list[Floats32] = []
    for stack in capture.stacks:
        stack_message = message.stacks.add(
            name=stack.name, query_sequence=stack.query_sequence, key_sequence=stack.key_sequence
        )
        shared = _Shared(tag, stack.name, extra, float32)
        thumbnails = []
        aligned = stack.query_sequence == stack.key_sequence
        attended = capture.sequences[stack.key_sequence]
        for index, layer in sorted(stack.layers.items()):
            described = _layer(index, layer, shared, chosen_heads(layer, heads))
            stack_message.layers.append(described)
            event = event_pb2.Event(step=step, wall_time=wall_time)
            for kind, array in _tensors(layer, described.logged_heads):
                name = layer_tensor(tag, stack.name, index, kind)
                event.summary.value.append(_value(name, _stored(kind, array, float32)))
            yield event
            head_metrics, thumbnail = measure_layer(
                layer, attended.ids, aligned=aligned, needle=needle_of(attended)
            )
            fill_effects(head_metrics, capture.effects, (stack.name, index))
            rows.append(head_metrics)
            thumbnails.append(thumbnail)
        extra.append((thumbnails_tensor(tag, stack.name), stacked(thumbnails, 0)))
    table = stacked(rows, np.nan)
    logged = [
        name in ALWAYS_LOGGED or not bool(np.isnan(table[:, :, column]).all())
        for column, name in enumerate(METRIC_NAMES)
    ]
    message.metrics.extend(name for name, kept in zip(METRIC_NAMES, logged, strict=True) if kept)
    content = schema.AttentionPluginData(version=VERSION, capture=message).SerializeToString()
    commit = event_pb2.Event(step=step, wall_time=wall_time)
    commit.summary.value.append(_value(tag, table[:, :, logged], content))
    for name, array in extra:
        commit.summary.value.append(_value(name, array))
    yield commit


def stored_bytes(
    capture: Capture, *, float32: bool = False, heads: Collection[int] | None = None
) -> int:
    """Bytes of the queries, keys, weights and value norms of the capture as they are stored.

    Masks, and 1 KB for each head, are not counted.
    """
    layers = [layer for stack in capture.stacks for layer in stack.layers.values()]
    return sum(
        int(math.prod(array.shape)) * (4 if float32 or kind == VALUE_NORMS else 2)
        for layer in layers
        for kind, array in _tensors(layer, chosen_heads(layer, heads))
    )


def overview_value(commit: event_pb2.Event) -> summary_pb2.Summary.Value:
    """The small value for the event file, from the Event that commits the capture.

    It holds head metrics, model, stacks and metric names.
    """
    value = commit.summary.value[0]
    capture = parse_plugin_data(value.metadata.plugin_data.content).capture
    overview = schema.Overview(model=capture.model, metrics=capture.metrics)
    for stack in capture.stacks:
        overview.stacks.add(
            name=stack.name,
            layers=[layer.layer for layer in stack.layers],
            heads=max(layer.heads for layer in stack.layers),
        )
    small = summary_pb2.Summary.Value()
    small.CopyFrom(value)
    small.tag = event_file_tag(value.tag)
    small.metadata.plugin_data.content = schema.AttentionPluginData(
        version=VERSION, overview=overview
    ).SerializeToString()
    return small


def inline_summary(event: event_pb2.Event) -> summary_pb2.Summary:
    """The values of an Event of a capture as they stand in an event file."""
    inline = summary_pb2.Summary()
    inline.CopyFrom(event.summary)
    for value in inline.value:
        value.tag = event_file_tag(value.tag)
    return inline


class _Shared:
    """Masks and biases of a stack, each distinct tensor stored once.

    `number` returns the n of a tensor's name.
    """

    def __init__(
        self,
        tag: str,
        stack: str,
        extra: list[tuple[str, Numbers]],
        float32: bool,
    ) -> None:
        self._tag, self._stack, self._extra, self._float32 = tag, stack, extra, float32
        self._numbers: dict[tuple[str, bytes], int] = {}

    def number(self, kind: str, array: Array) -> int:
        stored = (
            np.packbits(as_numpy(array).astype(bool), axis=2)
            if kind == "mask"
            else stored_numbers(array, self._float32)
        )
        key = (kind, repr(stored.shape).encode() + stored.tobytes())
        if key not in self._numbers:
            self._numbers[key] = sum(1 for known, _ in self._numbers if known == kind)
            name = shared_tensor(self._tag, self._stack, kind, self._numbers[key])
            self._extra.append((name, stored))
        return self._numbers[key]


def _layer(
    index: int, layer: AttentionLayer, shared: _Shared, chosen: Sequence[int]
) -> schema.Layer:
    only = layer.weights is not None
    message = schema.Layer(
        layer=index,
        module=layer.module,
        heads=layer.heads,
        key_heads=layer.key_heads,
        neurons=0 if layer.query is None else int(layer.query.shape[2]),
        scale=layer.scale,
        causal=layer.causal,
        query_start=layer.query_start,
        weights_only=only,
        rotary=layer.rotary,
        implementation=layer.implementation,
        logged_heads=chosen,
        unchecked=layer.check.unchecked,
        projection=layer.projection,
        value_norms=layer.value_norms is not None,
    )
    if layer.check.error is not None:
        message.error = layer.check.error
    if layer.softcap is not None:
        message.softcap = layer.softcap
    if layer.sinks is not None:
        message.sinks.extend(float(sink) for sink in as_numpy(layer.sinks))
    if layer.mask is not None:
        message.mask = shared.number("mask", layer.mask)
    if layer.bias is not None:
        message.bias = shared.number("bias", layer.bias)
    return message


def _tensors(layer: AttentionLayer, chosen: Sequence[int]) -> Iterator[tuple[str, Array]]:
    """What is stored of the layer, (kind, array): the rows of these heads, or all."""
    for kind in tensor_kinds(layer.weights is not None, layer.value_norms is not None):
        array = getattr(layer, kind)
        rows = stored_rows(chosen, kind, layer.heads, layer.key_heads)
        yield kind, array[rows] if rows else array


def _stored(kind: str, array: Array, float32: bool) -> Numbers:
    """The array as it is stored; norms are so few that they stay as they are."""
    return stored_numbers(array, float32 or kind == VALUE_NORMS)


def _value(tag: str, array: Numbers, content: bytes = b"") -> summary_pb2.Summary.Value:
    """A value of the plugin.

    Only the one with content is for TensorBoard: UNKNOWN keeps tensors out of the memory of its
    Rust loader.
    """
    data_class = summary_pb2.DATA_CLASS_TENSOR if content else summary_pb2.DATA_CLASS_UNKNOWN
    metadata = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name=PLUGIN_NAME, content=content
        ),
        data_class=data_class,
    )
    return summary_pb2.Summary.Value(tag=tag, metadata=metadata, tensor=tensor_proto(array))


def _sequence(sequence: TokenSequence) -> schema.Sequence:
    message = schema.Sequence(
        name=sequence.name,
        text=sequence.text,
        tokens=sequence.tokens,
        pieces=sequence.pieces,
        ids=sequence.ids,
        starts=sequence.starts,
        ends=sequence.ends,
        special=sequence.special,
        segments=sequence.segments,
        documents=sequence.documents,
        losses=sequence.losses,
    )
    if sequence.prompt is not None:
        message.prompt = sequence.prompt
    for span in sequence.spans:
        message.spans.add(name=span.name, first=span.first, last=span.last)
    return message


def _check(capture: Capture, tag: str, heads: Collection[int] | None) -> None:
    if not tag:
        raise InvalidInput("the tag is empty: name the probe.")
    if not any(stack.layers for stack in capture.stacks):
        raise InvalidInput("the capture has no attention layer.")
    for stack in capture.stacks:
        for layer in stack.layers.values():
            chosen_heads(layer, heads)
    check_tokens(capture.sequences, capture.stacks)
    check_effects(capture)
