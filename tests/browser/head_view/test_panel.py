"""The panel of the head view: all heads of one query, and the strongest links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.head_view import HEAD, LAYER, Logged, opened, shows
from tests.support.pages import reads

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

QUERY = 8


def cells(tab: FrameLocator) -> np.ndarray:
    """The table of all heads as it is shown: [keys, heads]."""
    rows = tab.get_by_test_id("head-heat").locator("tbody tr")
    texts = rows.evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
    )
    return np.array([[float(text) for text in row] for row in texts])


def test_a_query_is_shown_in_all_heads_and_a_column_chooses_one(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", head=HEAD, query=QUERY)
    heat = tab.get_by_test_id("head-heat")
    expect(heat.locator("tbody tr")).to_have_count(QUERY + 1)
    own = logged.decoder[LAYER, :, QUERY, : QUERY + 1].T
    assert cells(tab) == pytest.approx(own, abs=0.006)
    expect(heat.get_by_role("button", name=f"Head {HEAD}", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    heat.get_by_role("button", name="Head 2", exact=True).click()
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_text("2")
    expect(page).to_have_url(re.compile("p.attention.head=2"))
    heat.locator("tbody tr").nth(3).get_by_role("button").click()
    expect(page).to_have_url(re.compile("p.attention.key=3"))


def test_a_long_query_keeps_the_keys_with_the_largest_weights(page: Page, logged: Logged) -> None:
    query = len(logged.tokens) - 1
    tab = opened(page, "text", head=HEAD, query=query)
    heat = tab.get_by_test_id("head-heat")
    expect(heat.locator("tbody tr")).to_have_count(16)
    expect(heat).to_contain_text(f"The 16 keys with the largest weights of {query + 1}.")
    largest = np.sort(np.argsort(-logged.decoder[LAYER, :, query].max(axis=0))[:16])
    assert cells(tab) == pytest.approx(logged.decoder[LAYER][:, query, largest].T, abs=0.006)


def test_hidden_and_compared_keys_are_so_in_all_heads(page: Page, logged: Logged) -> None:
    own = logged.decoder[LAYER, :, QUERY, : QUERY + 1].copy()
    own[:, 0] = 0
    tab = opened(page, "text", head=HEAD, query=QUERY, first="renormalise")
    expect(tab.get_by_test_id("head-heat").locator("tbody tr")).to_have_count(QUERY + 1)
    expected = own / own.sum(axis=1, keepdims=True)
    assert cells(tab) == pytest.approx(expected.T, abs=0.006)


def test_strongest_links_are_without_sink_and_self_unless_wanted(
    page: Page, logged: Logged
) -> None:
    own = logged.decoder[LAYER, HEAD]
    query, key = np.tril_indices(len(own), -1)
    other = own[query[key > 0], key[key > 0]].max()
    rows = opened(page, "text", head=HEAD).get_by_test_id("head-panel").locator("tbody tr")
    reads(rows.first.locator("td").last, other, 2e-3)
    tab = opened(page, "text", head=HEAD)
    note = tab.get_by_test_id("head-drawn")
    expect(note).to_contain_text("and self faded")
    tab.get_by_test_id("head-sinks").click()
    expect(note).to_contain_text("Sink and self in full")
    expect(page).to_have_url(re.compile("p.attention.sinks=full"))
    most = own[1:].max()
    expect(rows.first.locator("td").last).to_have_text(re.compile(f"{most:.3f}"[:4]))
    tab.get_by_test_id("head-sinks").click()
    expect(note).to_contain_text("and self faded")


def test_a_key_goes_from_head_to_head_and_the_picture_with_it(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", head=HEAD, query=QUERY)
    shows(tab, logged.decoder[LAYER, HEAD, QUERY])
    tab.get_by_test_id("head-plot").hover()
    page.keyboard.press("]")
    expect(tab.get_by_test_id("head-title")).to_contain_text(str(HEAD + 1))
    page.mouse.move(5, 5)
    shows(tab, logged.decoder[LAYER, HEAD + 1, QUERY])


def test_one_head_each_and_their_mean(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", head=HEAD)
    on = tab.locator(".tile.head-colour[aria-pressed=true]")
    for which, count in (("each", 12), ("mean", 12), ("one", 1)):
        tab.get_by_test_id(f"head-{which}").click()
        expect(on).to_have_count(count)
        expect(tab.get_by_test_id(f"head-{which}")).to_have_attribute("aria-pressed", "true")
    expect(on).to_have_text(str(HEAD))
