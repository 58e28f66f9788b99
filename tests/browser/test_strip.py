"""The text above every view: words are queries and keys, by mouse and by keyboard.

What a click costs is counted: who links one word to another takes two from every view.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.support.strip import chosen, word

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHE, NURSE = 8, 4
"""Of `constructed.words`."""


def test_the_first_word_is_the_query_the_second_the_key(
    page: Page, tab: Callable[..., Page]
) -> None:
    tab(view="head", layer=1)
    expect(page.get_by_test_id("status-said")).to_contain_text("click a word: query")
    word(page, SHE).click()
    chosen(page, SHE, None)
    expect(word(page, SHE)).to_have_attribute("aria-selected", "true")
    word(page, NURSE).click()
    chosen(page, SHE, NURSE)
    expect(page.get_by_test_id("status-pair")).to_contain_text("nurse")
    word(page, NURSE).click()
    chosen(page, SHE, None)
    word(page, NURSE).click()
    word(page, 2).click()
    chosen(page, 2, None)
    page.get_by_test_id("strip-chosen-query").click()
    chosen(page, None, None)
    word(page, SHE).click()
    word(page, NURSE).click(modifiers=["Shift"])
    word(page, 2).click(modifiers=["Shift"])
    chosen(page, SHE, 2)
    page.keyboard.press("Escape")
    chosen(page, None, None)
    # Who clicks with the mouse means the step with the arrow keys.
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("status-step")).to_have_text("10")


def test_no_key_is_later_than_its_query(page: Page, tab: Callable[..., Page]) -> None:
    tab(view="head", layer=1)
    word(page, NURSE).click()
    word(page, SHE).click()
    chosen(page, SHE, NURSE)
    expect(page.get_by_test_id("status-said")).to_contain_text(
        "“nurse” (4) comes first and this layer looks back only"
    )
    word(page, 11).click(modifiers=["Shift"])
    chosen(page, SHE, NURSE)
    expect(page.get_by_test_id("status-said")).to_contain_text("cannot be its key")


def test_the_pointer_shows_what_a_click_would_choose(page: Page, tab: Callable[..., Page]) -> None:
    tab(view="head", layer=1, heads=1, head=1)
    word(page, SHE).hover()
    expect(page.get_by_test_id("head-panel")).to_contain_text("the keys it attends to")
    expect(page.get_by_test_id("status-pair")).to_contain_text("query 8")
    chosen(page, None, None)
    word(page, SHE).click()
    word(page, NURSE).hover()
    expect(page.get_by_test_id("status-pair")).to_contain_text("query 8")
    expect(page.get_by_test_id("status-pair")).to_contain_text("key 4")
    expect(page.get_by_test_id("status-weight")).to_be_visible()
    page.get_by_test_id("help").hover()
    expect(page.get_by_test_id("status-pair")).not_to_contain_text("key")


def test_neurons_are_those_of_the_word_under_the_pointer(
    page: Page, tab: Callable[..., Page]
) -> None:
    tab(view="neuron", layer=1, query=2)
    heading = page.get_by_test_id("neuron-view").get_by_role("heading").first
    expect(heading).to_contain_text("asked")
    page.keyboard.press("Escape")
    expect(heading).to_contain_text("·he")
    word(page, NURSE).hover()
    expect(heading).to_contain_text("nurse")
    page.get_by_test_id("help").hover()
    expect(heading).to_contain_text("·he")
    chosen(page, None, None)


def test_in_the_model_view_the_word_under_the_pointer_is_marked_in_the_enlarged_head(
    page: Page, tab: Callable[..., Page]
) -> None:
    tab(view="model", layer=1, head=2)
    exact = page.get_by_test_id("model-exact")
    expect(exact).to_contain_text("largest")
    word(page, SHE).click()
    word(page, NURSE).hover()
    expect(exact).to_contain_text("nurse")
    expect(exact).not_to_contain_text("largest")
    page.get_by_test_id("help").hover()
    expect(exact).to_contain_text("largest")


@pytest.mark.parametrize("view", ["story", "overview", "model", "head", "neuron"])
def test_who_links_two_words_takes_two_clicks(
    page: Page, tab: Callable[..., Page], view: str
) -> None:
    tab(view=view)
    expect(page.get_by_test_id(f"{view}-view")).to_be_visible()
    for place in (SHE, NURSE):
        word(page, place).click()
    answer = {"overview": "pair-heads", "head": "head-pair-heads"}.get(view, "strip-answer")
    expect(page.get_by_test_id(answer)).to_be_in_viewport()
    heads = page.get_by_test_id(answer).get_by_role("button", name=re.compile(r"^L\d H\d"))
    expect(heads.first).to_be_visible()
    shown = heads.first.inner_text()
    heads.first.click()
    layer, head = re.findall(r"\d+", shown)[:2]
    expect(page).to_have_url(re.compile(rf"attention\.view={view}"))
    if int(head):
        expect(page).to_have_url(re.compile(rf"attention\.head={head}\b"))
    if int(layer):
        expect(page).to_have_url(re.compile(rf"attention\.layer={layer}\b"))


def test_the_same_in_a_model_of_270_heads(page: Page, deep_board: str) -> None:
    query = urlencode(
        {"p.attention.run": "deep", "p.attention.tag": "text", "p.attention.view": "head"}
    )
    page.goto(f"{deep_board}data/plugin_entry.html?name=attention#attention&{query}")
    expect(page.get_by_test_id("head-view")).to_be_visible()
    for place in (SHE, NURSE):
        word(page, place).click()
    rows = page.get_by_test_id("head-pair-heads").locator("tbody tr")
    expect(rows.first).to_be_visible()
    numbers = [float(each.split()[-1]) for each in rows.all_inner_texts()]
    assert numbers[:5] == sorted(numbers[:5], reverse=True)
    expect(page.get_by_test_id("head-pair-all")).to_contain_text("all 270 heads")
    page.get_by_test_id("head-pair-all").click()
    expect(page.get_by_test_id("pair-heads")).to_be_visible()


def test_the_keyboard_alone_chooses_words(page: Page, tab: Callable[..., Page]) -> None:
    tab(view="head", layer=1)
    strip = page.get_by_test_id("strip-both")
    strip.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    chosen(page, 3, None)
    active = strip.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-label", re.compile("^3 .*, query$"))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+Enter")
    chosen(page, 3, 2)
    expect(page.get_by_test_id("status-step")).to_have_text("20")
    for key in ("End", "Shift+Enter"):
        page.keyboard.press(key)
    chosen(page, 3, 2)
    expect(page.get_by_test_id("status-said")).to_contain_text("cannot be its key")
    page.keyboard.press("Escape")
    chosen(page, None, None)
