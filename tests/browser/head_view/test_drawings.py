"""The other drawings of the head view, against the model's own eager attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.head_view import HEAD, LAYER, Logged, opened, says, shows

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_matrix_and_text_show_the_same_numbers(page: Page, logged: Logged) -> None:
    own = logged.encoder[LAYER, 2]
    tab = opened(page, "pair", heads=2)
    tab.get_by_test_id("drawing-matrix").click()
    maps = tab.get_by_test_id("head-maps")
    maps.focus()
    for key in ["Home", *["ArrowDown"] * 4, *["ArrowRight"] * 2]:
        page.keyboard.press(key)
    says(tab, "head-live", own[4, 2])
    tab.get_by_test_id("drawing-text").click()
    tab.get_by_test_id("head-text").focus()
    for key in ["Home", *["ArrowRight"] * 3, "Enter"]:
        page.keyboard.press(key)
    shows(tab, own[3])
    tab.get_by_test_id("head-shade-query").click()
    shows(tab, own[:, 3])


def test_cells_that_are_made_larger_keep_their_numbers(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", heads=HEAD, drawing="matrix")
    for _ in range(3):
        tab.get_by_test_id("head-larger").click()
    tab.get_by_test_id("head-maps").focus()
    for key in ["Home", *["ArrowDown"] * 30, *["ArrowRight"] * 21]:
        page.keyboard.press(key)
    says(tab, "head-live", logged.decoder[LAYER, HEAD, 30, 21])
    tab.get_by_test_id("head-whole").click()
    expect(tab.get_by_test_id("head-whole")).to_be_disabled()


def test_scale_and_legend(page: Page, logged: Logged) -> None:
    tab = opened(page, "pair", drawing="matrix")
    expect(tab.locator(".head-legend")).to_contain_text("square-root scale")
    tab.get_by_test_id("scale-linear").click()
    expect(tab.locator(".head-legend")).to_contain_text("linear scale")
    expect(tab.locator(".head-legend")).to_contain_text("middle 0.5")


def test_tokens_are_shown_as_a_person_reads_them(page: Page, logged: Logged) -> None:
    first = next(place for place, piece in enumerate(logged.tokens) if b"\xf0" in piece)
    tab = opened(page, "text", heads=HEAD, key=first)
    expect(tab.get_by_test_id("head-panel").locator(".head-panel-title")).to_contain_text("🙂")
    expect(tab.get_by_test_id("status-pair")).to_contain_text("1/")
    image = next(place for place, piece in enumerate(logged.tokens) if b"<" in piece)
    tab = opened(page, "text", heads=HEAD, key=image)
    expect(tab.get_by_test_id("head-panel").locator(".head-panel-title")).to_contain_text("<")
