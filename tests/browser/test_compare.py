"""Comparison in a real TensorBoard and Chromium.

Differences are those of the weights, and what does not fit is said in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, TokenSequence
from tests.support import logs
from tests.support.board import tensorboard
from tests.support.pages import open_tab, reads

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

SHE = ("The", " nurse", " said", " that", " she", " slept")
HE = ("The", " nurse", " said", " that", " he", " slept")
LAYER, HEAD, QUERY, KEY = 1, 2, 5, 3


def capture(seed: int, words: tuple[str, ...] = SHE, heads: int = 4) -> Capture:
    """Random queries and keys over these words, two layers."""
    of = logs.capture(len(words), heads=heads, seed=seed)
    sequence = TokenSequence(
        tokens=tuple(word.encode() for word in words), ids=tuple(range(len(words)))
    )
    return Capture("tiny", (sequence,), of.stacks)


def weight(
    of: Capture, layer: int = LAYER, head: int = HEAD, query: int = QUERY, key: int = KEY
) -> float:
    """Softmax of q k^T * scale over the keys that a causal query sees, by hand."""
    one: Any = of.stacks[0].layers[layer]
    assert isinstance(one, AttentionLayer) and one.query is not None and one.key is not None
    q, k = (
        np.asarray(one.query, np.float64)[head],
        np.asarray(one.key, np.float64)[head // (one.query.shape[0] // one.key.shape[0])],
    )
    scores = q[query] @ k[: query + 1].T * one.scale
    powers = np.exp(scores - scores.max())
    return float(powers[key] / powers.sum())


RUNS = {
    "a": {
        "she": {0: capture(0), 10: capture(1)},
        "he": {10: capture(2, HE)},
        "short": {0: capture(3, SHE[:4])},
    },
    "b": {"she": {10: capture(4)}},
    "wide": {"she": {10: capture(5, heads=2)}},
    "lora": {"she": {0: capture(6), 10: capture(7)}, "he": {10: capture(8, HE)}},
    "lora/without-adapter": {"she": {0: capture(6), 10: capture(6)}, "he": {10: capture(6, HE)}},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logdir: Path = tmp_path_factory.mktemp("logs")
    for run, tags in RUNS.items():
        every = [
            logs.events(step, tag=tag, of=of)
            for tag, steps in tags.items()
            for step, of in steps.items()
        ]
        logs.write(logs.record_file(logdir / run), *every)
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logdir}") as url:
        yield url


def opened(page: Page, address: str, **state: object) -> FrameLocator:
    chosen = {
        "run": "a",
        "tag": "she",
        "view": "head",
        "layer": LAYER,
        "head": HEAD,
        "heads": HEAD,
        "query": QUERY,
        "key": KEY,
        **state,
    }
    return open_tab(page, address, f"{chosen['view']}-view", **chosen)


def open_menu(tab: FrameLocator) -> None:
    """Opens what the comparison offers, which stays open while the address changes."""
    if tab.get_by_test_id("compare-box").count() == 0:
        tab.get_by_test_id("compare").click()


def number(text: str) -> float:
    text = text.replace("\N{MINUS SIGN}", "-")
    found = re.search(r"[-+]?\d*\.\d+(?:e-\d+)?|\b0$", text)
    return float(found[0]) if found else float("nan")


def shows(shown: Locator, expected: float) -> None:
    reads(shown, expected, read=number)


def test_the_difference_is_that_of_the_weights(page: Page, address: str) -> None:
    change = weight(RUNS["a"]["she"][10]) - weight(RUNS["a"]["she"][0])
    assert abs(change) > 0.02
    tab = opened(page, address, compare="difference")
    expect(tab.get_by_test_id("head-compared")).to_contain_text("Step 10 \N{MINUS SIGN} step 0")
    shows(tab.get_by_test_id("head-pair").locator("b").last, abs(change))
    expect(tab.get_by_test_id("head-pair").locator("li")).to_contain_text(
        "2+" if change > 0 else "2\N{MINUS SIGN}"
    )
    tab.get_by_test_id("compare-both").click()
    shows(tab.get_by_test_id("head-pair").locator("b").nth(-2), weight(RUNS["a"]["she"][10]))
    shows(tab.get_by_test_id("head-pair").locator("b").last, weight(RUNS["a"]["she"][0]))


def test_two_prompts_compare_and_their_differing_tokens_are_named(page: Page, address: str) -> None:
    tab = opened(page, address, compare="both", with_tag="he", with_step="same", query=4)
    open_menu(tab)
    expect(tab.get_by_test_id("compare-note")).to_contain_text(
        "1 of 6 tokens differ: \N{MIDDLE DOT}she / \N{MIDDLE DOT}he"
    )
    shows(tab.get_by_test_id("head-pair").locator("b").last, weight(RUNS["a"]["he"][10], query=4))
    expect(tab.get_by_test_id("head-pair")).to_contain_text("she / \N{MIDDLE DOT}he")


def test_another_run_is_chosen_with_the_mouse_and_held_by_the_address(
    page: Page, address: str
) -> None:
    tab = opened(page, address)
    expect(tab.get_by_test_id("with-run")).to_have_count(0)
    page.keyboard.press("c")
    expect(tab.get_by_test_id("compare-difference")).to_have_attribute("aria-pressed", "true")
    open_menu(tab)
    tab.get_by_test_id("with-run").select_option("b")
    expect(tab.get_by_test_id("compare-note")).to_contain_text("B is b step 10")
    tab.get_by_test_id("compare-both").click()
    shows(tab.get_by_test_id("head-pair").locator("b").last, weight(RUNS["b"]["she"][10]))
    assert {
        "p.attention.compare=both",
        "p.attention.with_run=b",
        "p.attention.with_step=same",
    } <= set(page.url.split("&"))


def test_what_an_adapter_did_is_one_click(page: Page, address: str) -> None:
    tab = opened(page, address)
    open_menu(tab)
    expect(tab.get_by_test_id("compare-first")).to_be_visible()
    expect(tab.get_by_test_id("compare-adapter")).to_have_count(0)
    tab = opened(page, address, run="lora")
    open_menu(tab)
    button = tab.get_by_test_id("compare-adapter")
    expect(button).to_have_text("the model without its adapter")
    button.click()
    expect(tab.get_by_test_id("compare-difference")).to_have_attribute("aria-pressed", "true")
    open_menu(tab)
    expect(tab.get_by_test_id("compare-note")).to_contain_text("B is lora/without-adapter step 10")
    change = weight(RUNS["lora"]["she"][10]) - weight(RUNS["lora/without-adapter"]["she"][10])
    shows(tab.get_by_test_id("head-pair").locator("b").last, abs(change))
    tab.get_by_test_id("tag-he").check(force=True)
    open_menu(tab)
    expect(tab.get_by_test_id("compare-note")).to_contain_text("B is lora/without-adapter step 10")
    tab = opened(page, address, run="lora/without-adapter")
    open_menu(tab)
    expect(tab.get_by_test_id("compare-adapter")).to_have_text("the model with its adapter")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"with_tag": "short"}, "6 and 4 tokens"),
        ({"with_run": "wide", "with_step": "same"}, "4 and 2 heads"),
        ({"with_run": "b", "with_tag": "he"}, "has no probe he"),
    ],
)
def test_what_cannot_be_compared_is_said(
    page: Page, address: str, state: dict[str, str], sentence: str
) -> None:
    tab = opened(page, address, compare="difference", **state)
    expect(tab.get_by_test_id("compare-problem")).to_contain_text(sentence)
    shows(tab.get_by_test_id("head-pair").locator("b").last, weight(RUNS["a"]["she"][10]))


def test_the_model_view_shows_the_change_of_a_pair(page: Page, address: str) -> None:
    """The largest change of the enlarged head, found by hand."""
    a, b = RUNS["a"]["she"][10], RUNS["a"]["she"][0]
    pairs = [(query, key) for query in range(1, len(SHE)) for key in range(query + 1)]
    change = [
        weight(a, query=query, key=key) - weight(b, query=query, key=key) for query, key in pairs
    ]
    tab = opened(page, address, view="model", compare="difference")
    shows(tab.get_by_test_id("model-exact").first, change[int(np.abs(change).argmax())])
    expect(tab.get_by_test_id("model-legend")).to_contain_text("more")
