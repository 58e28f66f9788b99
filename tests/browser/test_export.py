"""Export of numbers as CSV, of hostile text, and of a link that opens the same."""

from __future__ import annotations

import csv
import io
import re
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree

import numpy as np
import safetensors.numpy
from playwright.sync_api import expect

from tests.support.exports import SVG, saved
from tests.support.pages import frame_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_the_table_of_the_head_view_holds_the_weights_that_are_served(
    page: Page, tab: Callable[..., Page], journey_board: str
) -> None:
    frame = tab(view="head", layer=1, step=10, heads="0.3")
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    _, content = saved(page, frame, "csv-weights")
    address = "weights?run=base&tag=probe&step=10&stack=decoder&layer=1"
    url = f"{journey_board}data/plugin/attention/{address}"
    served = safetensors.numpy.load(urllib.request.urlopen(url).read())["weights"]
    table = rows(content)
    exported = np.zeros_like(served)
    for row in table:
        exported[int(row["head"]), int(row["query"]), int(row["key"])] = np.float32(row["weight"])
    chosen = np.zeros_like(served)
    chosen[[0, 3]] = served[[0, 3]]
    np.testing.assert_array_equal(exported, chosen)
    assert {row["run"] for row in table} == {"base"}
    assert table[1]["key_token"] in ("The", "·doctor")


def test_weights_of_long_texts_are_exact(page: Page, deep_board: str) -> None:
    """The page looks at float16, in which weights below 3e-8 are 0; a table has them all."""
    page.goto(
        f"{deep_board}data/plugin_entry.html?name=attention#attention&p.attention.run=long"
        "&p.attention.view=head&p.attention.heads=2"
    )
    expect(page.get_by_test_id("head-view")).to_be_visible()
    name, content = saved(page, page, "csv-weights")
    address = "weights?run=long&tag=text&step=0&stack=decoder&layer=0&head=2"
    url = f"{deep_board}data/plugin/attention/{address}"
    served = safetensors.numpy.load(urllib.request.urlopen(url).read())["weights"][0]
    # The page has gone back to what it looks at, and still works.
    expect(page.get_by_test_id("export-note")).to_contain_text("Saved")
    assert saved(page, page, "csv-weights")[1] == content
    assert name == "long_text_step-0_layer-0_head-2_head-lines_weights.csv"
    table = rows(content)
    exported = np.zeros_like(served)
    for row in table:
        exported[int(row["query"]), int(row["key"])] = np.float32(row["weight"])
    # Each is the rounding of one CPU's products, which another shape of the question may change.
    np.testing.assert_allclose(exported, served, rtol=1e-4, atol=0)
    assert len(table) == np.count_nonzero(served) == 300 * 301 / 2
    assert np.count_nonzero(served.astype(np.float16)) < len(table)


def test_tables_of_the_other_views(page: Page, tab: Callable[..., Page]) -> None:
    frame = tab(view="neuron", layer=1, step=10, head=1, query=8)
    expect(frame.get_by_test_id("neuron-view")).to_be_visible()
    scores = rows(saved(page, frame, "csv-scores")[1])
    neurons = rows(saved(page, frame, "csv-neurons")[1])
    assert (len(scores), len(neurons)) == (12, 12 * 16)
    seen = [row for row in scores if row["seen"] == "1"]
    assert len(seen) == 9
    logits = np.array([float(row["score"]) for row in seen])
    np.testing.assert_allclose(
        [float(row["weight"]) for row in seen], np.exp(logits) / np.exp(logits).sum(), rtol=1e-4
    )
    for row in neurons[:5]:
        np.testing.assert_allclose(
            float(row["query_value"]) * float(row["key_value"]) / 4,
            float(row["contribution"]),
            rtol=1e-5,
        )
    frame = tab(view="model", layer=1, step=10, head=1)
    expect(frame.get_by_test_id("model-enlarged")).to_be_visible()
    cells = rows(saved(page, frame, "csv-thumbnails")[1])
    assert len(cells) == 3 * 4 * 12 * 12
    exact = {
        (row["query"], row["key"]): float(row["weight"])
        for row in rows(saved(page, frame, "csv-weights")[1])
    }
    for row in cells:
        if (row["layer"], row["head"]) == ("1", "1"):
            assert (
                abs(
                    float(row["mean_weight"])
                    - exact.get((row["first_query"], row["first_key"]), 0.0)
                )
                < 0.005
            )


def test_hostile_tokens_stay_text(page: Page, tab: Callable[..., Page]) -> None:
    frame = tab(run="hostile", tag="tokens", view="head", layer=0)
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    tokens = {row["key_token"] for row in rows(saved(page, frame, "csv-weights")[1])}
    assert {"'=HYPERLINK(1)", "'+1", "'-", "'@SUM(A1)"} <= tokens
    assert not [token for token in tokens if re.match(r"\s*[=+@\t\r-]", token)]
    root = ElementTree.fromstring(saved(page, frame, "svg")[1])
    assert any("<img src=x" in (element.text or "") for element in root.iter(f"{SVG}text"))
    assert page.evaluate("window.hurt") is None


def test_a_link_opens_the_same_picture_in_another_browser(
    page: Page, journey_board: str, chromium: Browser
) -> None:
    page.goto(
        f"{journey_board}#attention&p.attention.run=base&p.attention.tag=probe&p.attention.view=head"
    )
    frame = frame_of(page)
    frame.get_by_test_id("layer-1").click()
    frame.get_by_test_id("head-tile-2").dblclick()
    frame.get_by_test_id("step-previous").click()
    expect(frame.get_by_test_id("status-step")).to_have_text("10")
    column = frame.get_by_test_id("head-column-query")
    column.focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        column.press(key)
    column.blur()
    frame.get_by_test_id("drawing-matrix").click()
    frame.get_by_test_id("export").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    frame.get_by_test_id("export-link").click()
    expect(frame.get_by_test_id("export-note")).to_contain_text("link is copied")
    link = page.evaluate("navigator.clipboard.readText()")
    for part in (
        "view=head",
        "layer=1",
        "head=2",
        "step=10",
        "query=3",
        "drawing=matrix",
        f"run={quote('base')}",
    ):
        assert f"p.attention.{part}" in link
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    other = context.new_page()
    other.goto(link)
    copy = frame_of(other)
    expect(copy.get_by_test_id("head-view")).to_be_visible()
    page.mouse.move(0, 0)
    for each in (page, other):
        each.wait_for_load_state("networkidle")
    pictures = [saved(each, shown, "svg")[1] for each, shown in ((page, frame), (other, copy))]
    assert other.url == page.url
    context.close()
    assert pictures[0] == pictures[1]
