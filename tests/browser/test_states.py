"""States in which something is missing, late or wrong.

Each one says so, and none leaves a blank page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support import constructed
from tests.support.board import tensorboard
from tests.support.pages import frame_of, tab_url

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROUTES = "**/data/plugin/attention/"
CUT = """() => [...document.querySelectorAll('.view .card')]
  .filter(card => card.getBoundingClientRect().right > innerWidth + 1)
  .map(card => card.className)"""
"""Cards of the view that reach out of the window at the right."""


@pytest.mark.parametrize("what", ["corrupt", "lost"])
def test_what_cannot_be_read_is_named(page: Page, tab: Callable[..., Page], what: str) -> None:
    tab(run="damaged")
    expect(page.get_by_test_id("step-now")).to_have_text("10")
    page.get_by_test_id("problems").click()
    sentence = (
        "1 corrupt record skipped"
        if what == "corrupt"
        else "copy plugins/attention of the run directory too"
    )
    expect(page.locator(".problems-list")).to_contain_text(sentence)


def test_a_step_that_was_not_logged_here_is_named(page: Page, tab: Callable[..., Page]) -> None:
    tab(run="other", step=20)
    expect(page.get_by_test_id("missing")).to_contain_text(
        "Step 20 was not logged: step 10 is shown"
    )
    tab(step=10)
    page.get_by_test_id("step-next").click()
    page.get_by_test_id("run-other").check(force=True)
    expect(page.get_by_test_id("step-note")).to_contain_text(
        "Step 20 was not logged here; step 10 is the nearest"
    )
    tab(run="other", tag="changing", view="model")
    expect(page.get_by_test_id("model-view")).to_be_visible()
    expect(page.get_by_test_id("tag-probe")).to_be_checked()
    expect(page.get_by_test_id("tag-changing")).not_to_be_checked()


def test_comparison_of_different_tokens_says_so(page: Page, tab: Callable[..., Page]) -> None:
    tab(tag="changing", view="head", step=1, compare="difference", with_step="first")
    expect(
        page.get_by_text(re.compile("tokens", re.IGNORECASE)).filter(visible=True).first
    ).to_be_visible()
    expect(page.get_by_test_id("compare-problem")).to_contain_text("token")


@pytest.mark.parametrize(
    ("view", "route", "shape", "picture"),
    [
        ("head", "weights?*", ".skeleton-view", ".head-panel"),
        ("model", "capture?*", ".text-strip.answers", ".strip-head"),
        ("model", "pair?*", ".strip-answer", ".strip-head"),
        ("neuron", "pair?*", ".strip-answer", ".strip-head"),
    ],
)
def test_a_slow_answer_shows_its_shape_and_nothing_jumps(
    page: Page, tab: Callable[..., Page], view: str, route: str, shape: str, picture: str
) -> None:
    page.route(ROUTES + route, lambda route: None)
    with page.expect_request(ROUTES + route):
        tab(view=view, query=8, key=3)
    expect(page.locator(shape)).to_be_visible()
    settings = page.locator(".settings").bounding_box()
    waiting = page.locator(".view").bounding_box()
    page.unroute(ROUTES + route)  # which lets go what it held
    expect(page.locator(picture).first).to_be_visible()
    expect(page.get_by_test_id(f"{view}-view")).to_be_visible()
    assert (page.locator(".settings").bounding_box(), page.locator(".view").bounding_box()) == (
        settings,
        waiting,
    )


@pytest.mark.parametrize(
    ("route", "there", "stays"),
    [
        ("types?*", "[data-testid=type-self]", ".overview-wide .overview-panel"),
        ("types?*", "[data-testid=type-scores]", ".overview-wide .overview-panel"),
        ("findings?*", "[data-testid=findings] li", "[data-testid=findings]"),
    ],
)
def test_what_comes_late_in_the_overview_has_its_room(
    page: Page, tab: Callable[..., Page], route: str, there: str, stays: str
) -> None:
    page.route(ROUTES + route, lambda route: None)
    with page.expect_request(ROUTES + route):
        tab(view="overview")
    expect(page.get_by_test_id("raster-note")).to_be_visible()
    waiting = page.locator(stays).bounding_box()
    page.unroute(ROUTES + route)  # which lets go what it held
    expect(page.locator(there).first).to_be_visible()
    assert page.locator(stays).bounding_box() == waiting


@pytest.mark.parametrize("route", ["runs", "capture?*", "thumbnails?*", "weights?*", "row?*"])
def test_an_error_says_what_happened_and_can_be_tried_again(
    page: Page, tab: Callable[..., Page], route: str
) -> None:
    view = {"thumbnails?*": "model", "row?*": "neuron"}.get(route, "head")
    page.route(
        ROUTES + route,
        lambda each: each.fulfill(status=500, content_type="text/plain", body="The disk is gone."),
    )
    tab(view=view)
    error = page.get_by_test_id("error")
    expect(error).to_be_visible()
    assert len(error.inner_text()) > 15
    page.unroute(ROUTES + route)
    page.get_by_test_id("retry").click()
    expect(page.get_by_test_id(f"{view}-view")).to_be_visible()
    expect(error).to_have_count(0)


def test_a_server_that_has_gone_keeps_the_picture(page: Page, tab: Callable[..., Page]) -> None:
    tab(view="head", step=0)
    expect(page.get_by_test_id("head-view")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.route("**/*", lambda each: each.abort())
    page.get_by_test_id("layer-2").click()
    expect(page.get_by_test_id("error")).to_be_visible()
    expect(page.get_by_test_id("head-view")).to_be_visible()


def test_an_address_of_what_is_not_there_shows_what_is(
    page: Page, tab: Callable[..., Page]
) -> None:
    tab(
        run="nothing",
        tag="nothing",
        step=99,
        layer=99,
        head=99,
        query=999,
        key=999,
        heads="7.8",
        view="head",
        pins="9.9",
    )
    expect(page.get_by_test_id("head-view")).to_be_visible()
    expect(page.get_by_test_id("error")).to_have_count(0)


def test_an_address_of_tokens_beyond_the_text_says_so_and_is_kept(
    page: Page, tab: Callable[..., Page]
) -> None:
    tab(view="head", query=999, key=888)
    banner = page.get_by_test_id("missing")
    expect(banner).to_contain_text("The text has no token 999: no query is chosen.")
    expect(banner).to_contain_text("The text has no token 888: no key is chosen.")
    expect(page).to_have_url(re.compile(r"query=999&.*key=888|key=888&.*query=999"))
    page.get_by_test_id("missing-dismiss").click()
    expect(banner).to_have_count(0)
    expect(page).not_to_have_url(re.compile(r"\.(query|key)="))


def test_hostile_tokens_harm_no_view(page: Page, tab: Callable[..., Page]) -> None:
    for state in (
        {"view": "model"},
        {"view": "head"},
        {"view": "head", "drawing": "text"},
        {"view": "head", "drawing": "matrix"},
        {"view": "neuron"},
    ):
        tab(run="hostile", tag="tokens", query=0, key=0, **state)
        expect(page.get_by_test_id(f"{state['view']}-view")).to_be_visible()
        expect(page.get_by_test_id("error")).to_have_count(0)
        assert page.locator("img").count() == 0
        assert page.evaluate(
            "[document.documentElement.scrollWidth <= innerWidth, window.hurt]"
        ) == [True, None]


@pytest.mark.parametrize(("width", "height"), [(900, 600), (640, 480), (2560, 1440)])
def test_windows_of_every_size(
    page: Page, tab: Callable[..., Page], width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for view in ("story", "overview", "model", "head", "neuron"):
        tab(view=view, layer=1, query=8)
        expect(page.get_by_test_id(f"{view}-view")).to_be_visible()
        box = page.get_by_test_id(f"{view}-view").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
        assert page.evaluate(CUT) == []
        for control in ("export", "help", f"view-{view}"):
            place = page.get_by_test_id(control).bounding_box()
            assert place is not None
            assert place["x"] + place["width"] <= width


def test_a_run_that_is_still_written_and_many_of_them(page: Page, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    one = constructed.capture(constructed.words(6), layers=1, heads=2, neurons=4)
    for number in range(12):
        constructed.write(logs / f"run{number:02}", "probe", {0: one})
    with tensorboard(tmp_path, f"--logdir={logs}") as url:
        page.goto(tab_url(url, run="run03", tag="probe"))
        frame = frame_of(page)
        expect(frame.get_by_test_id("step-now")).to_have_text("0")
        frame.get_by_test_id("run-filter").fill("run1")
        expect(frame.locator(".run")).to_have_count(3)
        constructed.write(logs / "run03", "probe", {5: one})
        page.locator(".reload-button").click()
        expect(frame.get_by_test_id("step-now")).to_have_text("5")


def test_nothing_but_lost_runs_says_what_is_missing(page: Page, tmp_path: Path) -> None:
    constructed.write(
        tmp_path / "logs" / "only", "probe", {0: constructed.capture(constructed.words(6))}
    )
    constructed.lose(tmp_path / "logs" / "only")
    with tensorboard(tmp_path, f"--logdir={tmp_path / 'logs'}") as url:
        page.goto(f"{url}data/plugin_entry.html?name=attention")
        expect(page.get_by_test_id("empty")).to_contain_text("copy plugins/attention")
        expect(page.get_by_test_id("copy-trainer")).to_be_visible()
