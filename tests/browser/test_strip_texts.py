"""The text above every view, of every kind: long texts, chats, pictures, two texts, numbers."""

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
from tests.support.strip import chosen, word

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
        expect(page.get_by_test_id("strip")).to_be_visible()
        expect(page.get_by_test_id(f"{values['view']}-view")).to_be_visible()
        return page

    return open_text


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
    for part in (1, 0.75, 0.5, 0.25, 0, 900 / 1024):
        strip.evaluate("(box, part) => box.scrollTo(0, part * box.scrollHeight)", part)
        page.wait_for_function(FILLED, arg=strip.element_handle())
        assert page.locator(".strip-word").count() < 800
    expect(page).to_have_url(re.compile(r"attention\.text_open=1"))
    strip.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("strip-chosen-query")).not_to_have_attribute(
        "title", re.compile("^query 900:")
    )


FILLED = """box => {
  const seen = box.getBoundingClientRect();
  const words = [...box.querySelectorAll('.strip-word')].map(each => each.getBoundingClientRect());
  return [seen.top + 13, seen.bottom - 13].every(
    y => words.some(word => word.top < y + 13 && word.bottom > y - 13));
}"""
"""Whether words are drawn on the first line in sight and on the last one."""


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
