"""Lines of the head view: pointing, pinning, choosing heads, limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import expect

from tests.support.head_view import HEAD, LAYER, Logged, opened, point, says, shows
from tests.support.pages import number, reads
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_pointing_shows_outgoing_and_incoming_and_a_click_pins(page: Page, logged: Logged) -> None:
    own = logged.encoder[LAYER, 2]
    tab, count = opened(page, "pair", heads=2), own.shape[0]
    point(page, tab, "query", 3, count)
    shows(tab, own[3])
    point(page, tab, "key", 6, count)
    shows(tab, own[:, 6])
    point(page, tab, "query", 4, count, click=True)
    page.mouse.move(5, 5)
    shows(tab, own[4])
    point(page, tab, "key", 1, count)
    says(tab, "head-pair", own[4, 1])
    page.mouse.move(5, 5)
    page.keyboard.press("Escape")
    expect(tab.get_by_test_id("head-links")).to_have_count(0)


def test_tiles_switch_heads_and_a_layer_keeps_them(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", layer=0)
    tile = tab.get_by_test_id
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_text("0")
    tab.get_by_test_id("head-each").click()
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_count(12)
    tile("head-tile-3").click()
    expect(tile("head-tile-3")).to_have_attribute("aria-pressed", "false")
    tile("head-tile-7").dblclick()
    expect(tile("head-tile-7")).to_have_attribute("aria-pressed", "true")
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_count(1)
    tile("head-tile-7").click()  # the last one stays
    expect(tile("head-tile-7")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(300)
    tile("layer-1").click()
    expect(tab.get_by_test_id("head-title")).to_contain_text("Layer 1")
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_count(1)
    tile("head-tile-7").dblclick()
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_count(12)
    expect(tile("head-tile-7")).to_have_attribute("title", re.compile("Head 7"))


def test_the_mean_of_the_chosen_heads(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", heads="1.5", query=9)
    tab.get_by_test_id("head-mean").click()
    shows(tab, logged.decoder[LAYER, [1, 5], 9].mean(axis=0))


def test_limits_by_weight_and_by_mass(page: Page, logged: Logged) -> None:
    own = logged.decoder[LAYER, HEAD, 12]
    tab = opened(page, "text", heads=HEAD, query=12)
    tab.get_by_test_id("smallest").fill("0.1")
    shows(tab, own, 0.1)
    share = own[own >= 0.1].sum()
    expect(tab.get_by_test_id("head-mass")).to_contain_text(f"{round(100 * share)} % of the weight")
    tab.get_by_test_id("smallest").fill("0")
    tab.get_by_test_id("mass").fill("70")
    largest = np.sort(own)[::-1]
    kept = largest[: int(np.searchsorted(np.cumsum(largest), 0.7)) + 1]
    shows(tab, own, float(kept[-1]) - 1e-4)
    expect(tab.get_by_test_id("head-mass")).to_contain_text(
        "beyond 70 % of their query are not drawn"
    )


def test_what_scrolls_under_a_resting_pointer_is_pointed_at_once_it_rests(
    page: Page, logged: Logged
) -> None:
    height = 60
    tab = opened(page, "text", heads=HEAD, rows=height)
    box = tab.get_by_test_id("head-plot").bounding_box()
    assert box is not None
    # The token that the test before had pinned was brought into sight.
    tab.get_by_test_id("head-column-query").evaluate("box => { box.scrollTop = 0 }")
    page.mouse.move(box["x"] + 0.06 * box["width"], box["y"] + 2.5 * height)
    panel, note = tab.get_by_test_id("head-panel"), tab.get_by_test_id("head-note")
    expect(panel).to_contain_text("→query 2 (")
    page.mouse.wheel(0, 3 * height)
    expect(panel).to_contain_text("→query 5")
    shows(tab, logged.decoder[LAYER, HEAD, 5])
    columns = [tab.get_by_test_id(f"head-column-{side}") for side in ("query", "key")]
    assert [column.evaluate("box => box.scrollTop") for column in columns] == [3 * height] * 2
    expect(note).to_contain_text("queries in view")


def test_columns_keep_their_place_and_another_text_begins_at_its_top(
    page: Page, logged: Logged
) -> None:
    own = logged.decoder[LAYER, HEAD]
    tab = opened(page, "text", head=HEAD)
    columns = [tab.get_by_test_id(f"head-column-{side}") for side in ("query", "key")]
    rows = tab.get_by_test_id("head-panel").locator("tbody tr")
    strongest = rows.first.locator("td").last

    def left_at(top: float) -> None:
        until(
            lambda: [each.evaluate("box => box.scrollTop") for each in columns] == [top, top],
            lambda: "the columns are somewhere else",
        )

    columns[0].evaluate("box => { box.scrollTop = box.scrollHeight }")
    end = columns[0].evaluate("box => box.scrollTop")
    assert end > 0
    left_at(end)
    # The strongest link of the text is of its third token, which is out of sight now.
    query, key = np.tril_indices(len(own), -1)
    strongest_of_all = own[query[key > 0], key[key > 0]].max()
    until(lambda: number(strongest.inner_text()) < strongest_of_all - 0.01, strongest.inner_text)
    told = rows.first.inner_text()
    tab.get_by_test_id("view-model").click()
    expect(tab.get_by_test_id("model-view")).to_be_visible()
    tab.get_by_test_id("view-head").click()
    left_at(end)
    expect(rows.first).to_have_text(told, use_inner_text=True)
    opened(page, "pair")
    opened(page, "text", head=HEAD)
    left_at(0)
    reads(strongest, strongest_of_all)
