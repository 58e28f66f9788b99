"""The change between two captures, against the formula on the arrays that were captured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers import change
from tb_attention.answers.change import begin_change
from tb_attention.answers.weights import answer_weights
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.logs import capture, events, record_file, write
from tests.support.stores import opened


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


def test_examples_of_a_batch_have_other_texts(tmp_path: Path) -> None:
    def batch(text: str) -> Capture:
        sequence = TokenSequence(tuple(b" " + word.encode() for word in text.split()))
        layer = AttentionLayer(weights=np.tri(4, dtype=np.float32)[None])
        return Capture("batch", (sequence,), (Stack("decoder", {0: layer}),), kind="batch")

    texts = ("a b c d", "a b c d", "e f g h")
    write(record_file(tmp_path / "a"), *(events(i, of=batch(t)) for i, t in enumerate(texts)))
    store, across = opened(tmp_path)
    same, again, other = (store.find("a", "probe", step) for step in range(3))
    assert across.ask(begin_change, again, same).value.metadata["notes"] == []
    assert across.ask(begin_change, other, same).value.metadata["notes"] == [
        "The texts differ, as each step has examples of its own batch: the distances compare "
        "texts, and say little of the model."
    ]


def text_of(words: str) -> Capture:
    sequence = TokenSequence(tuple(b" " + word.encode() for word in words.split()))
    layer = AttentionLayer(weights=np.tri(4, dtype=np.float32)[None])
    return Capture("probe", (sequence,), (Stack("decoder", {0: layer}),))


@pytest.mark.parametrize(
    ("tag", "words", "differ"),
    [
        ("probe", "a b c d", 0),
        ("probe", "a b c e", 1),
        ("other", "a b c e", 0),
        ("other", "a b e f", 2),
        ("other", "e f g h", 4),
    ],
)
def test_other_texts_are_named_unless_a_pair_of_sentences_is_compared(
    tmp_path: Path, tag: str, words: str, differ: int
) -> None:
    write(
        record_file(tmp_path / "a"),
        events(0, of=text_of("a b c d")),
        events(1, tag=tag, of=text_of(words)),
    )
    store, across = opened(tmp_path)
    places = store.find("a", tag, 1), store.find("a", "probe", 0)
    assert across.ask(begin_change, *places).value.metadata["notes"] == (
        [
            f"The texts differ at {differ} of 4 tokens: the distances compare texts, and say "
            "little of the model."
        ]
        if differ
        else []
    )


def test_of_a_long_text_a_few_rows_are_compared_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(record_file(tmp_path / "a"), events(0), events(10))
    store, across = opened(tmp_path)
    places = store.find("a", "probe", 0), store.find("a", "probe", 10)
    expected = across.ask(begin_change, *places).value.arrays["distance"]
    monkeypatch.setattr(change, "FEW", 1)
    job = begin_change(store, *places)
    progress = []
    for so_far in job.work:
        progress.append(so_far)
        if so_far == pytest.approx(0.1):
            assert np.isfinite(job.value.arrays["distance"]).all(), "all heads, by a few rows"
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert progress.count(pytest.approx(0.1)) == 1
    np.testing.assert_array_equal(job.value.arrays["distance"], expected)


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
