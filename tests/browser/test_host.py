"""The tab in pages that are not TensorBoard's: it keeps to its frame and leaves the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.pages import frame_of

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

STATE = "#attention&p.attention.run=base&p.attention.tag=probe&p.attention.view=head"
TYPED = "twelve chars"


def notebook(page: Page, board: str, framed: str) -> FrameLocator:
    """A page of TensorBoard's origin, which the tab could read and write: a cell and a frame."""
    page.route(
        f"{board}notebook",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"""<body class="dark-mode"><textarea autofocus></textarea>
                <iframe width=1200 height=700></iframe>
                <script>document.querySelector("iframe").src = "{framed}"</script>""",
        ),
    )
    page.goto(f"{board}notebook#cell-3")
    page.locator("textarea").focus()
    return page.frame_locator("iframe")


def type_while_it_loads(page: Page, tab: FrameLocator) -> None:
    """Types into the cell while the tab loads and after it, and finds all of it there."""
    for letter in TYPED:
        page.keyboard.type(letter)
        page.wait_for_timeout(150)
    expect(tab.get_by_test_id("head-view")).to_be_visible()
    page.keyboard.type(" and more")
    expect(page.locator("textarea")).to_have_value(f"{TYPED} and more")


def test_the_page_of_the_plugin_in_a_notebook(page: Page, journey_board: str) -> None:
    tab = notebook(page, journey_board, f"data/plugin_entry.html?name=attention{STATE}")
    type_while_it_loads(page, tab)
    tab.get_by_test_id("layer-1").click()
    expect(tab.get_by_test_id("status-layer")).to_have_text("1")
    assert page.url == f"{journey_board}notebook#cell-3", "the notebook's address is its own"
    own = page.frames[1]
    assert "p.attention.layer=1" in own.url, "the state is in the address of the frame"
    assert own.evaluate("document.documentElement.dataset.theme") == "light", (
        "the theme is the browser's, whatever the notebook calls its classes"
    )


def test_tensorboard_in_a_notebook(page: Page, journey_board: str) -> None:
    board = notebook(page, journey_board, f"{journey_board}{STATE}")
    tab = frame_of(board)
    type_while_it_loads(page, tab)
    tab.get_by_test_id("layer-1").click()
    page.wait_for_function("frames[0].location.hash.includes('p.attention.layer=1')")
    assert page.url == f"{journey_board}notebook#cell-3"


def test_keys_reach_the_tab_that_is_opened_by_its_header(page: Page, journey_board: str) -> None:
    page.goto(f"{journey_board}#timeseries")
    page.get_by_role("tab", name="Attention").click()
    tab = frame_of(page)
    expect(tab.get_by_test_id("story-view")).to_be_visible()
    before = tab.get_by_test_id("status-layer").inner_text()
    page.keyboard.press("ArrowDown")
    expect(tab.get_by_test_id("status-layer")).not_to_have_text(before)
    page.evaluate("location.hash = '#timeseries'")
    expect(page.locator("iframe[src*='name=attention']")).to_be_hidden()
    page.get_by_role("tab", name="Attention").click()
    page.keyboard.press("ArrowUp")
    expect(tab.get_by_test_id("status-layer")).to_have_text(before)
