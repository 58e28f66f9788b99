"""Weights and rows, against numpy's own softmax on the arrays that were captured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tb_attention.answers import size as size_module
from tb_attention.answers import weights as weights_module
from tb_attention.answers.neurons import answer_neurons
from tb_attention.answers.row import answer_row
from tb_attention.answers.weights import answer_weights
from tb_attention.attention import softmax
from tb_attention.errors import InvalidInput, NotLogged
from tests.support.captures import plain_softmax, rich
from tests.support.logs import events
from tests.support.stores import stored


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


def test_an_answer_that_is_too_large_is_refused_before_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stored(tmp_path, events())
    location = store.find(".", "probe", 0)
    monkeypatch.setattr(size_module, "LARGEST", 4 * 6 * 6)
    monkeypatch.setattr(weights_module.np, "zeros", lambda *arguments: pytest.fail("computed"))
    with pytest.raises(InvalidInput, match="ask for one head, or for dtype=uint8"):
        answer_weights(store, location, None, 0, None)
    monkeypatch.undo()
    monkeypatch.setattr(size_module, "LARGEST", 4 * 6 * 6)
    assert (
        answer_weights(store, location, None, 0, None, "uint8").arrays["weights"].nbytes
        == 4 * 6 * 6
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
