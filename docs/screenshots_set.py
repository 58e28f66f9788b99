"""Takes every view at every size, light and dark, to be looked at, into docs/screenshots.

    python docs/screenshots_set.py [PART OF A NAME]

The logs are constructed (tests/support/constructed.py): 8, 64 and 1,024 tokens, 1, 12 and 32 heads,
48 layers, hostile tokens, many runs.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote, urlencode

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.support import constructed  # noqa: E402
from tests.support.board import tensorboard  # noqa: E402

OUT = HERE / "screenshots"
FRAME = 'iframe[src*="plugin_entry.html?name=attention"]'
SIZE = (1280, 760)
RUNS: dict[str, constructed.Capture] = {
    "small": constructed.capture(constructed.words(8), layers=2, heads=1, neurons=8),
    "usual": constructed.capture(constructed.words(64), layers=12, heads=12),
    "large": constructed.capture(constructed.words(1024), layers=2, heads=32),
    "deep": constructed.capture(constructed.words(12), layers=48, heads=25, neurons=8),
    "hostile": constructed.capture(constructed.HOSTILE, layers=2),
}
DRAWINGS: dict[str, dict[str, str | int]] = {
    "model": {"view": "model", "head": 0},
    "lines": {"view": "head", "drawing": "lines"},
    "lines-pinned": {"view": "head", "drawing": "lines", "query": 5},
    "text": {"view": "head", "drawing": "text", "query": 5},
    "matrix": {"view": "head", "drawing": "matrix"},
    "neuron": {"view": "neuron", "query": 5},
    "overview": {"view": "overview"},
}
WINDOWS: dict[str, tuple[int, int]] = {"narrow": (900, 600), "wide": (2400, 1000)}


def main(wanted: str) -> None:
    """Takes the pictures whose names hold `wanted`."""
    OUT.mkdir(exist_ok=True)
    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    )
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder) / "logs"
        _write(logs)
        with (
            tensorboard(Path(folder), f"--logdir={logs}") as address,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for theme in ("light", "dark"):
                for run in (*RUNS, "many/run 07"):
                    for name, shown in DRAWINGS.items():
                        of_run = {
                            "run": run,
                            "tag": "probe" if "many" not in run else "tag 007",
                            "layer": 1,
                            **shown,
                        }
                        _take(
                            browser,
                            address,
                            f"{run.split('/')[0]}-{name}-{theme}",
                            of_run,
                            SIZE,
                            wanted,
                        )
            for window, size in WINDOWS.items():
                for name, shown in DRAWINGS.items():
                    _take(
                        browser,
                        address,
                        f"{window}-{name}-light",
                        {"run": "usual", "tag": "probe", "layer": 1, **shown},
                        size,
                        wanted,
                    )
            browser.close()


def _write(logs: Path) -> None:
    for run, capture in RUNS.items():
        constructed.write(logs / run, "probe", dict.fromkeys((0, 100, 1200), capture))
    tiny = constructed.capture(constructed.words(8), layers=1, heads=2, neurons=4)
    for number in range(50):
        constructed.write(logs / "many" / f"run {number:02}", "tag 007", {0: tiny, 50: tiny})
    with constructed.AttentionLogger(logs / "many" / "run 07", strict=True) as logger:
        for number in range(200):
            logger.write(tiny, tag=f"tag {number:03}", step=50)


def _take(
    browser: Browser,
    address: str,
    name: str,
    shown: dict[str, str | int],
    size: tuple[int, int],
    wanted: str,
) -> None:
    if wanted not in name:
        return
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.on("pageerror", lambda error: print(name, error))
    state = urlencode(
        {f"p.attention.{key}": value for key, value in shown.items()}, quote_via=quote
    )
    page.goto(f"{address}?darkMode={str(name.endswith('dark')).lower()}#attention&{state}")
    page.frame_locator(FRAME).get_by_test_id(f"{shown['view']}-view").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the last frame is drawn
    page.screenshot(path=OUT / f"{name}.png")
    print(name, flush=True)
    page.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
