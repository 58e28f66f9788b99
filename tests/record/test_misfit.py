"""Descriptions of captures that do not fit: refused when they are opened, whoever asks."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboard.compat.proto import types_pb2

from tb_attention import schema
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.findings import begin_findings
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.types import answer_types
from tb_attention.errors import NotLogged, UnreadableRecord
from tb_attention.store.store import Store
from tests.support.logs import events, record_file, write
from tests.support.misfits import MISFITS, Written, asked, described, written
from tests.support.stores import index_that_believes, store_of


def stored(directory: Path, of: Written) -> Store:
    write(record_file(directory), of)
    return store_of(directory)


@pytest.mark.parametrize("name", MISFITS)
def test_a_description_that_does_not_fit_is_one_sentence_to_every_question(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, sentence = MISFITS[name]
    index_that_believes(monkeypatch)
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


@pytest.mark.parametrize(
    "kind", ["query", "value_norms", "bias/0", "mask/0", "thumbnails", "probe"]
)
@pytest.mark.parametrize("what", ["shape", "dtype", "size", "one"])
def test_a_tensor_that_does_not_fit(
    tmp_path: Path, kind: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_that_believes(monkeypatch)
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
        said = store.snapshot.problems[0].problem
        assert "tensors are missing" in said or "does not fit its description" in said
        return
    for ask in asked(store):
        try:
            ask()
        except (UnreadableRecord, NotLogged):
            continue


def test_what_other_tests_write_is_opened(tmp_path: Path) -> None:
    store = stored(tmp_path, events())
    answer_capture(store, ".", store.find(".", "probe", 0))
