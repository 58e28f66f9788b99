"""The text above every view: words are queries and keys, in long texts, chats, pictures, two texts.

What a click costs is counted: who links one word to another takes two from every view.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import expect

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Span, Stack, TokenSequence
from tests.support import constructed
from tests.support.board import tensorboard

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SHE, NURSE = 8, 4
"""Of `constructed.words`."""
CHAT = ("<s>", "Who", " is", " she", "?", "</s>", "The", " nurse", ".", " She", " is", " kind")
GRID = (4, 6)


def weights(queries: int, keys: int, *, causal: bool = False, seed: int = 0) -> AttentionLayer:
    made = np.random.default_rng(seed).random((2, queries, keys)).astype(np.float32)
    if causal:
        made *= np.tri(queries, keys, dtype=np.float32)
    made /= made.sum(axis=2, keepdims=True)
    return AttentionLayer(weights=made, causal=causal)


def sequence(tokens: tuple[str, ...], **known: Any) -> TokenSequence:
    return TokenSequence(tuple(token.encode() for token in tokens), **known)


def alone(tokens: TokenSequence, name: str = "decoder", *, causal: bool = True) -> Capture:
    count = len(tokens.tokens)
    return Capture("test", (tokens,), (Stack(name, {0: weights(count, count, causal=causal)}),))


def translation() -> Capture:
    asked = sequence(("the", " nurse", " said", " yes"), name="encoder")
    answered = sequence(("elle", " dit", " oui"))
    stacks = (
        Stack("cross", {0: weights(3, 4)}, query_sequence=1, key_sequence=0),
        Stack("encoder", {0: weights(4, 4, seed=1)}),
    )
    return Capture("test", (asked, answered), stacks)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("texts")
    special = tuple(token.startswith("<") for token in CHAT)
    spans = (Span("user", 1, 4), Span("assistant", 6, 11))
    patches = tuple(f"patch {row},{column}" for row in range(GRID[0]) for column in range(GRID[1]))
    # A word that stands only once in the long text.
    long = [*constructed.words(1024)]
    long[700] = b" eureka"
    probes = {
        "chat": alone(sequence(CHAT, special=special, spans=spans, prompt=6)),
        "packed": alone(sequence(("a", " b", " c", " d"), documents=(0, 0, 1, 1))),
        "pair": alone(
            sequence(("[CLS]", "no", "[SEP]", "yes"), segments=(0, 0, 0, 1)), causal=False
        ),
        "translation": translation(),
        "picture": alone(sequence(("[CLS]", *patches), name="encoder"), "encoder", causal=False),
        "long": constructed.capture(long, layers=1, heads=2, neurons=8),
        "hostile": constructed.capture(constructed.HOSTILE),
        "numbers": alone(sequence(("4", " 8", " 11", " 4"))),
    }
    for tag, capture in probes.items():
        constructed.write(folder / "logs" / "texts", tag, {0: capture})
    with tensorboard(folder, f"--logdir={folder / 'logs'}") as url:
        yield url


@pytest.fixture
def text(page: Page, texts: str) -> Callable[..., Page]:
    """Opens one of the texts in the head view: text("chat", query=3)."""

    def open_text(tag: str, **state: str | int) -> Page:
        values = {"run": "texts", "tag": tag, "view": "head", **state}
        query = urlencode({f"p.attention.{name}": value for name, value in values.items()})
        page.goto("about:blank")
        page.goto(f"{texts}data/plugin_entry.html?name=attention#attention&{query}")
        expect(page.get_by_test_id("strip")).to_be_visible(timeout=30_000)
        expect(page.get_by_test_id(f"{values['view']}-view")).to_be_visible(timeout=30_000)
        return page

    return open_text


def chosen(page: Page, query: int | None, key: int | None) -> None:
    """The words that are marked in the strip, the address and the status bar."""
    for side, place in (("query", query), ("key", key)):
        shown = page.get_by_test_id(f"strip-chosen-{side}")
        if place is None:
            expect(shown).to_have_count(0)
            expect(page).not_to_have_url(re.compile(rf"attention\.{side}="))
        else:
            expect(shown).to_have_attribute("title", re.compile(rf"^{side} {place}:"))
            expect(page).to_have_url(re.compile(rf"attention\.{side}={place}\b"))


def word(page: Page, place: int) -> Locator:
    return page.get_by_test_id(f"word-{place}")


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
    expect(heading).to_contain_text("asked", timeout=30_000)
    page.keyboard.press("Escape")
    expect(heading).to_contain_text("·he")
    word(page, NURSE).hover()
    expect(heading).to_contain_text("nurse")
    page.get_by_test_id("help").hover()
    expect(heading).to_contain_text("·he")
    chosen(page, None, None)


@pytest.mark.parametrize("view", ["story", "overview", "model", "head", "neuron"])
def test_who_links_two_words_takes_two_clicks(
    page: Page, tab: Callable[..., Page], view: str
) -> None:
    tab(view=view)
    expect(page.get_by_test_id(f"{view}-view")).to_be_visible(timeout=30_000)
    for place in (SHE, NURSE):
        word(page, place).click()
    answer = {"overview": "pair-heads", "head": "head-pair-heads"}.get(view, "strip-answer")
    expect(page.get_by_test_id(answer)).to_be_in_viewport()
    heads = page.get_by_test_id(answer).get_by_role("button", name=re.compile(r"^L\d H\d"))
    expect(heads.first).to_be_visible(timeout=30_000)
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
    expect(page.get_by_test_id("head-view")).to_be_visible(timeout=30_000)
    for place in (SHE, NURSE):
        word(page, place).click()
    rows = page.get_by_test_id("head-pair-heads").locator("tbody tr")
    expect(rows.first).to_be_visible(timeout=30_000)
    numbers = [float(each.split()[-1]) for each in rows.all_inner_texts()]
    assert numbers[:5] == sorted(numbers[:5], reverse=True)
    expect(page.get_by_test_id("head-pair-all")).to_contain_text("all 270 heads")
    page.get_by_test_id("head-pair-all").click()
    expect(page.get_by_test_id("pair-heads")).to_be_visible(timeout=30_000)


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


def test_a_word_is_found_in_a_long_text(text: Callable[..., Page]) -> None:
    page = text("long")
    assert page.locator(".strip-word").count() < 300, "what is out of sight is not drawn"
    expect(word(page, 700)).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("EUREKA")
    expect(page.get_by_test_id("strip-hits")).to_have_text("1 of 1")
    expect(word(page, 700)).to_be_in_viewport()
    page.keyboard.press("Enter")
    chosen(page, 700, None)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("asked the nurse")
    hits = page.get_by_test_id("strip-hits")
    expect(hits).to_have_text(re.compile(r"^1 of \d\d$"))
    page.keyboard.press("ArrowDown")
    expect(hits).to_have_text(re.compile("^2 of"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(hits).to_have_text(re.compile(r"^(\d\d) of \1$"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    chosen(page, 700, 2)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("#1023")
    expect(hits).to_have_text("1 of 1")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("strip-find")).to_have_value("")
    chosen(page, 700, 2)


def test_a_long_text_takes_several_lines_where_one_wants_them(text: Callable[..., Page]) -> None:
    page = text("long", query=900)
    expect(word(page, 900)).to_be_in_viewport()
    strip = page.get_by_test_id("strip-both")
    lines = strip.evaluate("box => box.clientHeight / 26")
    assert round(lines) == 1
    page.get_by_test_id("strip-open").click()
    expect(page.get_by_test_id("strip-open")).to_have_attribute("aria-expanded", "true")
    expect(word(page, 900)).to_be_in_viewport()
    assert strip.evaluate("box => box.clientHeight / 26") > 3
    assert page.locator(".strip-word").count() < 800
    expect(page).to_have_url(re.compile(r"attention\.text_open=1"))
    strip.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("strip-chosen-query")).not_to_have_attribute(
        "title", re.compile("^query 900:")
    )


def test_roles_documents_and_segments_are_marked(text: Callable[..., Page]) -> None:
    page = text("chat")
    expect(page.locator(".strip-between")).to_have_text(["user", "|", "assistant · generated"])
    expect(page.locator(".strip-word.special")).to_have_text(["<s>", "</s>"])
    page = text("packed")
    expect(page.locator(".strip-between")).to_have_text(["document 0", "document 1"])
    page = text("pair")
    expect(page.locator(".strip-between")).to_have_text(["A", "B"])
    word(page, 1).click()
    word(page, 3).click()
    chosen(page, 1, 3)


def test_two_texts_have_a_strip_each(text: Callable[..., Page]) -> None:
    page = text("translation")
    page.get_by_test_id("query-word-0").click()
    page.get_by_test_id("key-word-1").click()
    chosen(page, 0, 1)
    expect(page.get_by_test_id("strip-chosen-query")).to_contain_text("elle")
    expect(page.get_by_test_id("strip-chosen-key")).to_contain_text("nurse")
    page.get_by_test_id("key-word-1").click()
    expect(page.get_by_test_id("strip-chosen-key")).to_have_count(0)
    page.get_by_test_id("strip-key").focus()
    for key in ("End", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("strip-chosen-key")).to_contain_text("yes")


def test_a_picture_has_its_patches(text: Callable[..., Page]) -> None:
    page = text("picture")
    patches = page.locator(".strip-word.patch")
    expect(patches).to_have_count(GRID[0] * GRID[1])
    first, below = patches.nth(0).bounding_box(), patches.nth(GRID[1]).bounding_box()
    assert first is not None
    assert below is not None
    assert below["x"] == first["x"]
    assert below["y"] == pytest.approx(first["y"] + first["height"] + 1, abs=1)
    patches.nth(0).click()
    chosen(page, 1, None)
    page.get_by_test_id("strip-both").focus()
    for key in ("ArrowDown", "ArrowRight", "Shift+Enter"):
        page.keyboard.press(key)
    chosen(page, 1, 2 + GRID[1])
    expect(page.get_by_test_id("status-pair")).to_contain_text("patch 1,1")


def test_hostile_tokens_are_shown_harmlessly(text: Callable[..., Page]) -> None:
    page = text("hostile", text_open=1)
    assert page.evaluate("window.hurt") is None
    expect(word(page, 0)).to_have_text(re.compile("^<img src=x onerror"))
    assert len(word(page, 11).inner_text()) <= 40
    strip = page.get_by_test_id("strip-both")
    assert strip.evaluate("box => box.scrollWidth <= box.clientWidth")
    for place in range(len(constructed.HOSTILE)):
        expect(word(page, place)).to_be_attached()
    word(page, 7).click()
    chosen(page, 7, None)


def test_tokens_that_are_numbers_are_told_from_numbers(text: Callable[..., Page]) -> None:
    page = text("numbers", query=2, key=1)
    token = page.get_by_test_id("status-pair").locator("bdi").first
    place = page.get_by_test_id("status-pair").locator("b").first
    expect(token).to_have_text("·11")
    expect(place).to_have_text("2")
    looks = "element => getComputedStyle(element).backgroundColor"
    assert token.evaluate(looks) != place.evaluate(looks)
