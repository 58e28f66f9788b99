"""How soon the head view stands in a browser that has opened it before, beside BertViz's.

Whoever comes back to the tab has its scripts at hand, compiled. The other measurements open each
page in a private window of its own, where Chromium keeps nothing.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median

import bertviz_pages
import gpt2_shape
import numpy as np
from beside_bertviz import SLOW, lines_of, pair
from pages import drawn, profile
from playwright.sync_api import Browser, BrowserContext, Page

BEFORE, FEW_BEFORE = 10, 2
"""Times that each page is opened before it is timed: Chromium keeps what it compiles bit by bit."""
TURNS, FEW_TURNS = 12, 3
"""Times that it is timed, in turns with the other's. Few: where BertViz takes longer than SLOW."""


def compare(
    browser: Browser,
    address: str,
    folder: Path,
    libraries: dict[str, str],
    weights: dict[int, np.ndarray],
) -> None:
    """Prints a row for each size: BertViz / the tab, and the ratio."""
    print("| view, opened again | tokens | drawn: BertViz / tab |\n|---|---|---|")
    with profile(browser, folder / "profile") as context:
        for tokens, each in weights.items():
            path = folder / f"again{tokens}.html"
            path.write_text(bertviz_pages.page_of("head", each))
            tab = partial(opened, context, gpt2_shape.tab(address, "head", tokens))
            lines = lines_of("head", tokens)
            other = partial(opened, context, f"file://{path}", libraries, lines)
            is_slow = other() > SLOW
            for _ in range(BEFORE):
                tab()
            for _ in range(FEW_BEFORE if is_slow else BEFORE):
                other()
            both = [(other(), tab()) for _ in range(FEW_TURNS if is_slow else TURNS)]
            medians = [median(found) for found in zip(*both, strict=True)]
            print(f"| head | {tokens:,} | {pair('drawn', *medians)} |", flush=True)
    print(flush=True)


def opened(
    context: BrowserContext, url: str, libraries: dict[str, str] | None = None, lines: int = 0
) -> float:
    """Seconds until the picture of a page is there."""
    page: Page = context.new_page()
    if libraries:
        bertviz_pages.serve(page, libraries)
    page.goto(url, wait_until="commit")
    seconds = drawn(page, lines)
    page.wait_for_timeout(1000)  # What was compiled is kept while one looks at it.
    page.close()
    return seconds
