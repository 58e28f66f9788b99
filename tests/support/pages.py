"""The tab in Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, FrameLocator, Locator, Page

FRAME = "iframe[src*='name=attention']"
"""The tab in TensorBoard's page."""


@contextmanager
def checked_page(
    chromium: Browser, width: int = 1280, height: int = 800, *, answers: bool = False
) -> Iterator[Page]:
    """A page that fails the test when a script on it fails, or opens a dialog.

    answers: also when the plugin answers with an error.
    """
    page = chromium.new_page(viewport={"width": width, "height": height})
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))

    def refuse(dialog: Dialog) -> None:
        failures.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", refuse)
    if answers:
        page.on(
            "response",
            lambda answer: (
                failures.append(f"{answer.status} {answer.url}")
                if answer.status >= 400 and "attention" in answer.url
                else None
            ),
        )
    yield page
    page.close()
    assert failures == [], "\n".join(failures)


def tab_url(board: str, **state: object) -> str:
    """The address of the tab in TensorBoard, as in tab_url(board, view="head", layer=1).

    Without a state the overview: the tab itself would open with a story. Show is open in the
    settings column.
    """
    values = {"open": "show", **(state or {"view": "overview"})}
    return f"{board}#attention" + "".join(
        f"&p.attention.{name}={value}" for name, value in values.items()
    )


def frame_of(page: Page) -> FrameLocator:
    """The tab in TensorBoard's page."""
    return page.frame_locator(FRAME)


def open_tab(page: Page, board: str, ready: str, **state: object) -> FrameLocator:
    """Opens the tab in TensorBoard with this state, and waits for the element of a test id."""
    page.goto(tab_url(board, **state))
    frame = frame_of(page)
    expect(frame.get_by_test_id(ready)).to_be_visible()
    return frame


def number(text: str) -> float:
    """The number as the tab writes it."""
    return float(text.replace("\N{MINUS SIGN}", "-").replace("∞", "inf"))


def reads(
    shown: Locator,
    expected: float,
    tolerance: float = 2e-3,
    read: Callable[[str], float] = number,
) -> None:
    """Waits until the number on the screen is the expected one.

    read: takes the number out of the text.
    """
    until(
        lambda: abs(read(shown.inner_text()) - expected) <= tolerance,
        lambda: f"{shown.inner_text()!r} is shown, {expected} is right",
    )


HASH = """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    .data.reduce((sum, byte) => (sum * 31 + byte) % 1e9, 0)"""


def drawn(canvas: Locator, *others: int) -> int:
    """What is on a canvas once it has come to rest as something else than the others."""
    seen = [-1, -2]

    def rests() -> bool:
        canvas.page.wait_for_timeout(250)
        seen.append(int(canvas.evaluate(HASH)))
        return seen[-1] == seen[-2] and seen[-1] not in others

    until(rests, lambda: f"the canvas does not come to rest as anything new: {seen[-5:]}")
    return seen[-1]
