"""The cell as other notebooks than JupyterLab show it: their frames, policies, themes and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tb_attention import show
from tb_attention.standalone import cell
from tests.support import constructed
from tests.support.hosts import HOSTS, write_host_page
from tests.support.pages import checked_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

SIZE = {"width": 1280, "height": 1700}
"""So that both outputs are in sight, and therefore opened."""


@pytest.fixture(scope="module")
def output() -> str:
    """A cell of two steps, whose layers are in a second frame as those of a large one are."""
    tokens = constructed.words(12)
    captures = {step: constructed.capture(tokens, turn=step / 10) for step in (0, 10)}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cell, "WORTH", 1)
        return show(captures)._repr_html_()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page offline, whose scripts must not fail, with the theme of the machine."""
    with checked_page(chromium) as page:
        page.set_viewport_size(SIZE)
        page.context.set_offline(True)
        page.emulate_media(color_scheme="null")  # which is otherwise light in every frame
        yield page


def tab(page: Page, host: str, place: int) -> FrameLocator:
    """The tab in an output of the page."""
    if host == "classic":
        return page.frame_locator("iframe.tb-attention").nth(place)
    if host == "vscode":
        return page.frame_locator("iframe").frame_locator("iframe.tb-attention").nth(place)
    return page.frame_locator("iframe").nth(place).frame_locator("iframe.tb-attention")


@pytest.mark.parametrize("host", HOSTS)
def test_views_comparison_and_keys(page: Page, host: str, output: str, tmp_path: Path) -> None:
    path = write_host_page(tmp_path / "notebook.html", host, [output, output])
    page.goto(f"file://{path}")
    first, second = tab(page, host, 0), tab(page, host, 1)
    for each in (first, second):
        expect(each.get_by_test_id("status-step")).to_have_text("10", timeout=60_000)
    page.locator("#cell").click()
    page.keyboard.type("3 words")
    assert page.evaluate("keys") == "3 words"
    expect(first.get_by_test_id("head-view")).to_have_count(0)
    before = page.evaluate("[location.href, history.length]")
    first.get_by_test_id("view-head").click()
    expect(first.get_by_test_id("head-view")).to_be_visible()
    for layer in range(3):
        first.get_by_test_id(f"layer-{layer}").click()
        expect(first.get_by_test_id("head-view")).to_be_visible()
        expect(first.locator(".busy.on")).to_have_count(0)
        expect(first.get_by_test_id("error")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect(first.get_by_test_id("status-step")).to_have_text("0")
    page.keyboard.press("ArrowRight")
    expect(first.get_by_test_id("status-step")).to_have_text("10")
    first.get_by_test_id("compare").click()
    first.get_by_test_id("compare-difference").click()
    expect(first.get_by_test_id("head-compared")).to_contain_text("step 0")
    page.keyboard.press("Escape")
    first.get_by_test_id("view-neuron").click()
    expect(first.get_by_test_id("neuron-view")).to_be_visible()
    first.get_by_test_id("view-model").click()
    expect(first.get_by_test_id("model-view")).to_be_visible()
    expect(second.get_by_test_id("status-step")).to_have_text("10")
    assert page.evaluate("[location.href, history.length, keys]") == [*before, "3 words"]


@pytest.mark.parametrize(("host", "dark"), [("vscode", True), ("colab", True), ("vscode", False)])
def test_the_theme_is_that_of_the_notebook(
    page: Page, host: str, dark: bool, output: str, tmp_path: Path
) -> None:
    page.goto(f"file://{write_host_page(tmp_path / 'dark.html', host, [output], dark=dark)}")
    html = tab(page, host, 0).locator("html")
    expect(html).to_have_attribute("data-theme", "dark" if dark else "light", timeout=60_000)


def test_a_cell_out_of_sight_is_opened_when_it_is_scrolled_to(
    page: Page, output: str, tmp_path: Path
) -> None:
    path = write_host_page(
        tmp_path / "long.html", "classic", ["<p style='height: 5000px'>", output]
    )
    page.goto(f"file://{path}")
    frame = tab(page, "classic", 0)
    expect(frame.locator("#tb-attention-note")).to_have_count(1)
    expect(frame.get_by_test_id("status-step")).to_have_count(0)
    expect(frame.get_by_text("If this stays")).to_be_visible()
    expect(frame.get_by_text("scroll to it, and print again")).to_be_hidden()
    page.locator("iframe.tb-attention").scroll_into_view_if_needed()
    expect(frame.get_by_test_id("status-step")).to_have_text("10", timeout=60_000)


@pytest.mark.parametrize("host", HOSTS)
def test_the_second_frame_may_be_an_output_of_its_own(
    page: Page, host: str, output: str, tmp_path: Path
) -> None:
    path = write_host_page(tmp_path / "apart.html", host, apart(output))
    page.goto(f"file://{path}")
    frame = tab(page, host, 0)
    expect(frame.get_by_test_id("status-step")).to_have_text("10", timeout=60_000)
    frame.get_by_test_id("view-head").click()
    for layer in ("0", "1", "2"):
        frame.get_by_test_id(f"layer-{layer}").click()
        expect(frame.get_by_test_id("status-layer")).to_have_text(layer)
        expect(frame.locator(".busy.on")).to_have_count(0)
        expect(frame.get_by_test_id("error")).to_have_count(0)


def apart(output: str) -> tuple[str, str]:
    """The two frames of an output."""
    second = output.index('<iframe class="tb-attention-beside"')
    return output[:second], output[second:]


def test_a_layer_is_waited_for_until_its_frame_is_there(
    page: Page, output: str, tmp_path: Path
) -> None:
    first, beside = apart(output)
    page.goto(f"file://{write_host_page(tmp_path / 'half.html', 'classic', [first])}")
    frame = tab(page, "classic", 0)
    expect(frame.get_by_test_id("status-step")).to_have_text("10", timeout=60_000)
    frame.get_by_test_id("view-head").click()
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    shown = frame.get_by_test_id("status-layer").inner_text()
    other = next(layer for layer in ("0", "1", "2") if layer != shown)
    frame.get_by_test_id(f"layer-{other}").click()
    expect(frame.locator(".busy.on")).to_be_visible()
    page.locator(".output").evaluate(
        "(output, text) => output.insertAdjacentHTML('beforeend', text)",
        beside,
    )
    expect(frame.locator(".busy.on")).to_have_count(0)
    expect(frame.get_by_test_id("status-layer")).to_have_text(other)
    expect(frame.get_by_test_id("error")).to_have_count(0)


def test_a_print_says_where_a_cell_was_not_opened(page: Page, output: str, tmp_path: Path) -> None:
    path = write_host_page(
        tmp_path / "long.html", "classic", ["<p style='height: 5000px'>", output]
    )
    page.emulate_media(media="print")
    page.goto(f"file://{path}")
    frame = tab(page, "classic", 0)
    expect(frame.get_by_text("scroll to it, and print again")).to_be_visible()
    expect(frame.get_by_text("If this stays")).to_be_hidden()
