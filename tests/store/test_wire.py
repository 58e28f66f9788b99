"""Fields of events and tensors, against protobuf."""

from __future__ import annotations

import random
import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.summary.writer.record_writer import masked_crc32c
from tensorboard.util.tensor_util import make_ndarray, make_tensor_proto

from tb_attention.record.tensors import tensor_proto
from tb_attention.store.records import parse_event, parse_tensor, payload_is_intact, record_at
from tb_attention.store.wire import Window
from tests.support.scanned import BLOCK, delimited, reader, recorded, rows_of, scanned

values = st.builds(
    lambda tag, content, plugin, shape, dtype: summary_pb2.Summary.Value(
        tag=tag,
        tensor=make_tensor_proto(np.random.default_rng(0).integers(0, 9, shape).astype(dtype)),
        metadata={
            "plugin_data": {"plugin_name": plugin, "content": content},
            "display_name": tag,
            "data_class": 2,
        },
    ),
    tag=st.text(max_size=20),
    content=st.binary(max_size=200),
    plugin=st.sampled_from(["attention", "attention", "scalars", "attention2", ""]),
    shape=st.lists(st.integers(0, 30), max_size=3),
    dtype=st.sampled_from(["float16", "float32", "uint8"]),
)


def shuffled(message: event_pb2.Event | summary_pb2.Summary.Value, order: random.Random) -> bytes:
    """The message with its fields in any order, which protobuf allows."""
    fields = []
    for field, content in message.ListFields():
        if field.name == "summary":
            fields.append(
                delimited(
                    5, b"".join(delimited(1, shuffled(value, order)) for value in content.value)
                )
            )
        else:
            part = type(message)(**{field.name: content})
            fields.append(part.SerializeToString())
    order.shuffle(fields)
    return b"".join(fields)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False),
            st.lists(values, max_size=4),
        ),
        max_size=5,
    ),
    st.randoms(use_true_random=False),
    st.sampled_from([1, 16, BLOCK]),
)
def test_any_event_in_any_order_of_fields(
    written: list[tuple[int, float, list[summary_pb2.Summary.Value]]],
    order: random.Random,
    block: int,
) -> None:
    made = [
        event_pb2.Event(step=step, wall_time=when, summary=summary_pb2.Summary(value=values))
        for step, when, values in written
    ]
    data = recorded(*(shuffled(event, order) for event in made))
    assert scanned(data, block=block) == [row for event in made for row in rows_of(event)]


def test_payload_crc_is_that_of_tensorboard() -> None:
    payload = bytes(range(256)) * 9000
    data = recorded(payload)
    record = record_at(Window(reader(data), BLOCK), 0)
    assert (record.start, record.end) == (12, 12 + len(payload))
    assert struct.unpack("<I", data[-4:]) == (masked_crc32c(payload),)
    assert payload_is_intact(reader(data), record)
    assert not payload_is_intact(reader(data[:-1] + bytes([data[-1] ^ 1])), record)
    assert not payload_is_intact(reader(data[:-100]), record)


def test_the_place_of_a_tensor() -> None:
    query = np.arange(24, dtype=np.float16).reshape(2, 3, 4)
    value = summary_pb2.Summary.Value(
        tag="t", tensor=tensor_proto(query), metadata={"plugin_data": {"plugin_name": "attention"}}
    )
    data = recorded(event_pb2.Event(summary=summary_pb2.Summary(value=[value])).SerializeToString())
    window = Window(reader(data), 1)
    record = record_at(window, 0)
    parse_event(window, record)
    tensor = record.values[0].tensor
    assert tensor is not None
    assert tensor == parse_tensor(window, tensor.start, tensor.end)
    assert tensor.content is not None
    assert (tensor.dtype, tensor.shape) == (19, (2, 3, 4))
    assert np.array_equal(
        np.frombuffer(data[slice(*tensor.content)], "<f2").reshape(2, 3, 4), query
    )
    assert np.array_equal(
        make_ndarray(tensor_pb2.TensorProto.FromString(data[tensor.start : tensor.end])), query
    )
