"""The chosen head is the one of every view, Back goes through what was chosen, and links to what
is not there say so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.pages import open_tab

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

Tab = Callable[..., "Page"]


def choose_in_the_ranking(tab: FrameLocator | Page) -> tuple[int, int]:
    row = tab.get_by_test_id("changed-most").locator("tbody tr").first
    row.get_by_role("button").click()
    expect(row).to_have_class("on")
    found = re.search(r"(\d+)\D+(\d+)", row.get_by_role("button").inner_text())
    assert found is not None
    return int(found[1]), int(found[2])


def choose_in_the_matrix(tab: FrameLocator | Page) -> tuple[int, int]:
    tab.get_by_test_id("metric-matrix").click(position={"x": 150, "y": 60})
    return shown_in_the_tiles(tab)


def choose_in_the_model_view(tab: FrameLocator | Page) -> tuple[int, int]:
    tab.get_by_test_id("model-grid").click(position={"x": 260, "y": 240})
    return shown_in_the_tiles(tab)


def choose_in_the_head_view(tab: FrameLocator | Page) -> tuple[int, int]:
    tab.get_by_test_id("layer-1").click()
    tab.get_by_test_id("head-tile-2").dblclick()
    expect(tab.get_by_test_id("head-tile-1")).to_have_attribute("aria-pressed", "false")
    return 1, 2


def choose_in_the_neuron_view(tab: FrameLocator | Page) -> tuple[int, int]:
    tab.get_by_test_id("layer-1").click()
    tab.get_by_test_id("head-tile-3").click()
    return 1, 3


def shown_in_the_tiles(tab: FrameLocator | Page) -> tuple[int, int]:
    """Layer and head of the settings column."""
    layer = tab.locator("[data-testid^=layer-][aria-pressed=true]").inner_text()
    return int(layer), int(tab.locator(".tile.head-colour.focused").inner_text())


CHOICES = {
    "overview": [choose_in_the_ranking, choose_in_the_matrix],
    "model": [choose_in_the_model_view],
    "head": [choose_in_the_head_view],
    "neuron": [choose_in_the_neuron_view],
}


@pytest.mark.parametrize(
    ("view", "choose"), [(view, each) for view, all_ in CHOICES.items() for each in all_]
)
def test_a_head_chosen_in_one_view_is_there_in_each_other(
    tab: Tab, view: str, choose: Callable[[Page], tuple[int, int]]
) -> None:
    page = tab(view=view)
    expect(page.get_by_test_id(f"{view}-view")).to_be_visible()
    layer, head = choose(page)
    for other in ("overview", "model", "head", "neuron"):
        page.get_by_test_id(f"view-{other}").click()
        expect(page.get_by_test_id(f"{other}-view")).to_be_visible()
        assert shown_in_the_tiles(page) == (layer, head), other
        if other == "overview":
            marked = page.get_by_test_id("changed-most").locator("tr.on").get_by_role("button")
            expect(marked).to_have_text(f"L{layer} H{head}")
        elif other == "model":
            expect(page.get_by_label(f"Layer {layer}, head {head}", exact=True)).to_be_visible()
        elif other == "head":
            on = page.locator(".tile.head-colour[aria-pressed=true]")
            assert on.all_inner_texts() == [str(head)]
        else:
            expect(page.get_by_role("heading", name=f"Layer {layer}, head {head}")).to_be_visible()
    # The other run and the other probe have that head as well.
    page.get_by_test_id("run-other").check(force=True)
    page.get_by_test_id("run-base").check(force=True)
    page.get_by_test_id("tag-changing").check(force=True)
    expect(page.get_by_role("heading", name=f"Layer {layer}, head {head}")).to_be_visible()


def journey(page: Page, tab: FrameLocator | Page) -> None:
    """Chooses in several places, and comes back the way it went."""

    def shown(view: str, layer: int, head: int) -> None:
        expect(tab.get_by_test_id(f"{view}-view")).to_be_visible()
        expect(tab.locator(".tile.head-colour.focused")).to_have_text(str(head))
        expect(tab.get_by_test_id(f"layer-{layer}")).to_have_attribute("aria-pressed", "true")

    start = shown_in_the_tiles(tab)
    layer, head = choose_in_the_ranking(tab)
    tab.get_by_test_id("view-head").click()
    shown("head", layer, head)
    tab.get_by_test_id("step-first").click()
    expect(tab.get_by_test_id("step-now")).to_have_text("0")
    tab.get_by_test_id("head-plot").hover()
    tab.get_by_test_id("run-other").check(force=True)
    tab.get_by_test_id("view-neuron").click()
    expect(tab.get_by_role("heading", name=f"Layer {layer}, head {head}")).to_be_visible()
    page.go_back()
    shown("head", layer, head)
    expect(tab.get_by_test_id("run-other")).to_be_checked()
    page.go_back()
    expect(tab.get_by_test_id("run-base")).to_be_checked()
    shown("head", layer, head)
    expect(tab.get_by_test_id("step-now")).to_have_text("0")
    page.go_back()
    shown("overview", layer, head)
    page.go_back()
    shown("overview", *start)
    page.go_forward()
    page.go_forward()
    shown("head", layer, head)


def test_back_in_tensorboard(page: Page, journey_board: str) -> None:
    frame = open_tab(
        page, journey_board, "changed-most", run="base", tag="probe", view="overview", layer=1
    )
    journey(page, frame)


def test_back_in_a_page_of_its_own(tab: Tab) -> None:
    page = tab(view="overview", layer=1)
    expect(page.get_by_test_id("changed-most")).to_be_visible()
    journey(page, page)


def test_a_link_to_what_is_not_there_says_so_and_stays(page: Page, journey_board: str) -> None:
    state = {"run": "lost-run", "tag": "probe", "step": 7, "layer": 40, "head": 9, "view": "heads"}
    frame = open_tab(page, journey_board, "missing", **state)
    banner = frame.get_by_test_id("missing")
    for said in (
        "no run “lost-run”",
        "Step 7 was not logged",
        "no layer 40",
        "no head 9",
        "no view “heads”",
    ):
        expect(banner).to_contain_text(said)
    frame.get_by_test_id("view-model").click()
    expect(banner).not_to_contain_text("no view")
    for name, value in state.items():
        if name != "view":
            assert f"p.attention.{name}={value}" in page.url, page.url
    page.go_back()
    expect(banner).to_contain_text("no view “heads”")
    assert "p.attention.view=heads" in page.url
    frame.get_by_test_id("missing-dismiss").click()
    expect(banner).to_have_count(0)
    assert "lost-run" not in page.url
