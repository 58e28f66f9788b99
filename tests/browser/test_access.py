"""Accessibility: axe finds nothing serious in any view, and the keyboard alone is enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.repository import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STATES: dict[str, dict[str, str | int]] = {
    "story": {"view": "story", "compare": "both"},
    "overview": {"view": "overview"},
    "model": {"view": "model", "layer": 1, "head": 2, "pins": "0.1"},
    "lines": {"view": "head", "layer": 1, "query": 8},
    "text": {"view": "head", "drawing": "text", "query": 8, "key": 3},
    "matrix": {"view": "head", "drawing": "matrix", "mean": 1},
    "neuron": {"view": "neuron", "layer": 1, "head": 1, "query": 8, "key": 3},
    "difference": {"view": "head", "step": 20, "compare": "difference"},
}


def whole(page: Page) -> None:
    """Waits until what stands beside the first picture is there: the settings, then the panel."""
    expect(page.get_by_test_id("layer-0")).to_be_visible()
    expect(page.locator(".head-panel:not(:has(h3))")).to_have_count(0)


def complaints(page: Page) -> list[str]:
    """What axe finds serious or critical on the page."""
    # By evaluate and not by a script element, which the page's content security policy refuses.
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(result => result.violations)"
    )
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:5]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, tab: Callable[..., Page], dark: bool) -> None:
    found = []
    for name, state in STATES.items():
        tab(dark=dark, **state)
        expect(page.get_by_test_id(f"{state['view']}-view")).to_be_visible()
        whole(page)
        found += [f"{name}: {each}" for each in complaints(page)]
    page.get_by_test_id("export").click()
    found += [f"menu: {each}" for each in complaints(page)]
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    found += [f"help: {each}" for each in complaints(page)]
    assert not found, "\n".join(found)


def focused(page: Page) -> str:
    """The test id or the label of what has the focus."""
    return str(
        page.evaluate(
            "(document.activeElement.dataset.testid ?? "
            "document.activeElement.getAttribute('aria-label')) || ''"
        )
    )


def test_a_whole_session_by_keyboard(page: Page, tab: Callable[..., Page]) -> None:
    tab(step=0)
    press = page.keyboard.press
    expect(page.get_by_test_id("overview-view")).to_be_visible()
    press("ArrowRight")
    expect(page.get_by_test_id("status-step")).to_have_text("10")
    press("ArrowDown")
    expect(page.get_by_test_id("status-layer")).to_have_text("1")
    press("]")
    expect(page.get_by_test_id("status-head")).to_have_text("1")
    press("[")
    expect(page.get_by_test_id("status-head")).to_have_text("0")
    tab_of = {view: place + 1 for place, view in enumerate(views(page))}
    press(str(tab_of["head"]))
    expect(page.get_by_test_id("head-view")).to_be_visible()
    reach(page, "head-column-query")
    for key in ("Home", "ArrowDown", "ArrowDown", "Enter"):
        press(key)
    expect(page.get_by_test_id("status-pair")).to_contain_text("query 2")
    press("Escape")
    expect(page.get_by_test_id("head-unpin")).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    press("c")
    expect(page.get_by_test_id("compare-difference")).to_have_attribute("aria-pressed", "true")
    press("c")
    press("c")
    press("p")
    expect(page.get_by_test_id("status-step")).to_have_text("20")
    press(str(tab_of["neuron"]))
    expect(page.get_by_test_id("neuron-view")).to_be_visible()
    reach(page, "export")
    press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    press("End")
    assert focused(page) == "export-link"
    press("ArrowDown")
    assert focused(page) == "export-png"
    press("Escape")
    assert focused(page) == "export"
    press("?")
    expect(page.get_by_test_id("help-dialog")).to_be_visible()
    press("Escape")
    expect(page.get_by_test_id("help-dialog")).to_have_count(0)


def views(page: Page) -> list[str]:
    return [
        str(each.get_attribute("data-testid")).removeprefix("view-")
        for each in page.get_by_role("tab").all()
    ]


def reach(page: Page, wanted: str) -> None:
    """Goes on with the Tab key until the control is reached."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    pytest.fail(f"the Tab key never reaches {wanted}")


@pytest.mark.parametrize("view", ["overview", "model", "head", "neuron"])
def test_what_tab_reaches_shows_its_focus_and_has_a_name(
    page: Page, tab: Callable[..., Page], view: str
) -> None:
    tab(view=view, layer=1)
    expect(page.get_by_test_id(f"{view}-view")).to_be_visible()
    whole(page)
    stops: list[dict[str, Any]] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop in stops:
            break
        stops.append(stop)
    assert len(stops) > 12
    assert [stop for stop in stops if not stop["name"]] == []
    assert [stop for stop in stops if not stop["seen"]] == []


STOP = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const shows = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  };
  const box = at.getBoundingClientRect();
  return {
    place: [
      at.tagName, Math.round(box.left), Math.round(box.top), at.dataset.testid ?? '',
    ].join(' '),
    name: at.getAttribute('aria-label') || at.textContent || at.labels?.[0]?.textContent
      || at.title || '',
    seen: shows(at) || shows(at.closest('label') ?? at) || shows(at.parentElement),
  };
}"""
"""What has the focus: where it is, its name, and whether one sees that it has the focus.

null at the end of the page.
"""


def test_the_view_is_reached_in_five_tabs(page: Page, tab: Callable[..., Page]) -> None:
    tab(view="head")
    expect(page.get_by_test_id("head-view")).to_be_visible()
    page.keyboard.press("Tab")
    assert focused(page) == "skip"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.closest('[data-testid=head-view]') !== null")
        )
    assert any(reached), "four more reach the view"


def test_arrow_keys_move_the_step_after_a_control_was_used(
    page: Page, tab: Callable[..., Page]
) -> None:
    tab(view="overview", step=0)
    expect(page.get_by_test_id("overview-view")).to_be_visible()
    page.get_by_test_id("tag-probe").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("status-step")).to_have_text("10")
    expect(page.get_by_test_id("tag-probe")).to_be_checked()
    page.get_by_test_id("run-drawn-other").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("status-step")).to_have_text("20")


def test_settings_collapse_and_a_link_holds_it(page: Page, tab: Callable[..., Page]) -> None:
    tab(view="head")
    settings = page.get_by_label("Settings", exact=True)
    expect(settings).to_be_visible()
    before = page.get_by_test_id("head-view").bounding_box()
    page.keyboard.press("s")
    expect(settings).to_have_count(0)
    after = page.get_by_test_id("head-view").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"] + 200
    page.reload()
    expect(page.get_by_test_id("head-view")).to_be_visible()
    expect(settings).to_have_count(0)
    page.get_by_test_id("settings-toggle").click()
    expect(settings).to_be_visible()
