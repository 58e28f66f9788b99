"""Captures whose meaning is wrong while their checksums are right, and every question about them.

One seed makes one log directory, so that what fails can be made again.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from tensorboard.compat.proto import types_pb2
from werkzeug.test import Client, TestResponse

from tb_attention import schema
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.tfrecord import framed
from tests.support.logs import record_file
from tests.support.misfits import Written, described, written

INTEGERS = (0, 1, -1, 2, 3, 4, 5, 7, 8, 64, 255, 4096, 4097, 10**5, 10**8, 2**31 - 1, -(2**31))
FLOATS = (0.0, -0.0, 1.0, -1.0, 1e-30, 1e30, math.inf, -math.inf, math.nan)
TEXTS = ("", "decoder", "encoder", "cross", "x/0", "a\x00b", "🙂" * 20, "..", "probe", "query")
BYTES = (b"", b"\x00", b"\xff\xfe", b"t", b"a" * 300)
DTYPES = (0, types_pb2.DT_HALF, types_pb2.DT_FLOAT, types_pb2.DT_UINT8, types_pb2.DT_DOUBLE, 10**4)

RUN, TAG = "run", "probe"
GOOD, BAD = 0, 1
"""The step that is as it should be, and the one that is not."""


def mutated(path: Path, seed: int) -> None:
    """Writes a run of two steps below `path`: GOOD, and BAD, of which some fields are others."""
    chance = random.Random(seed)
    heads = chance.choice([None, None, [1], [0, 3]])
    good, bad = written(heads, GOOD), written(heads, BAD)
    if chance.random() < 0.5:
        described(bad, lambda capture: _told(capture, chance))
    for _ in range(chance.choice([1, 1, 1, 2, 3, 6])):
        chance.choice([_description, _description, _description, _tensor, _record])(bad, chance)
    file = record_file(path / RUN)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"".join(framed(event.SerializeToString()) for event in [*good, *bad]))


def _told(capture: schema.Capture, chance: random.Random) -> None:
    """All that may be said of each token, in lists of the right length and with any numbers."""
    sequence = capture.sequences[0]
    tokens = len(sequence.tokens)
    for name in ("starts", "ends", "segments", "documents"):
        kinds = ([0, 1], [0, 1, 2], INTEGERS)
        getattr(sequence, name)[:] = chance.choices(chance.choice(kinds), k=tokens)
    sequence.losses[:] = chance.choices(FLOATS, k=tokens)
    sequence.pieces[:] = chance.choices(TEXTS, k=tokens)
    sequence.special[:] = chance.choices([True, False], k=tokens)
    sequence.prompt = chance.randrange(tokens + 1)
    sequence.spans.add(name=chance.choice(TEXTS), first=0, last=chance.randrange(tokens))
    for stack in capture.stacks:
        for layer in stack.layers:
            layer.softcap, layer.scale, layer.error = chance.choices(FLOATS, k=3)
            layer.query_start = chance.choice([0, 0, 1, 2, -1])
    for effect in capture.effects:
        effect.value = chance.choice(FLOATS)
        effect.replace = chance.choice(["zero", "mean"])
        for cut in effect.cuts:
            cut.name, cut.value = chance.choice(TEXTS), chance.choice(FLOATS)
            cut.losses[:] = chance.choices(FLOATS, k=chance.choice([0, tokens]))
        if effect.number == "answer":
            effect.first[:] = chance.choices(TEXTS, k=chance.choice([1, 3]))
            effect.at = chance.randrange(tokens)


def _description(events: Written, chance: random.Random) -> None:
    """Another value of a field of the description, at any depth."""
    for value in (value for event in events for value in event.summary.value):
        if value.metadata.plugin_data.content:
            data = parse_plugin_data(value.metadata.plugin_data.content)
            _change(chance.choice(list(_messages(data.capture))), chance)
            value.metadata.plugin_data.content = data.SerializeToString()


def _tensor(events: Written, chance: random.Random) -> None:
    """Another dtype, shape, or kind of numbers of a tensor."""
    tensor = chance.choice([v for event in events for v in event.summary.value]).tensor
    axes = tensor.tensor_shape.dim
    what = chance.randrange(7)
    if what == 0:
        tensor.dtype = chance.choice(DTYPES)
    elif what == 1 and axes:
        chance.choice(axes).size = chance.choice(INTEGERS)
    elif what == 2 and axes:
        sizes = [axis.size for axis in axes]
        chance.shuffle(sizes)
        for axis, size in zip(axes, sizes, strict=True):
            axis.size = size
    elif what == 3:
        chance.choice([axes.add, lambda: axes and axes.pop()])()
    elif what == 4:
        content = tensor.tensor_content
        tensor.tensor_content = chance.choice([content[:-1], content * 2, b"", content + b"\0"])
    elif what == 5:
        tensor.ClearField("tensor_content")
        field = chance.choice(["float_val", "half_val", "int_val"])
        numbers = FLOATS if field == "float_val" else [n for n in INTEGERS if abs(n) < 2**31]
        getattr(tensor, field).extend(chance.choices(numbers, k=chance.choice([1, 2, 64])))
    else:  # numbers that are none, as a run that diverges has
        size = len(tensor.tensor_content)
        tensor.tensor_content = bytes(chance.choice([b"\xff", b"\x7c", b"\x00"]) * size)


def _record(events: Written, chance: random.Random) -> None:
    """Values that are missing, twice, or in another order, or have another name or time."""
    event = chance.choice([event for event in events if event.summary.value])
    values = event.summary.value
    what = chance.randrange(6)
    if what == 0 and len(values) > 1:
        del values[chance.randrange(len(values))]
    elif what == 1:
        values.append(chance.choice(values))
    elif what == 2:
        chance.choice(values).tag = chance.choice(TEXTS)
    elif what == 3:
        event.step = chance.choice(INTEGERS)
    elif what == 4:
        event.wall_time = chance.choice(FLOATS)
    else:
        chance.choice(values).ClearField("tensor")


def _messages(message: Message) -> Iterator[Message]:
    """The message, and all that are in it."""
    yield message
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for inner in value if _repeats(value) else [value]:
                yield from _messages(inner)


def _repeats(value: object) -> bool:
    """Whether a field of this value is repeated; protobuf 4 has no `is_repeated`."""
    return hasattr(value, "extend")


def _change(message: Message, chance: random.Random) -> None:
    field = chance.choice(message.DESCRIPTOR.fields)
    now = getattr(message, field.name)
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        _change_messages(now, chance)
    elif _repeats(now):
        what = chance.randrange(4)
        if what == 0:
            now.append(_value(field, chance))
        elif what == 1 and now:
            now[chance.randrange(len(now))] = _value(field, chance)
        elif what == 2 and now:
            del now[chance.randrange(len(now)) :]
        else:
            now.extend([_value(field, chance)] * chance.choice([1, 100, 5000]))
    elif chance.random() < 0.2:
        message.ClearField(field.name)
    else:
        setattr(message, field.name, _value(field, chance))


def _change_messages(now: Any, chance: random.Random) -> None:
    what = chance.randrange(4)
    if what == 0:
        now.add()
    elif what == 1 and now:
        now.append(chance.choice(now))
    elif what == 2 and now:
        del now[chance.randrange(len(now))]
    else:
        now.sort(key=lambda _: chance.random())


def _value(field: FieldDescriptor, chance: random.Random) -> Any:
    kinds: dict[int, Callable[[], Any]] = {
        FieldDescriptor.TYPE_INT32: lambda: chance.choice(INTEGERS),
        FieldDescriptor.TYPE_FLOAT: lambda: chance.choice(FLOATS),
        FieldDescriptor.TYPE_DOUBLE: lambda: chance.choice(FLOATS),
        FieldDescriptor.TYPE_BOOL: lambda: chance.random() < 0.5,
        FieldDescriptor.TYPE_STRING: lambda: chance.choice(TEXTS),
        FieldDescriptor.TYPE_BYTES: lambda: chance.choice(BYTES),
    }
    return kinds[field.type]()


def questions(chance: random.Random, step: int) -> Iterator[tuple[str, dict[str, str]]]:
    """(route, parameters) of every route once, about this step."""
    stack, layer = chance.choice(
        [("decoder", 0), ("decoder", 2), ("encoder", 0), ("cross", 0), ("encoder", 5)]
    )
    query, key = chance.randrange(-1, 7), chance.randrange(-1, 7)
    of_tag = {"run": RUN, "tag": TAG}
    of_step = of_tag | {"step": str(step)}
    of_layer = of_step | {"stack": stack, "layer": str(layer)}
    of_head = of_layer | {"head": str(chance.randrange(5))}
    pair = {"query": str(query), "key": str(key)}
    left_out = {"first": chance.choice(["hide", "renormalise"]), "special": "1", "segments": "AB"}
    yield "runs", {}
    yield "capture", of_step
    yield "metrics", of_tag
    yield "types", of_tag
    yield "thumbnails", of_step | {"stack": stack}
    yield "thumbnails", of_step | left_out
    yield "weights", of_layer | {"dtype": chance.choice(["float32", "float16", "uint8"])}
    yield "weights", of_head
    yield "weights", of_layer | left_out | {"block": str(chance.choice([1, 2, 9]))}
    yield "neurons", of_head
    yield "row", of_layer | {"query": str(query)}
    yield "distances", of_head
    yield "contributions", of_tag | {"stack": stack, "layer": str(layer), "head": "1"} | pair
    yield "pair", of_tag | {"stack": stack} | pair
    yield "change", of_step | {"with_run": RUN, "with_tag": TAG, "with_step": str(GOOD)}
    yield "findings", of_tag
    yield "stories", {}
    yield "curves", of_tag


def asked(
    ask: Callable[..., TestResponse], client: Client, seed: int
) -> Iterator[tuple[str, dict[str, str], TestResponse]]:
    """Every question about both steps of what `mutated` wrote, with its answer."""
    chance = random.Random(seed)
    for step in (GOOD, BAD):
        for route, parameters in questions(chance, step):
            yield route, parameters, ask(client, route, query_string=parameters)
