"""Weight or what arrives, in a real TensorBoard and Chromium: every drawing of weights follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tb_attention import AttentionLogger
from tb_attention.attention import softmax
from tb_attention.record.capture import Capture, Stack
from tests.support import constructed
from tests.support.board import tensorboard
from tests.support.head_view import Weights, links, says, shows
from tests.support.pages import open_tab, reads
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

TOKENS, LAYER, HEAD, QUERY = 12, 1, 2, 7
NORMS = np.random.default_rng(3).random((4, TOKENS)).astype(np.float32) + 0.2
NORMS[:, 0] = 0.01


def of(seed: int, *, norms: bool = True, projection: str = "h.out") -> Capture:
    made = constructed.capture(constructed.words(TOKENS), seed=seed)
    if not norms:
        return made
    layers = {
        number: replace(layer, value_norms=NORMS, projection=projection)
        for number, layer in made.stacks[0].layers.items()
    }
    return replace(made, stacks=(Stack("decoder", layers),))


def weights(seed: int) -> Weights:
    layer = of(seed).stacks[0].layers[LAYER]
    return np.asarray(softmax.weights(layer)[HEAD])


def shares(seed: int) -> Weights:
    arrives = weights(seed) * NORMS[HEAD]
    return arrives / arrives.sum(1, keepdims=True)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logdir: Path = tmp_path_factory.mktemp("logs")
    with AttentionLogger(logdir / "run", strict=True) as logger:
        for step in (0, 10):
            logger.write(of(step), tag="probe", step=step)
        logger.write(of(1, norms=False), tag="old", step=0)
        logger.write(of(0, projection=""), tag="alone", step=0)
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logdir}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"height": 900}


def opened(page: Page, board: str, view: str = "head", **state: object) -> FrameLocator:
    chosen = {"run": "run", "tag": "probe", "step": 0, "layer": LAYER, "head": HEAD, **state}
    return open_tab(page, board, f"{view}-view", view=view, **chosen)


def test_a_query_before_and_after(page: Page, board: str) -> None:
    tab = opened(page, board, heads=HEAD, query=QUERY)
    shows(tab, list(weights(0)[QUERY]))
    tab.get_by_test_id("show-arriving").click()
    shows(tab, list(shares(0)[QUERY]))
    expect(tab.get_by_test_id("head-changes")).to_contain_text("what arrives")
    assert "p.attention.show=arriving" in page.url
    assert "0" not in links(tab), "the first token has weight, and nothing arrives from it"
    tab.get_by_test_id("first-renormalise").click()
    rest = shares(0)[QUERY].copy()
    rest[0] = 0
    shows(tab, list(rest / rest.sum()))
    tab.get_by_test_id("show-weight").click()
    rest = weights(0)[QUERY].copy()
    rest[0] = 0
    shows(tab, list(rest / rest.sum()))
    assert "p.attention.show" not in page.url


def test_the_tip_says_weight_and_length_as_well(page: Page, board: str) -> None:
    key = int(shares(0)[QUERY].argmax())
    shown = {"heads": HEAD, "show": "arriving", "drawing": "matrix", "query": QUERY, "key": key}
    tab = opened(page, board, **shown)
    expect(tab.get_by_test_id("head-pair")).to_contain_text("length")
    says(tab, "head-pair", float(weights(0)[QUERY, key] * NORMS[HEAD, key]))
    tip = tab.locator(".tip", has_text="length")
    box = tab.get_by_test_id("head-maps").bounding_box()
    assert box is not None
    places = cycle(range(20, 90, 5))  # until the pointer is over a cell

    def tells() -> bool:
        page.mouse.move(
            box["x"] + box["width"] * 0.45, box["y"] + box["height"] * next(places) / 100
        )
        return tip.count() > 0

    until(tells, lambda: "no cell tells its length")
    share, weight, length = map(float, re.findall(r"\d\.\d+(?:e.\d+)?", tip.inner_text()))
    numbers = [weights(0), weights(0) * NORMS[HEAD], shares(0)]
    away = [abs(one - two) for one, two in zip(numbers, (weight, length, share), strict=True)]
    assert np.max(away, axis=0).min() < 2e-3, "these are three numbers of one pair"


def test_a_difference_is_one_of_what_arrives(page: Page, board: str) -> None:
    compared = {"compare": "both", "with_step": 10, "show": "arriving", "query": QUERY}
    tab = opened(page, board, heads=HEAD, **compared)
    expect(tab.get_by_test_id("head-compared")).to_contain_text("step 10")
    ours, theirs = shares(0)[QUERY], shares(10)[QUERY]
    place = int(np.argmax(ours + theirs))
    right = pytest.approx([ours[place], theirs[place]], abs=2e-3)
    until(lambda: links(tab).get(str(place)) == right, lambda: f"{links(tab)}, {right} is right")


def test_what_has_no_lengths_is_not_compared(page: Page, board: str) -> None:
    tab = opened(page, board, show="arriving", compare="difference", with_tag="old", with_step=0)
    expect(tab.get_by_text("What arrives is not known there")).to_be_visible()


def test_a_log_without_lengths_shows_weights_and_says_why(page: Page, board: str) -> None:
    tab = opened(page, board, tag="old", show="arriving", heads=HEAD, query=QUERY)
    expect(tab.get_by_test_id("show-missing")).to_contain_text("lengths of values were not logged")
    expect(tab.get_by_test_id("show-arriving")).to_be_disabled()
    shows(tab, list(weights(1)[QUERY]))


def test_lengths_of_the_values_alone_are_called_so(page: Page, board: str) -> None:
    tab = opened(page, board, tag="alone", show="arriving")
    expect(tab.get_by_test_id("show-lengths")).to_contain_text("those of the values alone")
    tab.get_by_test_id("show-weight").click()
    expect(tab.get_by_test_id("show-lengths")).to_have_count(0)


def test_the_model_view_and_its_enlarged_head(page: Page, board: str) -> None:
    tab = opened(page, board, "model", show="arriving")
    expect(tab.get_by_test_id("model-legend")).to_contain_text("share 0")
    exact = tab.get_by_test_id("model-enlarged").get_by_test_id("model-exact")
    expect(exact).to_contain_text("largest")
    says(tab, "model-exact", float(shares(0)[1:].max()))
    tab.get_by_test_id(f"model-cell-{LAYER}-{HEAD}").hover()
    tip = tab.get_by_test_id("model-tip")
    expect(tip).to_contain_text(f"share {shares(0)[1:].max():.2f}")
    tab.get_by_test_id("show-weight").click()
    expect(tab.get_by_test_id("model-legend")).to_contain_text("weight 0")
    says(tab, "model-exact", float(weights(0)[1:].max()))


def test_the_pair_finder(page: Page, board: str) -> None:
    pair = {"panel": "pair", "query": QUERY, "key": 0, "show": "arriving"}
    tab = opened(page, board, "overview", **pair)
    expect(tab.get_by_test_id("pair-changes")).to_have_text("Shares of what arrives")
    expect(tab.get_by_test_id("pair-heads")).to_contain_text("share")
    row = tab.get_by_test_id("pair-heads").locator("tr", has_text=f"L{LAYER} H{HEAD}")
    reads(row.locator("td.number"), float(shares(0)[QUERY, 0]))
    tab.get_by_test_id("show-weight").click()
    reads(row.locator("td.number"), float(weights(0)[QUERY, 0]))
