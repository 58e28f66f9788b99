"""How the tab begins in a real TensorBoard behind a path prefix: what it asks for, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.board import tensorboard
from tests.support.logs import capture, events, record_file, write
from tests.support.pages import frame_of, open_tab, tab_url
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

REST = "**/static/assets/tab-*.js"
"""The larger part of the script."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logdir = tmp_path_factory.mktemp("logs")
    steps = (events(step, of=capture(6, seed=step)) for step in (0, 4))
    write(record_file(logdir / "run"), *steps)
    board = tmp_path_factory.mktemp("board")
    with tensorboard(board, f"--logdir={logdir}", "--path_prefix=/board") as url:
        yield url


def test_what_a_link_shows_is_asked_for_before_the_script_is_there(
    page: Page, address: str
) -> None:
    asked: list[str] = []
    held: list[Route] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route(REST, lambda route: held.append(route))

    def weights(request: Request) -> bool:
        return "/weights?" in request.url and "layer=1" in request.url

    # And what draws the view beside the rest of the script.
    drawing = "**/static/assets/HeadView-*.js"
    with page.expect_request(REST), page.expect_request(weights), page.expect_request(drawing):
        page.goto(tab_url(address, view="head", layer=1, step=0))
    assert frame_of(page).get_by_test_id("head-view").count() == 0
    (rest,) = held
    rest.continue_()
    expect(frame_of(page).get_by_test_id("head-view")).to_be_visible()
    expect(frame_of(page).get_by_test_id("step-now")).to_be_visible()
    base = f"{address}data/plugin/attention/"
    ours = [url.removeprefix(base) for url in asked if "attention/" in url]
    assert not [url for url in ours if ":" in url], "what has another address than the plugin's"
    for route in ("runs", "capture?", "weights?"):
        first = [url for url in ours if url.startswith(route) and "step=4" not in url]
        assert len(first) == 1, first


def test_a_script_that_comes_in_part_says_so(page: Page, address: str) -> None:
    page.route(REST, lambda route: route.abort())
    page.goto(tab_url(address, view="head"))
    expect(frame_of(page).locator("body")).to_contain_text("could not be opened")


def test_a_view_whose_script_is_lost_says_so_and_can_be_tried_again(
    page: Page, address: str
) -> None:
    scripts = "**/static/assets/ModelView-*.js"
    page.route(scripts, lambda route: route.abort())
    tab = open_tab(page, address, "head-view", view="head")
    tab.get_by_test_id("view-model").click()
    expect(tab.get_by_test_id("error")).to_contain_text("script of this view")
    page.unroute(scripts)
    tab.get_by_test_id("retry").click()
    expect(tab.get_by_test_id("model-view")).to_be_visible()
    expect(tab.get_by_test_id("error")).to_have_count(0)


def test_a_script_brings_its_part_of_the_address(page: Page, address: str) -> None:
    held: list[Route] = []
    scripts = "**/static/assets/ModelView-*.js"
    page.route(scripts, lambda route: held.append(route))
    tab = open_tab(page, address, "head-view", view="head", cell_size=40)
    # Asked for after the first picture, or by the click, whichever comes first.
    tab.get_by_test_id("view-model").click()
    expect(tab.get_by_test_id("loading")).to_be_visible()

    def is_held() -> bool:
        page.wait_for_timeout(50)  # in which the route is told
        return held != []

    until(is_held, lambda: "nobody asked for the script")
    held[0].continue_()
    expect(tab.get_by_test_id("model-view")).to_be_visible()
    expect(page).to_have_url(re.compile(r"attention\.cell_size=40\b"))


WATCHED = """
  window.drawn = 0;
  window.shifts = [];
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.closest(".head-layer")) window.drawn++;
    return clear.apply(this, box);
  };
  new PerformanceObserver((all) => {
    const nodes = all.getEntries().flatMap((each) => each.sources.map(({ node }) => node));
    window.shifts.push(...nodes.map((node) => node?.className));
  }).observe({ type: "layout-shift", buffered: true });
"""
"""Counts how often a canvas of the lines is drawn, and notes what moves on the page."""


def test_the_first_picture_is_drawn_once_in_its_place(page: Page, address: str) -> None:
    page.add_init_script(WATCHED)
    tab = open_tab(page, address, "head-view", view="head")
    expect(tab.get_by_test_id("head-drawn")).to_contain_text("drawn")
    expect(tab.locator(".head-fact").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    layers = tab.locator(".head-layer canvas").count()
    assert layers == 3
    body = frame_of(page).locator("body")
    assert body.evaluate("() => [window.drawn, window.shifts]") == [layers, []]
