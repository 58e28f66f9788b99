"""Takes the pictures of the documentation, docs/*.png.

    python docs/screenshots.py LOGDIR PRONOUNS SMOLLM2

`make screenshots` runs it. LOGDIR is a log directory of the demo, SMOLLM2 one of the demo with
--model smollm2, PRONOUNS one of
examples/pronouns.py.
"""

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
    # As the tab greets: the strongest story of the demo.
    "story": {"view": "story"},
    "overview": {
        "run": "repeats",
        "tag": "repeated",
        "layer": 1,
        "head": 2,
        "metric": "induction",
        "view": "overview",
    },
    "head": {"run": "text", "tag": "doctor-she", "layer": 1, "query": 8, "view": "head"},
    "induction": {
        "run": "repeats",
        "tag": "repeated",
        "layer": 1,
        "heads": 2,
        "head": 2,
        "view": "head",
        "drawing": "matrix",
    },
    "model": {"run": "text", "tag": "passage", "view": "model"},
    "neuron": {
        "run": "repeats",
        "tag": "repeated",
        "layer": 1,
        "head": 2,
        "query": 40,
        "view": "neuron",
    },
    "distance": {
        "run": "recent",
        "tag": "recent",
        "head": 1,
        "query": 40,
        "view": "neuron",
        "beside": "distance",
        "order": "distance",
    },
}
"""Name of the picture -> what the tab shows."""
USES_OF_DEMO: dict[str, dict[str, str | int]] = {
    "use-position": {
        "run": "recent",
        "tag": "recent",
        "layer": 0,
        "head": 1,
        "metric": "local",
        "view": "overview",
    },
}
_PAIR = {
    "run": "finetuned",
    "tag": "doctor-she",
    "layer": 0,
    "head": 1,
    "query": 7,
    "key": 5,
    "metric": "entropy",
}
USES_OF_PRONOUNS: dict[str, dict[str, str | int]] = {
    "use-bias-heads": {**_PAIR, "view": "overview", "panel": "pair"},
    "use-bias-difference": {
        **_PAIR,
        "view": "head",
        "compare": "difference",
        "with_tag": "doctor-he",
        "with_step": "same",
    },
    "use-effects": {
        **_PAIR,
        "head": 3,
        "view": "overview",
        "metric": "answer_effect",
        "ranking": "effects",
        "effect": "answer",
    },
    "use-freeze": {**_PAIR, "view": "overview", "compare": "difference", "with_step": "first"},
}
_REAL = {
    "run": "smollm2",
    "tag": "doctor-she",
    "layer": 21,
    "head": 6,
    "query": 8,
    "key": 1,
    "metric": "entropy",
}
USES_OF_SMOLLM2: dict[str, dict[str, str | int]] = {
    "use-real-heads": {**_REAL, "view": "overview", "panel": "pair"},
    "use-real-head": {
        **_REAL,
        "heads": 6,
        "view": "head",
        "compare": "both",
        "with_step": "first",
    },
}
"""The pictures of docs/use-cases.md, taken in the light theme only."""


def main(logdir: Path, pronouns: Path, smollm2: Path) -> None:
    """Takes each picture, in the light and in the dark theme where both are shown."""
    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    )
    sets = (
        (logdir, PICTURES, ("light", "dark")),
        (logdir, USES_OF_DEMO, ("light",)),
        (pronouns, USES_OF_PRONOUNS, ("light",)),
        (smollm2, USES_OF_SMOLLM2, ("light",)),
    )
    addresses = {
        path: start(path).removesuffix("#attention") for path in (logdir, pronouns, smollm2)
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path, pictures, themes in sets:
            for theme in themes:
                for name, shown in pictures.items():
                    page = browser.new_page(viewport=SIZE)
                    state = urlencode({f"p.attention.{key}": value for key, value in shown.items()})
                    dark = str(theme == "dark").lower()
                    page.goto(f"{addresses[path]}?darkMode={dark}#attention&{state}")
                    _take(
                        page,
                        str(shown["view"]),
                        HERE / (f"{name}-{theme}.png" if len(themes) > 1 else f"{name}.png"),
                    )
                    page.close()
        browser.close()


def _take(page: Page, view: str, path: Path) -> None:
    page.frame_locator(FRAME).get_by_test_id(f"{view}-view").wait_for(timeout=30_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the last frame is drawn
    page.screenshot(path=path)
    print(path.name)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
