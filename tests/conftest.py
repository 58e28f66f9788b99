"""What the whole suite shares.

A Chromium for the tests that look at the tab, and one TensorBoard for all journeys through it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from hypothesis import settings

from tests.support import constructed
from tests.support.board import tensorboard

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Test processes share two cores, where threads that wait for each other cost more than they bring.
os.environ.setdefault("OMP_NUM_THREADS", "1")


# No test is timed: the machine may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long: every slow answer is waited for until it is done."""
    from tb_attention.answers import jobs

    monkeypatch.setattr(jobs, "PATIENCE", 60)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless. It calls nobody."""
    from playwright.sync_api import sync_playwright

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


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that fails the test when a script on it fails."""
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    page.close()
    assert failures == []


@pytest.fixture
def tab(page: Page, journey_board: str) -> Callable[..., Page]:
    """Opens the page of the tab by itself, which is there sooner.

    tab(view="head", layer=1, ...) as in the address; `dark=True`.
    """

    def open_tab(*, dark: bool = False, **state: str | int) -> Page:
        values = {"run": "base", "tag": "probe", **state}
        query = urlencode({f"p.attention.{name}": value for name, value in values.items()})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto("about:blank")
        page.goto(f"{journey_board}data/plugin_entry.html?name=attention#attention&{query}")
        return page

    return open_tab
