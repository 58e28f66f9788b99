"""What the model view asks for while somebody looks at Show, of a text long enough to wait for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support import logs
from tests.support.board import tensorboard
from tests.support.pages import drawn, open_tab

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A TensorBoard with 2^25 weights in one capture: the fewest that are asked for ahead."""
    folder: Path = tmp_path_factory.mktemp("long")
    made = logs.capture(1024, layers=8, heads=4)
    logs.write(logs.record_file(folder / "logs" / "run"), logs.events(of=made))
    with tensorboard(folder, f"--logdir={folder / 'logs'}") as url:
        yield url


def hides(request: Request) -> bool:
    return "/thumbnails?" in request.url and "first=hide" in request.url


def test_show_asks_for_hidden_thumbnails_before_they_are_wanted(page: Page, board: str) -> None:
    frame = open_tab(page, board, "model-view", view="model", open="")
    grid = frame.get_by_test_id("model-canvas").locator("canvas").first
    before = drawn(grid)
    with page.expect_request(hides):
        frame.get_by_test_id("fold-show").click()
    expect(frame.get_by_test_id("first-show")).to_have_attribute("aria-pressed", "true")
    frame.get_by_test_id("first-hide").click()
    expect(frame.get_by_test_id("first-hide")).to_have_attribute("aria-pressed", "true")
    hidden = drawn(grid, before)
    frame.get_by_test_id("first-show").click()
    assert drawn(grid, hidden) == before
