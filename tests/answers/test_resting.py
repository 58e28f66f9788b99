"""What each head rests on, or a token of one's own choice, left out of every answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.change import begin_change
from tb_attention.answers.left_out import RESTING_TOKEN, LeftOut
from tb_attention.answers.pair import begin_pair
from tb_attention.answers.resting import resting_tokens
from tb_attention.answers.slow import SlowAnswers
from tb_attention.answers.thumbnails import begin_thumbnails
from tb_attention.answers.weights import answer_cells
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.thumbnails import encode
from tb_attention.errors import NotLogged
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.store.store import Store
from tests.support.logs import events, record_file, write
from tests.support.planted import TOKENS, mostly, usual
from tests.support.stores import store_of

RESTING = [[None, 6, 0, None], [9, None, None, 6]]
RENORMALISED = LeftOut("renormalise", token=RESTING_TOKEN)


def heads(step: int) -> np.ndarray:
    """Two layers of four heads, of which four rest on a token each: [layers, heads, i, j]."""
    weights = usual(step)[:2]
    for layer, places in enumerate(RESTING):
        for head, place in enumerate(places):
            if place is not None:
                at = place
                weights[layer, head] = mostly(
                    lambda i, at=at: min(i, at), weights[layer, head], 0.7
                )
    return weights.astype(np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for step in (0, 1):
        layers = {layer: AttentionLayer(weights=of) for layer, of in enumerate(heads(step))}
        tokens = TokenSequence(tuple(b" t%d" % token for token in range(TOKENS)))
        made = Capture("constructed", (tokens,), (Stack("decoder", layers),))
        write(record_file(tmp_path), events(step, of=made), append=step > 0)
    return store_of(tmp_path)


def left(weights: np.ndarray, place: int | None, *, share: bool) -> np.ndarray:
    """Weights [rows, keys] without a key, the plain way."""
    weights = weights.astype(np.float64).copy()
    if place is not None:
        weights[:, place] = 0
    total = weights.sum(axis=1, keepdims=True)
    return (
        np.divide(weights, total, out=np.zeros_like(weights), where=total > 0) if share else weights
    )


def test_the_capture_says_what_its_heads_rest_on(store: Store) -> None:
    location = store.find(".", "probe", 0)
    assert resting_tokens(store, location) == {
        ("decoder", layer): places for layer, places in enumerate(RESTING)
    }
    stack = answer_capture(store, ".", location)["stacks"][0]
    assert [layer["resting"] for layer in stack["layers"]] == RESTING


@pytest.mark.parametrize("share", [False, True])
def test_cells_and_thumbnails_are_without_it(store: Store, share: bool) -> None:
    location = store.find(".", "probe", 0)
    left_out = LeftOut("renormalise" if share else "hide", token=RESTING_TOKEN)
    expected = np.stack(
        [
            [left(heads(0)[layer, head], place, share=share) for head, place in enumerate(places)]
            for layer, places in enumerate(RESTING)
        ]
    )
    for layer in range(2):
        cells = answer_cells(store, location, None, layer, None, "float32", 1, left_out)
        np.testing.assert_allclose(cells.arrays["weights"], expected[layer], atol=1e-3)
        alone = answer_cells(store, location, None, layer, 1, "float32", 1, left_out)
        np.testing.assert_allclose(alone.arrays["weights"][0], expected[layer, 1], atol=1e-3)
    thumbnails = SlowAnswers(store).ask(begin_thumbnails, location, None, left_out).value
    found = thumbnails.arrays["thumbnails"].astype(int)
    np.testing.assert_allclose(found, encode(expected).astype(int), atol=3)


def test_one_token_is_left_out_of_every_head(store: Store) -> None:
    location = store.find(".", "probe", 0)
    cells = answer_cells(
        store, location, None, 1, None, "float32", 1, LeftOut("renormalise", token=3)
    )
    for head in range(4):
        np.testing.assert_allclose(
            cells.arrays["weights"][head], left(heads(0)[1, head], 3, share=True), atol=1e-3
        )
    with pytest.raises(NotLogged, match="There are the keys 0 to 23, and no 24"):
        answer_cells(store, location, None, 1, None, "float32", 1, LeftOut("hide", token=24))


def test_a_pair_is_read_without_it(store: Store) -> None:
    location = store.find(".", "probe", 0)
    arguments = (store.steps(".", "probe"), location, None, 20, 5, RENORMALISED)
    found = SlowAnswers(store).ask(begin_pair, *arguments).value.arrays["weights"]
    for step in (0, 1):
        for layer, places in enumerate(RESTING):
            for head, place in enumerate(places):
                expected = left(heads(step)[layer, head], place, share=True)[20, 5]
                assert found[step, layer, head] == pytest.approx(expected, abs=1e-3)


def test_distances_are_of_what_remains(store: Store) -> None:
    first, second = (store.find(".", "probe", step) for step in (0, 1))
    plain, without = (
        SlowAnswers(store).ask(begin_change, first, second, left_out).value.arrays["distance"]
        for left_out in (LeftOut(), RENORMALISED)
    )
    place = 6
    p, q = (left(heads(step)[0, 1], place, share=True)[1:] for step in (0, 1))
    rows = [
        at
        for at in range(len(p))
        if all(
            heads(step)[0, 1, at + 1].sum() - heads(step)[0, 1, at + 1, place] >= 0.1
            for step in (0, 1)
        )
    ]
    middle = (p + q) / 2
    parts = [
        np.sum(
            np.where(
                of > 0, of * np.log2(np.where(of > 0, of / np.where(middle > 0, middle, 1), 1)), 0
            ),
            axis=1,
        )
        for of in (p, q)
    ]
    expected = np.sqrt(np.clip(sum(parts) / 2, 0, 1))[rows].mean()
    assert without[0, 1] == pytest.approx(expected, abs=2e-3)
    assert without[0, 1] > plain[0, 1] + 0.1, "the same token hides how much the rest moved"
    assert without[0, 0] == pytest.approx(plain[0, 0], abs=1e-3), "it rests nowhere"
