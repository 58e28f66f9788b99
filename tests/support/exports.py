"""Files that the tab's menu Export gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

SVG = "{http://www.w3.org/2000/svg}"


def saved(page: Page, frame: Page | FrameLocator, what: str) -> tuple[str, bytes]:
    """Name and content of the file that an entry of the menu gives."""
    frame.get_by_test_id("export").click()
    with page.expect_download() as download:
        frame.get_by_test_id(f"export-{what}").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()
