"""Takes the pictures of the documentation: a log directory of the demo goes in, docs/*.png come out. `make screenshots`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from tb_attention.demo.serve import start

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 760}
FRAME = 'iframe[src*="plugin_entry.html?name=attention"]'
PICTURES: dict[str, dict[str, str | int]] = {
    "head": {"run": "text", "tag": "doctor-she", "layer": 1, "query": 8, "view": "head"},
    "induction": {"run": "repeats", "tag": "repeated", "layer": 1, "heads": 2, "head": 2, "view": "head", "drawing": "matrix"},
    "model": {"run": "text", "tag": "passage", "view": "model"},
    "neuron": {"run": "repeats", "tag": "repeated", "layer": 1, "head": 2, "query": 40, "view": "neuron"},
}
"""Name of the picture -> what the tab shows."""


def main(logdir: Path) -> None:
    """Takes each picture in the light and in the dark theme."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    address = start(logdir).removesuffix("#attention")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for theme in ("light", "dark"):
            for name, shown in PICTURES.items():
                page = browser.new_page(viewport=SIZE)
                state = urlencode({f"p.attention.{key}": value for key, value in shown.items()})
                page.goto(f"{address}?darkMode={str(theme == 'dark').lower()}#attention&{state}")
                _take(page, str(shown["view"]), HERE / f"{name}-{theme}.png")
                page.close()
        browser.close()


def _take(page: Page, view: str, path: Path) -> None:
    page.frame_locator(FRAME).get_by_test_id(f"{view}-view").wait_for(timeout=30_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the last frame is drawn
    page.screenshot(path=path)
    print(path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
