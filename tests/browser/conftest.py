"""A Chromium for the tests that look at the tab, and one TensorBoard for most of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.support import constructed
from tests.support.board import tensorboard
from tests.support.pages import checked_page
from tests.support.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that fails here is run once more, and the summary names it as RERUN.

    Several programs share two cores with it, and any of them may be late.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless. It calls nobody."""
    from playwright.sync_api import expect, sync_playwright

    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if program is None:
        pytest.fail("the browser tests need Chromium: sh tests/chromium.sh installs it.")
    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *quiet])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def journey_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log directory of constructed captures.

    `base` and `other` to compare, and runs with something wrong.
    """
    logs = tmp_path_factory.mktemp("journeys")
    tokens = constructed.words(12)
    constructed.write(
        logs / "base",
        "probe",
        {step: constructed.capture(tokens, turn=step / 10) for step in (0, 10, 20)},
    )
    constructed.write(
        logs / "base",
        "changing",
        {step: constructed.capture(constructed.words(8 + step)) for step in (0, 1)},
    )
    constructed.write(
        logs / "other",
        "probe",
        {step: constructed.capture(tokens, turn=step / 7, seed=1) for step in (0, 10)},
    )
    constructed.write(logs / "hostile", "tokens", {0: constructed.capture(constructed.HOSTILE)})
    constructed.write(
        logs / "damaged", "probe", {step: constructed.capture(tokens) for step in (0, 10)}
    )
    constructed.damage(logs / "damaged")
    constructed.write(logs / "lost", "probe", {0: constructed.capture(tokens)})
    constructed.lose(logs / "lost")
    return logs


@pytest.fixture(scope="session")
def journey_board(journey_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a TensorBoard on `journey_logs`."""
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={journey_logs}") as url:
        yield url


@pytest.fixture(scope="session")
def deep_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A TensorBoard with a text of 300 tokens, and a model of 30 layers x 9 heads."""
    folder = tmp_path_factory.mktemp("deep")
    long = constructed.capture(constructed.words(300), layers=1, turn=3.0)
    deep = constructed.capture(constructed.words(12), layers=30, heads=9)
    constructed.write(folder / "logs" / "long", "text", {0: long})
    constructed.write(folder / "logs" / "deep", "text", {0: deep})
    with tensorboard(folder, f"--logdir={folder / 'logs'}") as board:
        yield board


@pytest.fixture
def page_options() -> dict[str, Any]:
    """What `checked_page` takes for `page`; a module may say otherwise."""
    return {}


@pytest.fixture
def page(chromium: Browser, page_options: dict[str, Any]) -> Iterator[Page]:
    """A page that fails the test when a script on it fails."""
    with checked_page(chromium, **page_options) as page:
        yield page


@pytest.fixture
def tab(page: Page, journey_board: str) -> Callable[..., Page]:
    """Opens the page of the tab by itself, which is there sooner.

    tab(view="head", layer=1, ...) as in the address; `dark=True`. Show is open.
    """

    def open_tab(*, dark: bool = False, **state: str | int) -> Page:
        values = {"run": "base", "tag": "probe", "open": "show", **state}
        query = urlencode({f"p.attention.{name}": value for name, value in values.items()})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto("about:blank")
        page.goto(f"{journey_board}data/plugin_entry.html?name=attention#attention&{query}")
        return page

    return open_tab
