"""The frame around the views: runs, probes and what is shown; a card that fills the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


def opened(page: Page, tab: Callable[..., Page], **state: str | int) -> None:
    tab(view="head", **state)
    expect(page.get_by_test_id("head-view")).to_be_visible()


def test_checked_runs_are_drawn_together_and_one_is_shown(
    page: Page, tab: Callable[..., Page]
) -> None:
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "metrics?" in each.url else None)
    with page.expect_request("**/metrics?*run=other*"):
        tab(view="overview")
    legend = page.locator(".overview-lines .line-legend")
    expect(legend).to_contain_text("other")
    other = page.get_by_test_id("run-drawn-other")
    expect(other).to_be_checked()
    expect(page.get_by_test_id("run-drawn-base")).to_be_disabled()
    expect(page.get_by_test_id("run-drawn-hostile")).to_be_disabled()
    other.uncheck()
    expect(legend).not_to_contain_text("other")
    expect(page.get_by_test_id("run-base")).to_be_checked()
    page.get_by_test_id("runs-alone").click()
    expect(legend).to_have_count(0)
    assert "p.attention.runs=%2C" in page.url
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("compare-first")).to_be_visible()
    expect(page.get_by_test_id("compare-run-other")).to_have_count(0)
    other.check()
    expect(legend).to_contain_text("other")
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("compare-run-other")).to_be_visible()
    page.get_by_test_id("run-other").check(force=True)
    expect(page.get_by_test_id("run-drawn-base")).to_be_checked()
    expect(legend).to_contain_text("base")


def test_runs_are_filtered_by_a_regular_expression(page: Page, tab: Callable[..., Page]) -> None:
    opened(page, tab)
    page.get_by_test_id("run-filter-open").click()
    page.get_by_test_id("run-filter").fill("^(o|h).*e")
    expect(page.locator(".run")).to_contain_text(["base", "hostile", "other"])
    page.reload()
    expect(page.get_by_test_id("run-filter")).to_have_value("^(o|h).*e")
    page.get_by_test_id("run-filter").fill("(o")
    expect(page.locator(".run")).to_have_count(1)


def test_probes_say_how_long_they_are(page: Page, tab: Callable[..., Page]) -> None:
    opened(page, tab)
    probes = page.get_by_test_id("probe")
    expect(probes.locator("label", has_text="changing")).to_contain_text("9")
    expect(probes.locator("label", has=page.get_by_test_id("tag-probe"))).to_contain_text(
        "12 tokens"
    )
    page.get_by_test_id("tag-changing").check(force=True)
    expect(page.get_by_test_id("probe-size")).to_contain_text("9 tokens · 2 steps")
    # With the mouse one means the step with the next arrow key.
    page.get_by_test_id("tag-probe").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("step-now")).to_have_text("0")
    expect(page.get_by_test_id("tag-changing")).to_be_checked()


def test_show_is_folded_to_what_is_set_and_a_link_holds_it_open(
    page: Page, tab: Callable[..., Page]
) -> None:
    opened(page, tab, open="", first="hide", scale="linear")
    expect(page.get_by_test_id("show-weight")).to_have_count(0)
    summary = page.get_by_test_id("show-summary")
    expect(summary).to_contain_text("weight · linear · without the first token")
    page.get_by_test_id("fold-show").click()
    page.get_by_test_id("scale-sqrt").click()
    page.reload()
    expect(page.get_by_test_id("scale-sqrt")).to_be_visible()
    page.get_by_test_id("fold-show").click()
    expect(summary).to_contain_text("weight · square root")


CARDS = {
    "overview": ["overview-matrix", "overview-lines", "overview-raster", "overview-changes"],
    "model": ["model-heads", "model-head-1-2"],
    "head": ["head-drawing", "head-numbers"],
    "neuron": ["neuron-strips", "neuron-beside"],
}


@pytest.mark.parametrize("view", CARDS)
def test_every_card_may_have_the_full_screen(
    page: Page, tab: Callable[..., Page], view: str
) -> None:
    tab(view=view, layer=1, head=2, query=8, key=3)
    expect(page.get_by_test_id(f"{view}-view")).to_be_visible()
    page.wait_for_load_state("networkidle")
    cards = page.locator(f"[data-testid={view}-view] .card")
    assert cards.count() >= len(CARDS[view])
    assert cards.locator("> .fill-button").count() == cards.count()
    for name in CARDS[view]:
        button = page.get_by_test_id(f"full-{name}")
        before = page.locator(".card", has=button).bounding_box()
        button.focus()
        page.keyboard.press("Enter")
        card = page.locator(".card.full")
        assert card.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 764}
        assert f"p.attention.full={name}" in page.url
        expect(page.get_by_test_id("status-step")).to_be_visible()
        expect(button).to_be_focused()
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(INSIDE), "what is covered is not reached"
        button.focus()
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_test_id("status-step")).to_have_text("10")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_test_id("status-step")).to_have_text("20")
        page.keyboard.press("Escape")
        expect(card).to_have_count(0)
        expect(button).to_be_focused()
        assert page.locator(".card", has=button).bounding_box() == before
        expect(page.get_by_test_id("view-model")).to_be_enabled()
        expect(page.locator("[inert]")).to_have_count(0)


INSIDE = """() => {
  const at = document.activeElement;
  return at === document.body || at.closest('.card.full, footer') !== null;
}"""
"""Whether what has the focus is in the card that fills the page, or in the status bar."""


def test_a_card_covers_the_others_at_once_and_what_comes_later(
    page: Page, tab: Callable[..., Page]
) -> None:
    tab(view="model", layer=1, head=2, query=8, key=3, enlarged=0)
    button = page.get_by_test_id("full-model-heads")
    expect(button).to_be_visible()
    assert button.evaluate(COVERED_AS_IT_FILLS)
    page.get_by_test_id("model-cell-0-3").click()
    side = page.locator(".model-side")
    expect(side).to_have_count(1)
    expect(side).to_have_js_property("inert", True)
    settings = page.locator(".settings")
    for count in (0, 1):
        page.keyboard.press("s")
        expect(settings).to_have_count(count)
    expect(settings).to_have_js_property("inert", True)
    button.click()
    expect(page.locator(".card.full")).to_have_count(0)
    expect(page.locator("[inert]")).to_have_count(0)


def test_what_goes_wrong_is_said_over_a_card_that_fills_the_page(
    page: Page, tab: Callable[..., Page]
) -> None:
    # Before the page opens, which asks ahead for the layers beside the one that it shows.
    weights = re.compile(r"/weights\?.*\blayer=0\b")
    page.route(
        weights,
        lambda each: each.fulfill(status=500, content_type="text/plain", body="The disk is gone."),
    )
    opened(page, tab, layer=1)
    page.locator("[data-testid^=full-]").first.click()
    expect(page.locator(".card.full")).to_have_count(1)
    page.keyboard.press("ArrowUp")
    said = page.get_by_test_id("error")
    expect(said).to_be_in_viewport()
    assert said.evaluate("each => each.closest('[inert]') === null")
    page.unroute(weights)
    page.get_by_test_id("retry").click()
    expect(said).to_have_count(0)
    expect(page.get_by_test_id("status-layer")).to_have_text("0")


COVERED_AS_IT_FILLS = """button => new Promise(done => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.card.full')) return;
    observer.disconnect();
    done(document.querySelector('[role=tablist]').closest('[inert]') !== null);
  }).observe(document.body, {subtree: true, attributes: true, attributeFilter: ['class']});
  button.click();
})"""
"""Whether the tabs are out of reach as soon as the card is drawn over them."""


@pytest.mark.parametrize("view", ["story", "overview", "model", "head", "neuron"])
def test_at_200_percent_everything_is_reached(
    page: Page, tab: Callable[..., Page], view: str
) -> None:
    page.set_viewport_size({"width": 640, "height": 360})
    tab(view=view, layer=1, query=8, key=3)
    shown = page.get_by_test_id(f"{view}-view")
    expect(shown).to_be_visible()
    assert page.evaluate(TOO_WIDE) == []
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box is not None
    assert box["height"] >= 300
    expect(page.get_by_test_id("status-step")).to_be_in_viewport()
    # The settings lie above the view, and go by Esc or by a click beside them.
    expect(page.locator(".settings")).to_have_count(0)
    page.get_by_test_id("settings-toggle").click()
    expect(page.locator(".settings")).to_be_in_viewport()
    for name in ("run-drawn-base", "words-true"):
        page.get_by_test_id(name).scroll_into_view_if_needed()
        expect(page.get_by_test_id(name)).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator(".settings")).to_have_count(0)
    page.get_by_test_id("settings-toggle").click()
    page.mouse.click(600, 200)
    expect(page.locator(".settings")).to_have_count(0)
    page.get_by_test_id("compare").click()
    page.get_by_test_id("with-step").scroll_into_view_if_needed()
    expect(page.get_by_test_id("with-step")).to_be_in_viewport()


def test_export_stands_beside_keys_on_half_of_a_laptop(
    page: Page, tab: Callable[..., Page]
) -> None:
    page.set_viewport_size({"width": 720, "height": 450})
    tab(view="head", layer=1)
    expect(page.get_by_test_id("head-view")).to_be_visible()
    export = page.get_by_test_id("export").bounding_box()
    keys = page.get_by_test_id("help").bounding_box()
    assert export is not None
    assert keys is not None
    assert export["x"] + export["width"] <= keys["x"]


TOO_WIDE = """() => [...document.querySelectorAll('.content *')]
  .filter(each => each.closest('.scroll-pane, .canvas, .for-readers, [data-scrolls]') === null)
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => `${each.tagName} ${each.className} ${each.dataset.testid ?? ''}`)"""
"""What reaches out of the window at the right and does not scroll."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pressed_buttons_stay_pressed_under_the_pointer(
    page: Page, tab: Callable[..., Page], dark: bool
) -> None:
    tab(view="head", dark=dark, compare="difference")
    expect(page.get_by_test_id("head-view")).to_be_visible()
    expect(page.get_by_test_id("layer-0")).to_be_visible()
    pressed = page.locator("[aria-pressed=true]:visible:not(:disabled)")
    assert pressed.count() > 6
    colour = "getComputedStyle(element).backgroundColor"
    for each in pressed.all():
        page.mouse.move(640, 5)
        before = each.evaluate(f"element => {colour}")
        each.hover()
        assert each.evaluate(f"element => {colour}") == before, each.get_attribute("data-testid")
