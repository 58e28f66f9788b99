"""The story with which the tab opens, in a real TensorBoard and Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from tests.support import logs
from tests.support.board import tensorboard
from tests.support.exports import saved
from tests.support.pages import frame_of, number
from tests.support.planted import STEPS, TOKENS, logged, mostly, usual

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

BORN = (1, 2)
"""Layer and head that look at what followed a token the last time, from step 200 on."""
ALSO = (1, 0)
SHARE = 0.9


def learning(step: int) -> np.ndarray:
    """Weights in which two heads become induction heads, one of them less than the other."""
    weights = usual(step)
    for (layer, head), share in ((BORN, SHARE), (ALSO, SHARE - 0.2)):
        if step >= 200:
            weights[layer, head] = mostly(
                lambda i: i - TOKENS // 2 + 1 if i >= TOKENS // 2 else i,
                weights[layer, head],
                share,
            )
    return weights


def looking_back(step: int) -> np.ndarray:
    """Weights in which a head comes to look at the token before, for a weaker story."""
    weights = usual(step)
    if step >= 200:
        weights[0, 1] = mostly(lambda i: max(i - 1, 0), weights[0, 1], 0.7)
    return weights


def scalars(run: Path) -> None:
    """What the training logged beside it."""
    writer = EventFileWriter(str(run))
    for step in range(0, STEPS[-1] + 1, 50):
        for tag, value in (("train/loss", 4 - step / 200), ("train/grad_norm", 1 + step % 3)):
            summary = summary_pb2.Summary(
                value=[summary_pb2.Summary.Value(tag=tag, simple_value=value)]
            )
            writer.add_event(
                event_pb2.Event(step=step, wall_time=logs.WALL_TIME + step, summary=summary)
            )
    writer.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Runs of which the first by name has nothing to tell, and another one the strongest story."""
    directory = tmp_path_factory.mktemp("stories")
    logged(directory / "a-quiet-one", usual)
    logged(directory / "learned", learning)
    logged(directory / "weaker", looking_back)
    scalars(directory / "learned")
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={directory}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"answers": True}


def greeted(page: Page, address: str) -> FrameLocator:
    """The tab as it opens without a link."""
    page.goto("about:blank")
    page.goto(f"{address}#attention")
    frame = frame_of(page)
    expect(frame.get_by_test_id("story-view")).to_be_visible()
    return frame


def test_the_tab_opens_with_the_strongest_story(page: Page, address: str) -> None:
    tab = greeted(page, address)
    expect(tab.get_by_test_id("story-headline")).to_have_text(
        "Between steps 100 and 200 two heads of layer 1 learned to copy what followed a token the "
        "last time."
    )
    layer, head = BORN
    expect(tab.get_by_test_id("status-layer")).to_have_text(str(layer))
    expect(tab.get_by_test_id("status-head")).to_have_text(str(head))
    for said in ("run=learned", "view=story", "metric=induction", f"head={head}", "story="):
        assert f"p.attention.{said}" in page.url, page.url
    before, after = (tab.get_by_test_id(f"story-{side}") for side in ("before", "after"))
    low, high = (
        number(str(re.findall(r"induction ([\d.]+)", each.inner_text())[0]))
        for each in (before, after)
    )
    assert low < 0.3
    assert high > 0.8
    for side in ("before", "after"):
        expect(tab.get_by_test_id(f"story-map-{side}")).to_be_visible()
    expect(tab.get_by_test_id("story-chart")).to_have_attribute(
        "aria-label", re.compile("train/grad_norm.*train/loss")
    )


def test_a_link_opens_the_same_story(page: Page, address: str) -> None:
    tab = greeted(page, address)
    said = tab.get_by_test_id("story-headline").inner_text()
    step = tab.get_by_test_id("step-now").inner_text()
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    expect(frame_of(page).get_by_test_id("story-headline")).to_have_text(said)
    expect(frame_of(page).get_by_test_id("step-now")).to_have_text(step)


def test_the_next_story_by_key_and_by_click(page: Page, address: str) -> None:
    tab = greeted(page, address)
    headline = tab.get_by_test_id("story-headline")
    first = headline.inner_text()
    others = tab.get_by_test_id("stories").locator("button")
    second = others.first.inner_text()
    page.keyboard.press("n")
    expect(headline).to_have_text(second)
    page.keyboard.press("ArrowLeft")
    expect(headline).to_have_text(first)
    tab.get_by_test_id("story-next").click()
    expect(headline).to_have_text(second)
    page.go_back()
    expect(headline).to_have_text(first)


def test_a_click_on_the_chart_chooses_the_step(page: Page, address: str) -> None:
    tab = greeted(page, address)
    chart = tab.get_by_test_id("story-chart")
    headline = tab.get_by_test_id("story-headline").inner_text()
    box = chart.bounding_box()
    assert box is not None
    chart.click(position={"x": 46, "y": box["height"] / 2})
    expect(tab.get_by_test_id("step-now")).to_have_text("0")
    expect(tab.get_by_test_id("story-headline")).to_have_text(headline)
    expect(tab.get_by_test_id("story-after")).to_contain_text("step 0")


def test_a_lesson_says_what_such_a_head_is(page: Page, address: str) -> None:
    tab = greeted(page, address)
    tab.get_by_test_id("story-lesson").click()
    expect(tab.get_by_test_id("lesson")).to_contain_text("What is an induction head?")
    expect(tab.get_by_test_id("lesson")).to_contain_text("What it does not say")
    page.keyboard.press("Escape")
    expect(tab.get_by_test_id("lesson")).to_have_count(0)


def test_curves_are_chosen_and_stay_in_the_link(page: Page, address: str) -> None:
    tab = greeted(page, address)
    chart = tab.get_by_test_id("story-chart")
    expect(chart).to_have_attribute("aria-label", re.compile("grad_norm"))
    tab.get_by_test_id("story-curve-choice").click()
    tab.get_by_role("checkbox", name="train/grad_norm").uncheck()
    expect(chart).not_to_have_attribute("aria-label", re.compile("grad_norm"))
    expect(chart).to_have_attribute("aria-label", re.compile("train/loss"))
    page.wait_for_function("location.hash.includes('attention.curves')")


def test_a_story_is_one_figure(page: Page, address: str) -> None:
    tab = greeted(page, address)
    name, svg = saved(page, tab, "svg")
    layer, head = BORN
    assert f"layer-{layer}_head-{head}_story-induction.svg" in name
    said = svg.decode()
    assert "Between steps 100 and 200 two heads of layer 1 learned" in said
    assert "The head and the run, on one axis" in said
    before, after = re.findall(
        r'<image x="([.\d]+)" .*? width="([.\d]+)".*?\(1 0 0 1 ([.\d]+) ', said
    )
    left, width, card = map(float, before)
    assert left + width > 0.75 * (float(after[2]) - card), "matrices have the width of their cards"
    name, table = saved(page, tab, "csv-curves")
    assert name.endswith(".csv")
    header = table.decode().splitlines()[0]
    assert f"induction L{layer} H{head}" in header
    assert "train/loss" in header


def test_from_a_story_to_the_head_and_to_all_heads(page: Page, address: str) -> None:
    tab = greeted(page, address)
    tab.get_by_test_id("story-open").click()
    expect(tab.get_by_test_id("head-view")).to_be_visible()
    expect(tab.get_by_test_id("status-head")).to_have_text(str(BORN[1]))
    page.go_back()
    tab.get_by_test_id("story-explore").click()
    expect(tab.get_by_test_id("overview-view")).to_be_visible()


def test_a_new_step_moves_nothing(page: Page, tmp_path: Path) -> None:
    run = tmp_path / "logs" / "growing"
    logged(run, learning)
    with tensorboard(tmp_path, f"--logdir={tmp_path / 'logs'}") as url:
        tab = greeted(page, url)
        headline = tab.get_by_test_id("story-headline").inner_text()
        step = tab.get_by_test_id("step-now").inner_text()
        place = tab.get_by_test_id("story-after").bounding_box()
        logged(tmp_path / "more", learning, (500,))
        newest = logs.record_file(tmp_path / "more").read_bytes()
        with logs.record_file(run).open("ab") as file:
            file.write(newest)
        page.locator(".reload-button").click()
        expect(tab.locator("body")).to_contain_text("of 500")
        expect(tab.get_by_test_id("story-headline")).to_have_text(headline)
        expect(tab.get_by_test_id("step-now")).to_have_text(step)
        assert tab.get_by_test_id("story-after").bounding_box() == place


def test_where_nothing_stands_out_it_says_so(page: Page, address: str) -> None:
    nothing = {"stories": [], "notes": [], "progress": 1.0, "done": True}
    page.route("**/data/plugin/attention/stories", lambda route: route.fulfill(json=nothing))
    page.goto(f"{address}#attention")
    tab = frame_of(page)
    expect(tab.get_by_test_id("overview-view")).to_be_visible()
    expect(tab.get_by_test_id("nothing")).to_contain_text("Nothing stands out")
    tab.get_by_test_id("nothing").get_by_role("button").click()
    expect(tab.get_by_test_id("nothing")).to_have_count(0)
    tab.get_by_test_id("view-story").click()
    expect(tab.get_by_test_id("story-detail")).to_contain_text("Nothing stands out")


@pytest.mark.parametrize(("width", "height"), [(640, 800), (1280, 720), (2560, 1440)])
def test_it_fits_the_page(page: Page, address: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    tab = greeted(page, address)
    wide = tab.get_by_test_id("story-view").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert wide
    map_ = tab.get_by_test_id("story-map-after").evaluate(
        "box => box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight"
    )
    assert map_


def test_a_large_screen_has_large_matrices(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 2560, "height": 1440})
    view = greeted(page, address).get_by_test_id("story-view")
    box, card = view.bounding_box(), view.get_by_test_id("story-after").bounding_box()
    assert box is not None
    assert card is not None
    assert card["width"] > 0.28 * box["width"]
    # And the list below them is in sight.
    assert view.evaluate("box => box.scrollHeight <= box.clientHeight")
