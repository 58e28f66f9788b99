"""The step bar: its two handles, what the comparison offers, and how fast the steps play."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def middle(of: Locator) -> tuple[float, float]:
    """The middle of an element, in pixels of the page."""
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: tuple[float, float], to: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def opened(page: Page, tab: Callable[..., Page], **state: str | int) -> None:
    tab(view="head", **state)
    expect(page.get_by_test_id("head-view")).to_be_visible()


def test_the_step_under_the_pointer_is_named_and_clicked(
    page: Page, tab: Callable[..., Page]
) -> None:
    opened(page, tab, step=0)
    x, y = middle(page.get_by_test_id("step-track"))
    page.mouse.move(x + 12, y + 4)
    expect(page.get_by_test_id("step-pointed")).to_contain_text("step 10")
    page.mouse.click(x + 12, y + 4)
    expect(page.get_by_test_id("step-now")).to_have_text("10")
    expect(page.get_by_test_id("step-a")).to_have_text("10")
    page.mouse.move(x, y + 300)
    expect(page.get_by_test_id("step-pointed")).to_have_count(0)


def test_either_handle_is_dragged_and_moved_by_keys(page: Page, tab: Callable[..., Page]) -> None:
    opened(page, tab, step=20, compare="difference")
    a, b = page.get_by_test_id("step-a"), page.get_by_test_id("step-b")
    expect(a).to_have_text("A 20")
    expect(b).to_have_text("B 0")
    track = middle(page.get_by_test_id("step-track"))
    drag(page, middle(b), track)
    expect(b).to_have_text("B 10")
    expect(a).to_have_text("A 20")
    drag(page, middle(a), (track[0] - 2000, track[1]))
    expect(a).to_have_text("A 0")
    assert "p.attention.with_step=10" in page.url
    b.focus()
    page.keyboard.press("ArrowRight")
    expect(b).to_have_text("B 20")
    expect(page.get_by_test_id("step-now")).to_have_text("0")
    a.focus()
    page.keyboard.press("ArrowRight")
    expect(a).to_have_text("A 10")
    page.keyboard.press("End")
    expect(a).to_have_text("A 20")
    # Both at one step: the labels make room for each other.
    boxes = [each.bounding_box() for each in (a, b)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[1]["x"] + boxes[1]["width"] <= boxes[0]["x"] + 1


def test_compare_opens_without_moving_anything_and_one_click_compares(
    page: Page, tab: Callable[..., Page]
) -> None:
    opened(page, tab, step=20)
    places = [
        page.locator(each)
        for each in (".settings", ".view", ".step-track", "[data-testid=head-view]")
    ]
    before = [each.bounding_box() for each in places]
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("compare-box")).to_be_visible()
    assert [each.bounding_box() for each in places] == before
    page.get_by_test_id("compare-previous").click()
    expect(page.get_by_test_id("compare-box")).to_have_count(0)
    expect(page.get_by_test_id("compare")).to_be_focused()
    expect(page.get_by_test_id("step-b")).to_have_text("B 10")
    page.get_by_test_id("compare-both").click()
    expect(page.get_by_test_id("compare-both")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("compare").click()
    page.get_by_test_id("compare-run-other").click()
    expect(page.get_by_test_id("compare")).to_contain_text("other step 10")
    page.get_by_test_id("compare").click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("compare-box")).to_have_count(0)
    expect(page.get_by_test_id("step-b")).to_be_visible()
    page.get_by_test_id("compare").click()
    page.get_by_test_id("compare-off").click()
    expect(page.get_by_test_id("step-b")).to_have_count(0)
    expect(page.get_by_test_id("compare-both")).to_have_count(0)


def test_the_speed_of_play_is_held_by_a_link(page: Page, tab: Callable[..., Page]) -> None:
    opened(page, tab, step=0)
    page.get_by_test_id("play-speed").select_option("4")
    page.wait_for_url("**/*p.attention.speed=4*")
    page.reload()
    expect(page.get_by_test_id("play-speed")).to_have_value("4")
    page.get_by_test_id("step-play").click()
    expect(page.get_by_test_id("step-now")).to_have_text("20")
    # Arrow keys are the step, also after something was chosen in a list.
    page.get_by_test_id("play-speed").select_option("1")
    page.get_by_test_id("play-speed").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("step-now")).to_have_text("10")


def test_of_one_step_there_is_nothing_to_play(page: Page, tab: Callable[..., Page]) -> None:
    opened(page, tab, run="hostile", tag="tokens")
    expect(page.locator(".step-now")).to_have_text("0 the only step")
    expect(page.get_by_test_id("step-track")).to_have_count(0)
    expect(page.get_by_test_id("step-play")).to_have_count(0)
    expect(page.get_by_test_id("compare")).to_be_visible()
