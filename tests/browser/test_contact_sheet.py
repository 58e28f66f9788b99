"""The contact sheet of the model view, in a real TensorBoard and Chromium."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pypdf
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support import constructed
from tests.support.board import tensorboard
from tests.support.exports import SVG, saved
from tests.support.pages import drawn, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page


def opened(tab: Callable[..., Page], **state: object) -> Page:
    frame = tab(view="model", cells="sheet", **state)
    expect(frame.get_by_test_id("sheet")).to_be_visible()
    expect(frame.get_by_test_id("sheet-told")).to_contain_text("Layer")
    return frame


def canvas(frame: Page | FrameLocator) -> Locator:
    return frame.get_by_test_id("sheet-canvas").locator("canvas").first


def test_nearer_a_head_is_matrix_then_lines_then_neurons(page: Page, deep_board: str) -> None:
    frame = open_tab(page, deep_board, "sheet", run="deep", view="model", cells="sheet", head=2)
    sheet = frame.get_by_test_id("sheet")
    sheet.focus()
    seen = [drawn(canvas(frame))]
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.append(drawn(canvas(frame), *seen))
    page.wait_for_function("/p.attention.sheet_zoom=[1-9]/.test(location.hash)")
    expect(frame.get_by_test_id("sheet-nearer")).to_be_disabled()
    # The address shows the same again.
    page.reload()
    expect(sheet).to_be_visible()
    expect(frame.get_by_test_id("sheet-whole")).to_be_enabled()
    frame.get_by_test_id("sheet").focus()
    page.keyboard.press("Escape")
    page.wait_for_function("!location.hash.includes('sheet_zoom')")
    expect(frame.get_by_test_id("sheet-whole")).to_be_disabled()


def test_the_wheel_zooms_about_the_pointer_and_a_drag_moves_the_sheet(
    page: Page, tab: Callable[..., Page]
) -> None:
    frame = opened(tab, step=10)
    box = frame.get_by_test_id("sheet").bounding_box()
    assert box
    at = box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"]
    page.mouse.move(*at)
    told = frame.get_by_test_id("sheet-told")
    under = told.inner_text()
    for _ in range(4):
        page.mouse.wheel(0, -150)
        page.wait_for_timeout(150)
    page.wait_for_function("/p.attention.sheet_zoom=[1-9]/.test(location.hash)")
    assert told.inner_text() == under
    before = drawn(canvas(frame))
    page.mouse.down()
    page.mouse.move(at[0] - 60, at[1] - 40, steps=4)
    page.mouse.up()
    drawn(canvas(frame), before)
    for _ in range(8):
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(80)
    page.wait_for_function("!location.hash.includes('sheet_zoom')")


def test_a_head_is_chosen_for_every_view(page: Page, tab: Callable[..., Page]) -> None:
    frame = opened(tab, layer=0, head=0, step=10)
    frame.get_by_test_id("sheet").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("/p.attention.layer=1/.test(location.hash)")
    expect(frame.get_by_test_id("status-head")).to_have_text("1")
    frame.get_by_test_id("sheet-head").click()
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    expect(frame.get_by_test_id("status-layer")).to_have_text("1")


def test_dragging_the_steps_moves_every_picture(page: Page, tab: Callable[..., Page]) -> None:
    frame = opened(tab, step=0)
    page.wait_for_load_state("networkidle")  # the pictures of the first step are there
    seen = [drawn(canvas(frame))]
    for _ in range(2):
        frame.get_by_test_id("step-next").click()
        seen.append(drawn(canvas(frame), *seen))
    # All steps are there by now: no picture waits for the server.
    page.wait_for_timeout(1500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    frame.get_by_test_id("step-first").click()
    assert drawn(canvas(frame), seen[-1]) == seen[0]
    assert [each for each in asked if "thumbnails" in each] == []


def test_the_line_follows_the_metric(page: Page, tab: Callable[..., Page]) -> None:
    frame = opened(tab, step=10, metric="first_token")
    before = drawn(canvas(frame))
    frame.get_by_test_id("sheet-metric").select_option("entropy")
    expect(frame.get_by_test_id("sheet-types")).to_contain_text("line: entropy")
    page.wait_for_function("location.hash.includes('p.attention.metric=entropy')")
    drawn(canvas(frame), before)


def test_picked_heads_make_a_figure(page: Page, tab: Callable[..., Page]) -> None:
    frame = opened(tab, layer=1, head=2, step=10)
    whole = ElementTree.fromstring(saved(page, frame, "svg")[1])
    frame.get_by_test_id("sheet").focus()
    for key in (" ", "ArrowRight", " "):
        page.keyboard.press(key)
    expect(frame.get_by_test_id("sheet-picked")).to_contain_text("2 picked")
    page.wait_for_function("location.hash.includes('p.attention.picked=1.2_1.3')")
    before = frame.get_by_test_id("sheet").bounding_box()
    root = ElementTree.fromstring(saved(page, frame, "svg")[1])
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert {"L1 H2", "L1 H3"} <= set(texts)
    assert not {"L0 H0", "L1 H1"} & set(texts)
    assert len(list(root.iter(f"{SVG}image"))) < len(list(whole.iter(f"{SVG}image")))
    assert "Contact sheet of 2 heads (L1 H2, L1 H3)" in (root.findtext(f"{SVG}desc") or "")
    image = Image.open(io.BytesIO(saved(page, frame, "png")[1]))
    assert "Contact sheet of 2 heads" in str(image.info["Description"])
    text = pypdf.PdfReader(io.BytesIO(saved(page, frame, "pdf")[1])).pages[0].extract_text()
    assert "L1 H2" in text
    assert "Contact sheet of 2 heads" in re.sub(r"\s+", " ", text)
    assert frame.get_by_test_id("sheet").bounding_box() == before
    frame.get_by_test_id("sheet-clear").click()
    page.wait_for_function("!location.hash.includes('p.attention.picked')")


def test_a_box_picks_heads(page: Page, tab: Callable[..., Page]) -> None:
    frame = opened(tab, step=10)
    box = frame.get_by_test_id("sheet").bounding_box()
    assert box
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4, steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(frame.get_by_test_id("sheet-picked")).to_be_visible()
    page.wait_for_function("/p.attention.picked=0.0_0.1/.test(location.hash)")


@pytest.fixture(scope="module")
def large_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A TensorBoard with 48 layers of 25 heads."""
    logs = tmp_path_factory.mktemp("large")
    constructed.write(
        logs / "large",
        "text",
        {0: constructed.capture(constructed.words(8), layers=48, heads=25)},
    )
    with tensorboard(tmp_path_factory.mktemp("large-board"), f"--logdir={logs}") as url:
        yield url


def test_48_layers_of_25_heads_are_all_there(page: Page, large_board: str) -> None:
    frame = open_tab(page, large_board, "sheet", view="model", cells="sheet")
    label = frame.get_by_test_id("sheet-canvas")
    expect(label).to_have_attribute("aria-label", re.compile("^Contact sheet of 1,200 heads"))
    before = drawn(canvas(frame))
    frame.get_by_test_id("sheet").focus()
    page.keyboard.press("Enter")
    drawn(canvas(frame), before)
