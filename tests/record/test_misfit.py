"""Descriptions of captures that do not fit: refused when they are opened, whoever asks."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto import event_pb2, types_pb2

from tb_attention import schema
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.change import begin_change
from tb_attention.answers.distances import answer_distances
from tb_attention.answers.findings import begin_findings
from tb_attention.answers.left_out import LeftOut
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.pair import begin_pair
from tb_attention.answers.row import answer_row
from tb_attention.answers.thumbnails import answer_thumbnails, begin_thumbnails
from tb_attention.answers.types import answer_types
from tb_attention.answers.weights import answer_weights
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import NotLogged, UnreadableRecord
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.summary import capture_events
from tb_attention.store.store import Store
from tests.support.logs import events, record_file, write
from tests.support.stores import store_of

TOKENS, OTHER = 6, 4
Written = list[event_pb2.Event]


def everything() -> Capture:
    """Three stacks: grouped queries with mask, bias and sinks; weights alone; other tokens."""
    random = np.random.default_rng(0)

    def vectors(heads: int, tokens: int) -> np.ndarray:
        return random.standard_normal((heads, tokens, 8)).astype(np.float32)

    decoder = {
        0: AttentionLayer(
            query=vectors(4, TOKENS),
            key=vectors(2, TOKENS),
            mask=np.tri(TOKENS, dtype=bool)[None],
            bias=random.standard_normal((4, TOKENS, TOKENS)),
            sinks=np.zeros(4),
        ),
        2: AttentionLayer(query=vectors(4, TOKENS), key=vectors(4, TOKENS)),
    }
    weights = np.full((4, OTHER, OTHER), 1 / OTHER, np.float32)
    encoder = {0: AttentionLayer(weights=weights, causal=False)}
    cross = {0: AttentionLayer(query=vectors(4, TOKENS), key=vectors(4, OTHER), causal=False)}
    sequences = (
        TokenSequence(tuple(b"abcdef"[place : place + 1] for place in range(TOKENS)), ids=(1,) * 6),
        TokenSequence((b"t",) * OTHER, name="encoder"),
    )
    stacks = (
        Stack("decoder", decoder),
        Stack("encoder", encoder, 1, 1),
        Stack("cross", cross, 0, 1),
    )
    return Capture("everything", sequences, stacks)


def written(heads: list[int] | None = None) -> Written:
    return list(
        capture_events(everything(), tag="probe", step=0, wall_time=1.0, session="one", heads=heads)
    )


def described(of: Written, change: Callable[[schema.Capture], object]) -> Written:
    """The events with another description."""
    value = of[-1].summary.value[0]
    data = parse_plugin_data(value.metadata.plugin_data.content)
    change(data.capture)
    value.metadata.plugin_data.content = data.SerializeToString()
    return of


def stored(directory: Path, of: Written) -> Store:
    write(record_file(directory), of)
    return store_of(directory)


def asked(store: Store) -> Iterator[Callable[[], Any]]:
    """Every question about the capture."""
    steps = store.steps(".", "probe")
    at, stack = steps[0], "decoder"
    yield lambda: answer_capture(store, ".", at)
    yield lambda: answer_weights(store, at, stack, 0, None)
    yield lambda: answer_weights(store, at, stack, 0, 1)
    yield lambda: answer_weights(store, at, "encoder", 0, 0)
    yield lambda: answer_row(store, at, "cross", 0, 1, None)
    yield lambda: answer_distances(store, at, stack, 2, 3, "linear")
    yield lambda: answer_thumbnails(store, at, stack)
    yield lambda: list(begin_thumbnails(store, at, stack, LeftOut(first="hide")).work)
    yield lambda: list(begin_pair(store, steps, at, stack, 2, 1).work)
    yield lambda: list(begin_change(store, at, at).work)


MISFITS: dict[str, tuple[Callable[[schema.Capture], object], str]] = {
    "sequence": (lambda c: setattr(c.stacks[0], "query_sequence", 2), "decoder is of sequence 2"),
    "negative": (lambda c: setattr(c.stacks[0], "key_sequence", -1), "decoder is of sequence -1"),
    "tokens": (lambda c: c.sequences[0].tokens.append(b"x"), "decoder has 7 tokens and 6 ids"),
    "queries": (
        lambda c: (c.sequences[0].tokens.append(b"x"), c.sequences[0].ids.append(1)),
        r"'probe/decoder/0/query' has the shape \[4, 6, 8\] instead of \[4, 7, 8\]",
    ),
    "keys": (
        lambda c: c.sequences[1].tokens.append(b"x"),
        r"layer 0 of encoder: 'probe/encoder/0/weights' has the shape \[4, 4, 4\]",
    ),
    "heads": (lambda c: setattr(c.stacks[0].layers[1], "heads", 8), "layer 2 of decoder: 'probe"),
    "no heads": (lambda c: setattr(c.stacks[0].layers[1], "heads", 0), "0 heads, of 1 to 4096"),
    "many heads": (
        lambda c: setattr(c.stacks[0].layers[1], "heads", 2**31 - 1),
        "2147483647 heads, of 1 to 4096",
    ),
    "key heads": (
        lambda c: setattr(c.stacks[0].layers[0], "key_heads", 3),
        "4 heads that share 3 key heads",
    ),
    "no key heads": (
        lambda c: setattr(c.stacks[0].layers[0], "key_heads", 0),
        "4 heads that share 0 key heads",
    ),
    "neurons": (
        lambda c: setattr(c.stacks[2].layers[0], "neurons", 16),
        r"'probe/cross/0/query' has the shape \[4, 6, 8\] instead of \[4, 6, 16\]",
    ),
    "query start": (
        lambda c: setattr(c.stacks[0].layers[0], "query_start", 2**31 - 1),
        "its first query is at 2147483647, of 6 keys",
    ),
    "query before": (
        lambda c: setattr(c.stacks[0].layers[0], "query_start", -7),
        "its first query is at -7, of 6 keys",
    ),
    "sinks": (lambda c: c.stacks[0].layers[0].sinks.append(0.0), "5 sinks of 4 heads"),
    "logged heads": (
        lambda c: c.stacks[0].layers[0].logged_heads.extend([0, 4]),
        r"the logged heads \[0, 4\], of 4",
    ),
    "logged twice": (
        lambda c: c.stacks[0].layers[0].logged_heads.extend([1, 1]),
        r"the logged heads \[1, 1\], of 4",
    ),
    "fewer logged": (
        lambda c: c.stacks[0].layers[0].logged_heads.extend([1]),
        r"has the shape \[4, 6, 8\] instead of \[1, 6, 8\]",
    ),
    "metrics": (lambda c: c.metrics.append("another"), "the head metrics have the shape"),
    "fewer metrics": (lambda c: c.metrics.pop(), "the head metrics have the shape"),
    "no metrics": (lambda c: c.ClearField("metrics"), "the head metrics have the shape"),
    "two stacks": (lambda c: c.stacks.append(c.stacks[0]), "two stacks are called 'decoder'"),
    "two layers": (
        lambda c: c.stacks[0].layers.append(c.stacks[0].layers[0]),
        "two layers of decoder are 0",
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_description_that_does_not_fit_is_one_sentence_to_every_question(
    tmp_path: Path, name: str
) -> None:
    change, sentence = MISFITS[name]
    store = stored(tmp_path, described(written(), change))
    tracemalloc.start()
    try:
        for ask in asked(store):
            with pytest.raises(UnreadableRecord, match=sentence) as raised:
                ask()
            assert str(raised.value).startswith("Step 0 of 'probe' does not fit its description: ")
        # The questions about a tag leave out what cannot be read.
        steps = store.steps(".", "probe")
        assert set(answer_metrics(store, steps).arrays["steps"]) == {0}
        answer_types(store, steps)
        list(begin_findings(store, steps).work)
        assert tracemalloc.get_traced_memory()[1] < 30e6, "nothing is allocated for what is claimed"
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["query", "bias/0", "mask/0", "thumbnails", "probe"])
@pytest.mark.parametrize("what", ["shape", "dtype", "size", "one"])
def test_a_tensor_that_does_not_fit(tmp_path: Path, kind: str, what: str) -> None:
    made = written()
    (tensor,) = (
        value.tensor
        for event in made
        for value in event.summary.value
        if value.tag == "probe" == kind or value.tag.endswith((f"decoder/{kind}", f"0/{kind}"))
        if "encoder" not in value.tag and "cross" not in value.tag
    )
    if what == "shape":
        dims = tensor.tensor_shape.dim
        dims[0].size, dims[1].size = dims[0].size * dims[1].size, 1
    elif what == "dtype":
        tensor.dtype = types_pb2.DT_DOUBLE
    elif what == "size":
        tensor.tensor_content = tensor.tensor_content[:-1]
    else:  # one number that stands for 2 ** 62
        tensor.ClearField("tensor_content")
        tensor.float_val.append(1.0)
        tensor.tensor_shape.dim[0].size = 2**40
    store = stored(tmp_path, made)
    for ask in asked(store):
        with pytest.raises(UnreadableRecord, match=r"Step 0 of 'probe' does not fit"):
            ask()
    if kind == "probe":
        answer = answer_metrics(store, store.steps(".", "probe"))
        assert answer.arrays["metrics"].size == 0


def test_what_is_as_it_should_be_is_opened(tmp_path: Path) -> None:
    for place, heads in enumerate((None, [0, 3])):
        store = stored(tmp_path / str(place), written(heads))
        for number, ask in enumerate(asked(store)):
            if heads and number == 2:
                with pytest.raises(NotLogged, match="only 0, 3"):
                    ask()
            else:
                ask()


_FIELDS = [
    *(("layer", name) for name in ("layer", "heads", "key_heads", "neurons", "query_start")),
    *(("layer", name) for name in ("mask", "bias", "weights_only", "causal")),
    *(("stack", name) for name in ("query_sequence", "key_sequence")),
]
_NUMBERS = st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-9, 9))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_described_is_answered_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    def change(capture: schema.Capture) -> None:
        for _ in range(data.draw(st.integers(1, 3))):
            kind, name = data.draw(st.sampled_from(_FIELDS))
            stack = data.draw(st.sampled_from(list(capture.stacks)))
            of = stack if kind == "stack" else data.draw(st.sampled_from(list(stack.layers)))
            number = data.draw(_NUMBERS)
            setattr(of, name, number > 0 if isinstance(getattr(of, name), bool) else number)

    heads = data.draw(st.sampled_from([None, [1], [0, 3]]))
    store = stored(tmp_path_factory.mktemp("log"), described(written(heads), change))
    if not store.snapshot.runs:
        assert "tensors are missing" in store.snapshot.problems[0].problem
        return
    for ask in asked(store):
        try:
            ask()
        except (UnreadableRecord, NotLogged):
            continue


def test_what_other_tests_write_is_opened(tmp_path: Path) -> None:
    store = stored(tmp_path, events())
    answer_capture(store, ".", store.find(".", "probe", 0))
