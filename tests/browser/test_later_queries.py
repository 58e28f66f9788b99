"""Queries that begin after the keys, as with keys of a cache: what names and weighs them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support import constructed
from tests.support.board import tensorboard
from tests.support.direct_weights import direct_weights
from tests.support.head_view import shows
from tests.support.pages import open_tab, reads

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

TOKENS, START, LAYER, HEAD = 12, 5, 1, 0
WHOLE = constructed.capture(constructed.words(TOKENS))
WEIGHTS = direct_weights(WHOLE)[LAYER, HEAD]
QUERY, KEY = 4, 8
"""Token 9 of the whole text, and a key that only `query_start` lets it see."""


def later() -> Capture:
    """The rows of WHOLE from START on."""
    (text,), (stack,) = WHOLE.sequences, WHOLE.stacks
    layers = {
        number: dataclasses.replace(layer, query=layer.query[:, START:], query_start=START)
        for number, layer in stack.layers.items()
    }
    new = TokenSequence(text.tokens[START:], name="new")
    return Capture(
        "test", (text, new), (Stack("decoder", layers, query_sequence=1, key_sequence=0),)
    )


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("later")
    constructed.write(folder / "logs" / "run", "text", {0: later()})
    with tensorboard(folder, f"--logdir={folder / 'logs'}") as url:
        yield url


@pytest.fixture
def tab(page: Page, board: str) -> Callable[[str], FrameLocator]:
    """Opens a view with the pair."""
    pair = {"layer": LAYER, "head": HEAD, "heads": HEAD, "query": QUERY, "key": KEY}
    return lambda view: open_tab(page, board, f"{view}-view", view=view, smallest=0.02, **pair)


def test_the_head_view_lists_what_the_query_sees(tab: Callable[[str], FrameLocator]) -> None:
    frame = tab("head")
    expect(frame.get_by_test_id("strip-chosen-query")).to_contain_text("said")
    expect(frame.get_by_test_id("strip-chosen-key")).to_contain_text("She")
    shows(frame, list(WEIGHTS[START + QUERY]))


@pytest.mark.parametrize("view", ["head", "neuron"])
def test_the_weight_of_the_pair(tab: Callable[[str], FrameLocator], view: str) -> None:
    reads(tab(view).get_by_test_id("status-weight"), WEIGHTS[START + QUERY, KEY])
