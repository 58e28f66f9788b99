"""Questions across captures, against direct formulas on the arrays that were captured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import capture, events, record_file, write

from tb_attention.answers import jobs
from tb_attention.answers.change import begin_change
from tb_attention.answers.pair import begin_pair, coarse_to_fine
from tb_attention.answers.slow import SlowAnswers
from tb_attention.answers.types import answer_types
from tb_attention.answers.weights import answer_weights
from tb_attention.attention.head_types import TYPES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long: every answer is waited for until it is done."""
    monkeypatch.setattr(jobs, "PATIENCE", 60)


def opened(directory: Path) -> tuple[Store, SlowAnswers]:
    index = Index([Root(str(directory))])
    index.refresh()
    store = Store(index)
    return store, SlowAnswers(store)


def looking(*targets: list[int], ids: tuple[int, ...] = (), layers: int = 1) -> Capture:
    """A capture of weights only.

    In each layer a head for each of the lists, which gives the key that each query looks at.
    """
    weights = np.stack([np.eye(len(target), dtype=np.float32)[target] for target in targets])
    tokens = len(targets[0])
    sequence = TokenSequence(
        tokens=tuple(b" t%d" % place for place in range(tokens)), ids=ids or tuple(range(tokens))
    )
    stack = Stack("decoder", {layer: AttentionLayer(weights=weights) for layer in range(layers)})
    return Capture("constructed", (sequence,), (stack,))


FIRST, SELF, PREVIOUS = [0] * 8, list(range(8)), [0, *range(7)]


def test_types_and_lives(tmp_path: Path) -> None:
    write(
        record_file(tmp_path),
        events(0, of=looking(FIRST, SELF)),
        events(20, of=looking(FIRST, PREVIOUS)),
        events(30, of=looking(SELF, PREVIOUS)),
    )
    store, _ = opened(tmp_path)
    answer = answer_types(store, store.steps(".", "probe"))
    assert answer.metadata["rows"] == (("decoder", 0),)
    assert list(answer.arrays["steps"]) == [0, 20, 30]
    assert answer.arrays["types"].dtype == np.uint16
    names = [kind["name"] for kind in answer.metadata["types"]]
    assert names == [kind.name for kind in TYPES]
    first, previous, own = (
        1 << names.index(name) for name in ("first token", "previous token", "self")
    )
    assert answer.arrays["types"][:, 0].tolist() == [
        [first, own],
        [first, previous],
        [own, previous],
    ]
    assert [(names[life["type"]], life["head"], life["born"], life["died"]) for life in answer.metadata["lives"]] == [
        ("first token", 0, None, 30), ("self", 1, None, 20), ("previous token", 1, 20, None), ("self", 0, 30, None),
    ]  # fmt: skip


def test_a_text_with_few_repeats_says_so_and_makes_no_induction_head(tmp_path: Path) -> None:
    induction = [0, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8]
    texts = {"none": range(17), "one": [*range(16), 0], "eight": [*range(9), *range(8)]}
    for run, ids in texts.items():
        write(record_file(tmp_path / run), events(0, of=looking(induction, ids=tuple(ids))))
    store, _ = opened(tmp_path)
    answers = {run: answer_types(store, store.steps(run, "probe")) for run in texts}
    notes = {run: answer.metadata["notes"] for run, answer in answers.items()}
    assert notes["none"][0].startswith("No token of this text comes twice, too few to call a head")
    assert notes["one"][0].startswith(
        "Only 1 token of this text comes again, too few to call a head"
    )
    assert notes["eight"] == []
    bit = 1 << [kind.name for kind in TYPES].index("induction")
    assert {
        run: bool(answer.arrays["types"][0, 0, 0] & bit) for run, answer in answers.items()
    } == {
        "none": False,
        "one": False,
        "eight": True,
    }


def test_types_of_a_capture_without_metrics_that_can_be_read(tmp_path: Path) -> None:
    write(record_file(tmp_path), events(0))
    store, _ = opened(tmp_path)
    path = record_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\x0a\x05probe", b"\x0a\x05probf", 1))
    answer = answer_types(store, store.steps(".", "probe"))
    assert answer.arrays["types"].shape == (1, 0, 0)
    assert answer.metadata["lives"] == []


def test_change_is_the_distance_of_the_weights(tmp_path: Path) -> None:
    write(record_file(tmp_path / "a"), events(0), events(10))
    write(record_file(tmp_path / "b"), events(5))
    store, across = opened(tmp_path)
    first, second = store.find("a", "probe", 10), store.find("b", "probe", 5)
    state = across.ask(begin_change, first, second)
    assert (state.done, state.value.metadata) == (
        True,
        {"rows": [("decoder", 0), ("decoder", 1)], "notes": [], "progress": 1.0, "done": True},
    )
    for layer in range(2):
        p, q = (
            answer_weights(store, where, None, layer, None).arrays["weights"].astype(float)
            for where in (first, second)
        )
        m = (p + q) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            divergence = sum(np.nansum(w * np.log2(w / m), axis=2) / 2 for w in (p, q))
        np.testing.assert_allclose(
            state.value.arrays["distance"][layer],
            np.sqrt(divergence[:, 1:]).mean(axis=1),
            atol=1e-4,
        )
    assert (
        across.ask(begin_change, first, second).value.arrays["distance"]
        is state.value.arrays["distance"]
    ), "kept"
    assert np.all(across.ask(begin_change, first, first).value.arrays["distance"] < 1e-3)


def test_change_between_models_of_other_shapes_says_so(tmp_path: Path) -> None:
    write(record_file(tmp_path / "small"), events(0, of=capture(layers=2, heads=4)))
    write(record_file(tmp_path / "large"), events(0, of=capture(layers=3, heads=4)))
    write(record_file(tmp_path / "wide"), events(0, of=capture(layers=2, heads=6)))
    store, across = opened(tmp_path)
    small, large, wide = (store.find(run, "probe", 0) for run in ("small", "large", "wide"))
    more = across.ask(begin_change, large, small).value
    assert more.metadata["notes"] == ["Layer 2 of the stack decoder is only in this step, or run."]
    assert np.isfinite(more.arrays["distance"]).all(axis=1).tolist() == [True, True, False]
    assert across.ask(begin_change, small, large).value.metadata["notes"] == [
        "Layer 2 of the stack decoder is only in the other step, or run."
    ]
    other = across.ask(begin_change, small, wide).value
    assert (
        other.metadata["notes"][0]
        == "Layer 0 of the stack decoder has 4 heads here and 6 there: they are not compared."
    )
    assert np.all(np.isnan(other.arrays["distance"]))


def test_change_between_texts_of_other_lengths_is_refused(tmp_path: Path) -> None:
    encoder = capture()
    encoder = Capture("m", encoder.sequences, (Stack("encoder", encoder.stacks[0].layers),))
    write(
        record_file(tmp_path),
        events(0, of=capture(6)),
        events(1, of=capture(7)),
        events(2, of=encoder),
    )
    store, across = opened(tmp_path)
    six, seven, other = (store.find(".", "probe", step) for step in range(3))
    with pytest.raises(InvalidInput, match=r"one has 6 tokens, the other has 7\."):
        across.ask(begin_change, six, seven)
    with pytest.raises(InvalidInput, match=r"one has decoder, the other has encoder\."):
        across.ask(begin_change, six, other)


def test_a_damaged_layer_does_not_hide_the_change_of_the_others(tmp_path: Path) -> None:
    path = write(record_file(tmp_path), events(0), events(1))
    store, across = opened(tmp_path)
    first, second = (store.find(".", "probe", step) for step in (0, 1))
    data = bytearray(path.read_bytes())
    data[first.records[1] + 100] ^= 1
    path.write_bytes(data)
    value = across.ask(begin_change, first, second).value
    assert np.isfinite(value.arrays["distance"]).all(axis=1).tolist() == [True, False]
    assert value.metadata["notes"] == [
        "Layer 1 of the stack decoder is left out: Step 0 of 'probe' is damaged on disk: a "
        "checksum is wrong."
    ]


def test_a_pair_of_tokens_over_the_steps(tmp_path: Path) -> None:
    write(record_file(tmp_path), *(events(step) for step in (0, 3, 7, 8, 20)))
    store, across = opened(tmp_path)
    steps = store.steps(".", "probe")
    answer = across.ask(begin_pair, steps, steps[20], None, 4, 2).value
    assert answer.metadata == {
        "stack": "decoder",
        "layers": [0, 1],
        "notes": [],
        "progress": 1.0,
        "done": True,
    }
    assert (list(answer.arrays["steps"]), answer.arrays["weights"].shape) == (
        [0, 3, 7, 8, 20],
        (5, 2, 4),
    )
    for place, location in enumerate(steps.values()):
        for layer in range(2):
            expected = answer_weights(store, location, None, layer, None).arrays["weights"][:, 4, 2]
            np.testing.assert_allclose(answer.arrays["weights"][place, layer], expected, atol=1e-6)


def test_a_pair_of_tokens_that_only_some_steps_have(tmp_path: Path) -> None:
    other = capture(6)
    tokens = (*other.sequences[0].tokens[:5], b" another")
    other = Capture("m", (TokenSequence(tokens=tokens),), other.stacks)
    path = write(
        record_file(tmp_path), events(0), events(1, of=other), events(2, of=capture(4)), events(3)
    )
    store, across = opened(tmp_path)
    data = bytearray(path.read_bytes())
    data[store.find(".", "probe", 3).records[1] + 100] ^= 1
    path.write_bytes(data)
    steps = store.steps(".", "probe")
    answer = across.ask(begin_pair, steps, steps[0], "decoder", 5, 1).value
    assert np.isfinite(answer.arrays["weights"]).any(axis=(1, 2)).tolist() == [
        True,
        False,
        False,
        True,
    ]
    assert answer.metadata["notes"] == [
        "Left out: 2 steps with other tokens or layers there.", "Left out: 1 step with damage on disk."
    ]  # fmt: skip
    for query, key, sentence in (
        (6, 0, "queries 0 to 5, and no 6"),
        (0, -1, "keys 0 to 5, and no -1"),
    ):
        with pytest.raises(NotLogged, match=sentence):
            across.ask(begin_pair, steps, steps[0], None, query, key)


@given(st.integers(0, 300))
def test_coarse_to_fine_has_every_step_once(count: int) -> None:
    order = list(coarse_to_fine(count))
    assert sorted(order) == list(range(count))
    assert order[:2] == [0, count - 1][:count]
