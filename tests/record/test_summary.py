"""Captures through Summary values and back, read with TensorBoard's own tensor reader."""

from __future__ import annotations

import numpy as np
import pytest
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.util import tensor_util

from tb_attention import schema
from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import ALWAYS_LOGGED
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput, UnreadableRecord
from tb_attention.record import summary
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Capture, Stack, TokenSequence
from tb_attention.record.message import parse_plugin_data, read_layer
from tb_attention.record.tfrecord import tensor_names


def sequence(tokens: int, name: str = DECODER) -> TokenSequence:
    return TokenSequence(
        tokens=tuple(f"t{i}".encode() for i in range(tokens)), ids=tuple(range(tokens)), name=name
    )


def layer(
    heads: int = 4, queries: int = 6, keys: int = 6, seed: int = 0, **options: object
) -> AttentionLayer:
    rng = np.random.default_rng(seed)
    query = rng.normal(size=(heads, queries, 8)).astype(np.float32)
    key = rng.normal(size=(2, keys, 8)).astype(np.float32)
    return AttentionLayer(query=query, key=key, scale=0.35, **options)  # type: ignore[arg-type]


def decoder(layers: dict[int, AttentionLayer], tokens: int = 6) -> Capture:
    return Capture(model="tiny", sequences=(sequence(tokens),), stacks=(Stack(DECODER, layers),))


def events_of(capture: Capture, **options: bool) -> list[event_pb2.Event]:
    return list(
        summary.capture_events(capture, tag="probe", step=7, wall_time=1.5, session="s", **options)
    )


def read_back(events: list[event_pb2.Event]) -> tuple[schema.Capture, dict[str, np.ndarray]]:
    """What TensorBoard's own make_ndarray sees, after a trip through bytes."""
    events = [event_pb2.Event.FromString(event.SerializeToString()) for event in events]
    tensors = {
        value.tag: tensor_util.make_ndarray(value.tensor)
        for event in events
        for value in event.summary.value
    }
    content = events[-1].summary.value[0].metadata.plugin_data.content
    return parse_plugin_data(content).capture, tensors


def test_a_layer_comes_back_with_everything_that_makes_its_weights() -> None:
    rng = np.random.default_rng(5)
    original = layer(
        softcap=3.0,
        sinks=rng.normal(size=4).astype("f4"),
        bias=rng.normal(size=(4, 6, 6)).astype("f4"),
        mask=rng.random((1, 6, 6)) < 0.8,
        module="transformer.h.2.attn",
        rotary=True,
        implementation="sdpa",
    )
    message, tensors = read_back(events_of(decoder({2: original}), float32=True))
    stack = message.stacks[0]
    restored = read_layer("probe", stack, stack.layers[0], tensors.__getitem__)
    np.testing.assert_array_equal(softmax.weights(restored), softmax.weights(original))
    assert (restored.module, restored.rotary, restored.implementation) == (
        "transformer.h.2.attn",
        True,
        "sdpa",
    )
    assert stack.layers[0].layer == 2
    assert set(tensor_names("probe", message)) == set(tensors) - {"probe"}


def test_the_float16_store_is_exact_to_2e_3() -> None:
    original = layer()
    message, tensors = read_back(events_of(decoder({0: original})))
    assert tensors["probe/decoder/0/query"].dtype == np.float16
    restored = read_layer(
        "probe", message.stacks[0], message.stacks[0].layers[0], tensors.__getitem__
    )
    assert np.abs(softmax.weights(restored) - softmax.weights(original)).max() <= 2e-3


def test_a_value_beyond_float16_makes_its_tensor_float32() -> None:
    big = layer()
    big.query[0, 0, 0] = 1e6
    _, tensors = read_back(events_of(decoder({0: big})))
    assert (
        tensors["probe/decoder/0/query"].dtype == np.float32
        and tensors["probe/decoder/0/query"][0, 0, 0] == 1e6
    )
    assert tensors["probe/decoder/0/key"].dtype == np.float16


def test_the_commit_is_the_last_event_and_holds_metrics_and_thumbnails() -> None:
    events = events_of(decoder({0: layer(seed=1), 1: layer(seed=2)}))
    assert [len(event.summary.value) for event in events] == [2, 2, 2]
    assert {(event.step, event.wall_time) for event in events} == {(7, 1.5)}
    message, tensors = read_back(events)
    assert (
        tensors["probe"].shape == (2, 4, len(ALWAYS_LOGGED))
        and tuple(message.metrics) == ALWAYS_LOGGED
    )
    assert tensors["probe/decoder/thumbnails"].shape == (2, 4, 6, 6)
    assert message.session == "s" and list(message.sequences[0].tokens)[1] == b"t1"


def test_masks_are_stored_once_per_distinct_mask() -> None:
    window = np.tri(6, dtype=bool)[None] & ~np.tri(6, k=-2, dtype=bool)[None]
    full = np.tri(6, dtype=bool)[None]
    layers = {0: layer(mask=window), 1: layer(mask=full), 2: layer(mask=window.copy())}
    message, tensors = read_back(events_of(decoder(layers)))
    assert [one.mask for one in message.stacks[0].layers] == [0, 1, 0]
    assert (
        tensors["probe/decoder/mask/0"].shape == (1, 6, 1) and "probe/decoder/mask/2" not in tensors
    )


def test_three_stacks_of_an_encoder_decoder() -> None:
    capture = Capture(
        model="t5",
        sequences=(sequence(5), sequence(7, ENCODER)),
        stacks=(
            Stack(DECODER, {0: layer(queries=5, keys=5)}),
            Stack(
                ENCODER,
                {
                    0: layer(queries=7, keys=7, causal=False),
                    1: layer(queries=7, keys=7, causal=False),
                },
                1,
                1,
            ),
            Stack(CROSS, {0: layer(heads=2, queries=5, keys=7, causal=False)}, 0, 1),
        ),
    )
    events = events_of(capture)
    _, tensors = read_back(events)
    assert tensors["probe"].shape == (4, 4, len(ALWAYS_LOGGED))
    assert np.isnan(tensors["probe"][3, 2:]).all()
    assert tensors["probe/cross/thumbnails"].shape == (1, 2, 5, 7)
    overview = parse_plugin_data(
        summary.overview_value(events[-1]).metadata.plugin_data.content
    ).overview
    assert [(stack.name, list(stack.layers), stack.heads) for stack in overview.stacks] == [
        ("decoder", [0], 4),
        ("encoder", [0, 1], 4),
        ("cross", [0], 2),
    ]


def test_only_the_small_value_is_for_tensorboard() -> None:
    events = events_of(decoder({0: layer()}))
    small = summary.overview_value(events[-1])
    assert (
        small.metadata.data_class == summary_pb2.DATA_CLASS_TENSOR
        and small.tensor.dtype == types_pb2.DT_FLOAT
    )
    assert small.metadata.plugin_data.plugin_name == "attention"
    assert events[0].summary.value[0].metadata.data_class == summary_pb2.DATA_CLASS_UNKNOWN
    assert len(small.SerializeToString()) < 1000


def test_weights_without_queries_and_keys() -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(6), size=(3, 6)).astype(np.float32)
    message, tensors = read_back(events_of(decoder({0: AttentionLayer(weights=weights)})))
    stack = message.stacks[0]
    assert stack.layers[0].weights_only
    restored = read_layer("probe", stack, stack.layers[0], tensors.__getitem__)
    np.testing.assert_allclose(softmax.weights(restored), weights, atol=5e-4)


def test_bad_input_is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="one token for each position"):
        events_of(decoder({0: layer()}, tokens=5))
    with pytest.raises(InvalidInput, match="no attention layer"):
        events_of(decoder({}))
    with pytest.raises(InvalidInput, match="tag is empty"):
        list(summary.capture_events(decoder({0: layer()}), tag="", step=0, wall_time=0, session=""))
    with pytest.raises(InvalidInput, match="ids has 2 entries for 1 tokens"):
        TokenSequence(tokens=(b"a",), ids=(1, 2))


def test_a_newer_or_damaged_description_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnreadableRecord, match="upgrade"):
        parse_plugin_data(schema.AttentionPluginData(version=2).SerializeToString())
    with pytest.raises(UnreadableRecord, match="damaged"):
        parse_plugin_data(b"\xff\xff\xff")
