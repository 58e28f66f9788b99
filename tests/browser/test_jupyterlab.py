"""The tab in a real JupyterLab, opened as its users do: %tensorboard."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.board import with_plugin
from tests.support.jupyter import jupyterlab, notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

TYPED = "twelve chars"


def test_all_that_is_typed_while_the_tab_loads_arrives(
    page: Page, journey_logs: Path, tmp_path: Path
) -> None:
    board = f"%load_ext tensorboard\n%tensorboard --logdir {journey_logs} --host localhost --port 0"
    notebook(tmp_path / "training.ipynb", board, "")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # TensorBoard leaves a note of itself there, by which the notebook finds it.
    notes = tmp_path / "notes"
    notes.mkdir()
    environment = {"PYTHONPATH": with_plugin(tmp_path), "PATH": path, "TMPDIR": str(notes)}
    with jupyterlab(tmp_path, environment) as lab:
        page.goto(f"{lab}lab/tree/training.ipynb")
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        # Before that it runs nothing.
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
        cells.first.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")  # runs the cell, and goes to the next one
        page.keyboard.press("Enter")
        tab = page.frame_locator(".jp-OutputArea iframe").frame_locator(
            "iframe[src*='name=attention']"
        )
        for letter in TYPED:
            page.keyboard.type(letter)
            page.wait_for_timeout(700)
        expect(tab.get_by_test_id("status-step")).to_be_visible(timeout=60_000)
        page.keyboard.type(" and more")
        expect(cells.nth(1).locator(".cm-content")).to_have_text(f"{TYPED} and more")
        page.close()  # JupyterLab's own questions fail once its server has ended
