"""What the store answers, against numpy's own softmax on the arrays that were captured."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import capture, events, record_file, write
from tensorboard.compat.proto import event_pb2
from threadpoolctl import threadpool_info

from tb_attention.answers import weights as weights_module
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.characters import shown
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.neurons import answer_neurons
from tb_attention.answers.row import answer_row
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.thumbnails import answer_thumbnails
from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import METRIC_NAMES, METRICS
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.thumbnails import encode
from tb_attention.errors import InvalidInput, NotLogged, UnreadableRecord
from tb_attention.files.read import LocalFiles
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.store import reader as reader_module
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.reader import open_capture
from tb_attention.store.store import Store


def store_of(directory: Path) -> Store:
    index = Index([Root(str(directory))])
    index.refresh()
    return Store(index)


def stored(directory: Path, *written: list[event_pb2.Event]) -> Store:
    write(record_file(directory), *written)
    return store_of(directory)


def plain_softmax(layer: AttentionLayer) -> tuple[np.ndarray, np.ndarray]:
    """(scores, weights) float64 [heads, queries, keys], the plain way, of queries and keys as they are stored: float16."""
    query, key = (
        layer.query.astype(np.float16).astype(float),
        layer.key.astype(np.float16).astype(float),
    )
    scores = (
        query
        @ np.repeat(key, layer.heads // layer.key_heads, axis=0).transpose(0, 2, 1)
        * np.float32(layer.scale)
    )
    if layer.softcap is not None:
        scores = layer.softcap * np.tanh(scores / layer.softcap)
    if layer.bias is not None:
        scores = scores + layer.bias.astype(np.float16)
    allowed = (
        np.tri(layer.queries, layer.keys, layer.query_start, dtype=bool)
        if layer.causal
        else np.ones(scores.shape[1:], bool)
    )
    if layer.mask is not None:
        allowed = allowed & layer.mask
    scores = np.where(allowed, scores, -np.inf)
    raised = np.exp(scores)
    total = raised.sum(axis=-1, keepdims=True) + (
        0 if layer.sinks is None else np.exp(layer.sinks)[:, None, None]
    )
    return scores, np.divide(raised, total, out=np.zeros_like(raised), where=total > 0)


def rich() -> Capture:
    """A capture with all that a layer can have.

    Grouped queries, mask, bias of each head, soft cap, sinks; and weights only.
    """
    random = np.random.default_rng(1)
    tokens, heads = 7, 4

    def vectors(count: int) -> np.ndarray:
        return random.standard_normal((count, tokens, 8)).astype(np.float32)

    mask = random.random((1, tokens, tokens)) < 0.7
    mask[0, 3] = False
    layers = {
        0: AttentionLayer(query=vectors(heads), key=vectors(2), scale=0.3),
        2: AttentionLayer(
            query=vectors(heads), key=vectors(heads), scale=0.4, causal=False, mask=np.repeat(mask, heads, axis=0), softcap=2.0,
        ),
        3: AttentionLayer(
            query=vectors(heads), key=vectors(1), scale=0.5, mask=mask, bias=random.standard_normal((heads, tokens, tokens)),
            sinks=random.standard_normal(heads).astype(np.float32),
        ),
    }  # fmt: skip
    weights = random.random((heads, tokens, tokens)).astype(np.float32)
    only = {0: AttentionLayer(weights=weights / weights.sum(axis=2, keepdims=True), causal=False)}
    sequence = TokenSequence(
        tokens=(b"The", b" \xe2\x82", b"\xac", b"\n", b"<s>", "é".encode(), b"\xff\xfe"), text="The €", ids=tuple(range(tokens)),
        pieces=("The", "a", "b", "c", "d", "e", "f"), special=(False,) * 4 + (True,) + (False,) * 2, segments=(0,) * 7, prompt=3,
    )  # fmt: skip
    return Capture("rich", (sequence,), (Stack("decoder", layers), Stack("encoder", only)))


@pytest.mark.parametrize("layer", [0, 2, 3])
def test_weights_and_rows_of_a_layer_and_of_each_head(tmp_path: Path, layer: int) -> None:
    made = rich()
    store = stored(tmp_path, events(5, of=made))
    location = store.find(".", "probe", 5)
    scores, weights = plain_softmax(made.stacks[0].layers[layer])
    answer = answer_weights(store, location, None, layer, None).arrays["weights"]
    assert answer.dtype == np.float32
    np.testing.assert_allclose(answer, weights, atol=2e-6)
    for head in range(4):
        np.testing.assert_allclose(
            answer_weights(store, location, "decoder", layer, head).arrays["weights"],
            weights[[head]],
            atol=2e-6,
        )
    for query in range(7):
        row = answer_row(store, location, None, layer, query, None).arrays
        np.testing.assert_allclose(row["weights"], weights[:, query], atol=2e-6)
        np.testing.assert_allclose(row["scores"], scores[:, query], atol=1e-5)
        one = answer_row(store, location, None, layer, query, 2).arrays
        np.testing.assert_allclose(one["scores"], scores[[2], query], atol=1e-5)


def test_weights_as_float16_and_as_square_roots(tmp_path: Path) -> None:
    made = rich()
    store = stored(tmp_path, events(of=made))
    location = store.find(".", "probe", 0)
    _, weights = plain_softmax(made.stacks[0].layers[0])
    half = answer_weights(store, location, None, 0, None, "float16").arrays["weights"]
    assert half.dtype == np.float16
    np.testing.assert_allclose(half, weights, atol=1e-3)
    roots = answer_weights(store, location, None, 0, None, "uint8").arrays["weights"]
    assert roots.dtype == np.uint8
    assert np.max(np.abs(roots - 255 * np.sqrt(weights))) <= 0.5 + 1e-3


@given(st.floats(0, 1, width=32))
def test_square_roots_come_back_within_half_a_level(weight: float) -> None:
    level = float(encode(np.array([weight], np.float32))[0])
    assert abs(level - 255 * np.sqrt(weight)) <= 0.5 + 1e-4


def test_square_roots_of_what_is_no_weight() -> None:
    assert list(encode(np.array([np.nan, np.inf, -np.inf, -0.1, 1.2], np.float32))) == [
        0,
        255,
        0,
        0,
        255,
    ]


def test_weights_only(tmp_path: Path) -> None:
    made = rich()
    store = stored(tmp_path, events(of=made))
    location = store.find(".", "probe", 0)
    weights = made.stacks[1].layers[0].weights
    np.testing.assert_allclose(
        answer_weights(store, location, "encoder", 0, None).arrays["weights"], weights, atol=1e-3
    )
    np.testing.assert_allclose(
        answer_weights(store, location, "encoder", 0, 3, "float16").arrays["weights"],
        weights[[3]],
        atol=1e-3,
    )
    assert np.all(
        np.abs(
            answer_weights(store, location, "encoder", 0, 3, "uint8").arrays["weights"]
            - 255 * np.sqrt(weights[[3]])
        )
        < 1
    )
    row = answer_row(store, location, "encoder", 0, 2, None).arrays
    assert list(row) == ["weights"]
    with pytest.raises(NotLogged, match="Only the weights of layer 0 were logged"):
        answer_neurons(store, location, "encoder", 0, 0)


def test_neurons_add_up_to_the_scores(tmp_path: Path) -> None:
    made = rich()
    store = stored(tmp_path, events(of=made))
    location = store.find(".", "probe", 0)
    scores, _ = plain_softmax(made.stacks[0].layers[0])
    for head in range(4):
        answer = answer_neurons(store, location, None, 0, head)
        assert answer.metadata["key_head"] == head // 2
        product = answer.arrays["query"] @ answer.arrays["key"].T * answer.metadata["scale"]
        seen = np.isfinite(scores[head])
        np.testing.assert_allclose(product[seen], scores[head][seen], atol=1e-5)
        assert {array.dtype for array in answer.arrays.values()} == {np.dtype(np.float32)}


def test_the_description_of_a_capture(tmp_path: Path) -> None:
    store = stored(tmp_path, events(5, of=rich()))
    answer = answer_capture(store, ".", store.find(".", "probe", 5))
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    (sequence,) = answer["sequences"]
    assert sequence["tokens"] == ["The", r" \xE2\x82", r"\xAC", "\n", "<s>", "é", r"\xFF\xFE"]
    assert sequence["characters"] == [{"first": 1, "last": 2, "text": " €"}]
    assert (sequence["pieces"][1], sequence["ids"], sequence["prompt"]) == ("a", list(range(7)), 3)
    assert sequence["special"] == [False, False, False, False, True, False, False]
    decoder, encoder = answer["stacks"]
    assert [layer["layer"] for layer in decoder["layers"]] == [0, 2, 3]
    assert [layer["mask"] is None for layer in decoder["layers"]] == [True, False, False]
    assert [layer["key_heads"] for layer in decoder["layers"]] == [2, 4, 1]
    assert decoder["layers"][1]["softcap"] == 2.0
    assert len(decoder["layers"][2]["sinks"]) == 4
    assert encoder["layers"][0]["weights_only"] is True
    assert answer["metrics"] == list(METRIC_NAMES)


def test_infinite_numbers_become_null(tmp_path: Path) -> None:
    made = capture()
    layers = {0: replace(made.stacks[0].layers[0], sinks=np.array([0, -np.inf, 0, 0], np.float32))}
    store = stored(tmp_path, events(of=replace(made, stacks=(Stack("decoder", layers),))))
    answer = answer_capture(store, ".", store.find(".", "probe", 0))
    assert answer["stacks"][0]["layers"][0]["sinks"] == [0, None, 0, 0]


@given(st.binary(max_size=12).filter(lambda token: b"\\" not in token))
def test_tokens_are_shown_without_losing_a_byte(token: bytes) -> None:
    escaped = re.sub(r"\\x([0-9A-F]{2})", lambda byte: chr(0xDC00 + int(byte[1], 16)), shown(token))
    assert escaped.encode("utf-8", "surrogateescape") == token


def test_thumbnails(tmp_path: Path) -> None:
    written = events(of=rich())
    store = stored(tmp_path, written)
    location = store.find(".", "probe", 0)
    answer = answer_thumbnails(store, location, None)
    assert (answer.metadata["layers"], answer.arrays["thumbnails"].shape) == (
        [0, 2, 3],
        (3, 4, 7, 7),
    )
    (expected,) = [
        value.tensor
        for value in written[-1].summary.value
        if value.tag == "probe/decoder/thumbnails"
    ]
    assert answer.arrays["thumbnails"].tobytes() == expected.tensor_content
    assert answer_thumbnails(store, location, "encoder").metadata["layers"] == [0]


def test_head_metrics_of_all_steps(tmp_path: Path) -> None:
    written = [events(step) for step in (0, 3, 10)]
    store = stored(tmp_path, *written)
    answer = answer_metrics(store, store.steps(".", "probe"))
    assert (answer.arrays["steps"].dtype, list(answer.arrays["steps"])) == (np.int32, [0, 3, 10])
    assert answer.metadata["names"] == METRIC_NAMES
    assert answer.metadata["rows"] == (("decoder", 0), ("decoder", 1))
    assert [words["label"] for words in answer.metadata["words"]] == [m.label for m in METRICS]
    for joined, one in zip(answer.arrays["metrics"], written, strict=True):
        assert joined.tobytes() == one[-1].summary.value[0].tensor.tensor_content


def test_head_metrics_of_a_model_that_changed(tmp_path: Path) -> None:
    store = stored(
        tmp_path,
        events(0, of=capture(layers=1)),
        events(1, of=capture(layers=3, heads=6)),
        events(2, of=rich()),
    )
    answer = answer_metrics(store, store.steps(".", "probe"))
    assert answer.metadata["rows"] == (
        ("decoder", 0),
        ("decoder", 1),
        ("decoder", 2),
        ("decoder", 3),
        ("encoder", 0),
    )
    entropy = np.isfinite(answer.arrays["metrics"][..., METRIC_NAMES.index("entropy")])
    assert entropy[0].sum() == 4
    assert entropy[1].sum() == 18
    assert [list(np.flatnonzero(row)) for row in entropy[2]] == [
        [0, 1, 2, 3],
        [],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
    ]


def test_steps_that_are_larger_than_32_bits(tmp_path: Path) -> None:
    store = stored(tmp_path, events(3, wall_time=0), events(2**40 + 1, wall_time=1))
    steps = answer_metrics(store, store.steps(".", "probe")).arrays["steps"]
    assert (steps.dtype, list(steps)) == (np.float64, [3, 2**40 + 1])


def test_one_damaged_capture_does_not_hide_the_metrics_of_the_others(tmp_path: Path) -> None:
    store = stored(tmp_path, events(0), events(1))
    path = record_file(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"\x0a\x05probe", b"\x0a\x05probf", 1))
    metrics = answer_metrics(store, store.steps(".", "probe")).arrays["metrics"]
    assert np.all(np.isnan(metrics[0]))
    assert np.any(np.isfinite(metrics[1]))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no", "probe", 0), "There is no run 'no' in the log directory."),
        ((".", "no", 0), "The run '.' has no tag 'no'."),
        ((".", "probe", 1), "The tag 'probe' of the run '.' has no step 1; it has 0."),
        (("x" * 1000, "probe", 0), f"There is no run '{'x' * 100}…' in the log directory."),
    ],
)
def test_what_is_not_there(tmp_path: Path, arguments: tuple[str, str, int], sentence: str) -> None:
    with pytest.raises(NotLogged, match=r".") as raised:
        stored(tmp_path, events()).find(*arguments)
    assert str(raised.value) == sentence


def test_stacks_layers_heads_and_queries_that_are_not_there(tmp_path: Path) -> None:
    store = stored(tmp_path, events(of=rich()))
    location = store.find(".", "probe", 0)
    for stack, layer, head, query, sentence in (
        ("cross", 0, 0, 0, "This capture has no such stack; it has decoder, encoder."),
        (None, 1, 0, 0, "The stack decoder has no layer 1; it has 0, 2, 3."),
        (None, -1, 0, 0, "The stack decoder has no layer -1; it has 0, 2, 3."),
        (None, 0, 4, 0, "Layer 0 has the heads 0 to 3, and no head 4."),
        (None, 0, -1, 0, "Layer 0 has the heads 0 to 3, and no head -1."),
        (None, 0, 0, 7, "There are the queries 0 to 6, and no query 7."),
        (None, 0, 0, -1, "There are the queries 0 to 6, and no query -1."),
    ):
        with pytest.raises(NotLogged) as raised:
            answer_row(store, location, stack, layer, query, head)
        assert str(raised.value) == sentence


def test_an_answer_that_is_too_large_is_refused_before_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stored(tmp_path, events())
    location = store.find(".", "probe", 0)
    monkeypatch.setattr(weights_module, "LARGEST", 4 * 6 * 6)
    monkeypatch.setattr(weights_module.np, "zeros", lambda *arguments: pytest.fail("computed"))
    with pytest.raises(InvalidInput, match="ask for one head, or for dtype=uint8"):
        answer_weights(store, location, None, 0, None)
    monkeypatch.undo()
    monkeypatch.setattr(weights_module, "LARGEST", 4 * 6 * 6)
    assert (
        answer_weights(store, location, None, 0, None, "uint8").arrays["weights"].nbytes
        == 4 * 6 * 6
    )


def test_damaged_tensors_are_refused(tmp_path: Path) -> None:
    path = write(record_file(tmp_path), events(of=capture(layers=2)))
    store = store_of(tmp_path)
    location = store.find(".", "probe", 0)
    data = bytearray(path.read_bytes())
    data[location.records[1] + 100] ^= 1
    path.write_bytes(data)
    assert answer_weights(store, location, None, 0, None).arrays["weights"].shape == (4, 6, 6)
    for head in (None, 1):
        with pytest.raises(UnreadableRecord, match=r"Step 0 of 'probe' is damaged on disk"):
            answer_weights(store, location, None, 1, head)


def test_a_large_tensor_is_read_one_head_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rich()
    store = stored(tmp_path, events(of=made))
    location = store.find(".", "probe", 0)
    monkeypatch.setattr(reader_module, "SLICED", 0)
    asked: list[tuple[str, slice]] = []
    read = reader_module.Reader.read

    def spy(self: reader_module.Reader, name: str, first: slice = slice(None)) -> np.ndarray:
        asked.append((name, first))
        return read(self, name, first)

    monkeypatch.setattr(reader_module.Reader, "read", spy)
    np.testing.assert_allclose(
        answer_weights(store, location, None, 0, 3).arrays["weights"],
        plain_softmax(made.stacks[0].layers[0])[1][[3]],
        atol=2e-6,
    )
    assert asked == [("probe/decoder/0/key", slice(1, 2)), ("probe/decoder/0/query", slice(3, 4))]


def test_tensors_of_other_writers(tmp_path: Path) -> None:
    """Numbers one by one in half_val and float_val instead of raw bytes."""
    from tensorboard.util.tensor_util import make_ndarray, make_tensor_proto

    written = events(of=capture())
    for event in written:
        for value in event.summary.value:
            array = make_ndarray(value.tensor)
            value.tensor.CopyFrom(make_tensor_proto(array))
            if array.dtype == np.float32:
                value.tensor.ClearField("tensor_content")
                value.tensor.float_val.extend(array.ravel())
            assert array.dtype == np.uint8 or not value.tensor.tensor_content
    store = stored(tmp_path, written)
    location = store.find(".", "probe", 0)
    _, weights = plain_softmax(capture().stacks[0].layers[1])
    np.testing.assert_allclose(
        answer_weights(store, location, None, 1, None).arrays["weights"], weights, atol=2e-6
    )
    assert answer_metrics(store, store.steps(".", "probe")).arrays["metrics"].shape == (
        1,
        2,
        4,
        len(METRIC_NAMES),
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda tensor: tensor.tensor_shape.dim[0].__setattr__("size", 3),
        lambda tensor: tensor.tensor_shape.dim[0].__setattr__("size", -1),
        lambda tensor: tensor.tensor_shape.dim[0].__setattr__("size", 2**62),
        lambda tensor: tensor.tensor_shape.dim.pop(),
        lambda tensor: tensor.__setattr__("dtype", 14),
        lambda tensor: tensor.__setattr__("tensor_content", tensor.tensor_content[:-2]),
        lambda tensor: tensor.ClearField("tensor_content"),
        lambda tensor: (
            tensor.tensor_shape.dim[0].__setattr__("size", 2),
            tensor.tensor_shape.dim[2].__setattr__("size", 16),
        ),
        lambda tensor: (
            tensor.tensor_shape.dim[0].__setattr__("size", 0),
            tensor.ClearField("tensor_content"),
        ),
    ],
)
@pytest.mark.parametrize("place", [0, 1], ids=["query", "key"])
@pytest.mark.parametrize("head", [None, 1])
def test_tensors_that_do_not_fit_their_description_are_refused(
    tmp_path: Path, damage: object, head: int | None, place: int
) -> None:
    written = events(of=capture(heads=4, key_heads=4))
    damage(written[0].summary.value[place].tensor)  # type: ignore[operator]
    store = stored(tmp_path, written)
    with pytest.raises(UnreadableRecord):
        answer_weights(store, store.find(".", "probe", 0), None, 0, head)


def test_what_was_read_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = stored(tmp_path, events(0), events(1))
    location = store.find(".", "probe", 0)
    first = answer_weights(store, location, None, 0, None).arrays["weights"]
    metrics = answer_metrics(store, store.steps(".", "probe")).arrays["metrics"]
    monkeypatch.setattr(LocalFiles, "open", lambda self, path: pytest.fail("opened"))
    assert np.array_equal(answer_weights(store, location, None, 0, None).arrays["weights"], first)
    assert np.array_equal(
        answer_metrics(store, store.steps(".", "probe")).arrays["metrics"], metrics, equal_nan=True
    )


def test_answers_are_computed_in_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blas_threads() -> set[int]:
        return {
            library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
        }

    seen = []
    blocks = softmax.row_blocks
    monkeypatch.setattr(
        softmax,
        "row_blocks",
        lambda *a, **k: (seen.append(blas_threads()), blocks(*a, **k))[1],
    )
    store = stored(tmp_path, events())
    before = blas_threads()
    answer_weights(store, store.find(".", "probe", 0), None, 0, None)
    answer_row(store, store.find(".", "probe", 0), None, 0, 0, None)
    assert seen == [{1} if before else set()] * 2
    assert blas_threads() == before


def test_two_captures_that_one_event_commits(tmp_path: Path) -> None:
    (*layers, commit), (*others, other) = events(tag="a"), events(tag="b", of=capture(9, seed=5))
    commit.summary.value.extend(other.summary.value)
    store = stored(tmp_path, [*layers, *others, commit])
    for tag, tokens in (("a", 6), ("b", 9)):
        location = store.find(".", tag, 0)
        assert len(answer_capture(store, ".", location)["sequences"][0]["tokens"]) == tokens
        assert answer_weights(store, location, None, 0, None).arrays["weights"].shape == (
            4,
            tokens,
            tokens,
        )


def test_runs(tmp_path: Path) -> None:
    write(
        record_file(tmp_path / "b"),
        events(0, tag="y"),
        events(7, tag="x"),
        events(2, tag="x", wall_time=float("nan")),
    )
    write(record_file(tmp_path / "a"), events(1))
    answer = answer_runs(store_of(tmp_path))
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert [run["run"] for run in answer["runs"]] == ["a", "b"]
    assert [(tag["tag"], tag["steps"]) for tag in answer["runs"][1]["tags"]] == [
        ("x", [2, 7]),
        ("y", [0]),
    ]
    assert answer["runs"][1]["tags"][0]["wall_times"] == [0, 1.7e9 + 7]
    assert (answer["version"], answer["loading"], answer["problems"]) == (1, False, [])


def test_a_reader_of_a_file_that_is_gone(tmp_path: Path) -> None:
    store = stored(tmp_path, events())
    location = store.find(".", "probe", 0)
    record_file(tmp_path).unlink()
    with pytest.raises(FileNotFoundError):
        open_capture(LocalFiles(), location)
