"""The tab and BertViz on the same arrays in the same Chromium, each page in turns with the other's.

Each has been opened once before that, so that neither is timed with the first start of the browser,
of its software for drawing, or of the server; the medians are told.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median

import bertviz_pages
import gpt2_shape
import numpy as np
from gpt2_shape import HEADS, LAYERS
from pages import drawn, megabytes, opened, renderers
from playwright.sync_api import Browser, Error

LIMIT = 120.0
"""Seconds that BertViz gets for one page."""
ENOUGH = 450.0
"""Seconds after which BertViz gets no further page."""

TURNS = 9
"""How often each page is opened, in turns with the other's."""

SLOW = 3.0
"""Seconds: a page that takes longer is opened once, since less is lost in the noise."""

MOST = 8000.0
"""Megabytes that its page may take."""

COMPARED = {"drawn": "drawn", "layer": "another layer", "memory": "memory", "bytes": "sent"}
"""What is measured of both, and its name in the table."""

Measured = dict[str, float]


class GaveUp(Exception):
    """BertViz did not come to an end; says why."""


def ours(browser: Browser, address: str, view: str, tokens: int) -> Measured:
    """Measures a view of the tab."""
    with opened(browser) as page:
        page.goto(gpt2_shape.tab(address, view, tokens), wait_until="commit")
        measured = {"drawn": drawn(page), "memory": megabytes()}
        entries = (
            "[...performance.getEntriesByType('resource'), "
            "...performance.getEntriesByType('navigation')]"
        )
        page.wait_for_timeout(100)
        measured["bytes"] = (
            page.evaluate(f"{entries}.reduce((sum, each) => sum + each.transferSize, 0)") / 1e6
        )
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1500)  # neighbouring steps are fetched ahead
        if tokens <= 256:
            measured["step"] = drawn(page, act=("[data-testid=step-previous]", None))
            page.wait_for_timeout(500)
        if view == "head":
            measured["layer"] = drawn(page, act=("[data-testid=layer-1]", None))
        return measured


def theirs(
    browser: Browser, libraries: dict[str, str], folder: Path, view: str, weights: np.ndarray
) -> Measured | str:
    """Measures a view of BertViz; returns a sentence where it does not come to an end."""
    tokens = weights.shape[-1]
    path = folder / f"{view}{tokens}.html"
    lines = lines_of(view, tokens)
    try:
        path.write_text(bertviz_pages.page_of(view, weights))
        with opened(browser) as page:
            bertviz_pages.serve(page, libraries)
            page.goto(f"file://{path}", wait_until="commit")
            measured = {"drawn": within(lambda: drawn(page, lines)), "memory": megabytes()}
            measured["bytes"] = (path.stat().st_size + sum(map(len, libraries.values()))) / 1e6
            if view == "head":
                measured["layer"] = within(lambda: drawn(page, lines, ("#layer", "1")))
            return measured
    except GaveUp as reason:
        return str(reason)
    finally:
        path.unlink(missing_ok=True)


def lines_of(view: str, tokens: int) -> int:
    """How many lines BertViz draws."""
    return HEADS * tokens**2 * (LAYERS if view == "model" else 1)


def in_turns(
    tab: Callable[[], Measured], other: Callable[[], Measured | str] | str
) -> tuple[Measured, Measured | str]:
    """Medians of both, or a sentence where the other is not measured."""
    tabs, others = [tab()], []
    if isinstance(other, str):
        return tabs[0], other
    while isinstance(found := other(), dict):
        others.append(found)
        if len(others) == TURNS or found["drawn"] > SLOW:
            return medians(tabs), medians(others)
        tabs.append(tab())
    return medians(tabs), found


def medians(found: list[Measured]) -> Measured:
    return {name: median(each[name] for each in found) for name in found[0]}


def within(job: Callable[[], float]) -> float:
    """The job's answer. A page that takes longer than LIMIT, or more memory than MOST, is ended.

    Raises:
        GaveUp: the page was ended, or crashed.
    """
    done, reason = threading.Event(), "its process crashed"

    def watch() -> None:
        nonlocal reason
        until = time.monotonic() + LIMIT
        while not done.wait(0.5):
            if time.monotonic() < until and megabytes() < MOST:
                continue
            reason = (
                f"not in {LIMIT:.0f} s" if megabytes() < MOST else f"more than {MOST / 1000:.0f} GB"
            )
            for pid in renderers():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        return job()
    except Error as error:
        raise GaveUp(reason) from error
    finally:
        done.set()
        watcher.join()


def compare(
    browser: Browser,
    address: str,
    folder: Path,
    libraries: dict[str, str],
    weights: dict[int, np.ndarray],
    sizes: tuple[int, ...],
) -> None:
    """Prints a row for each view and size: BertViz / the tab, and the ratio.

    Short texts come first, as long as there is time.
    """
    started = time.monotonic()
    rows: dict[str, list[str]] = {"head": [], "model": []}
    failed: set[str] = set()
    ours(browser, address, "head", sizes[0])
    theirs(browser, libraries, folder, "head", weights[sizes[0]])
    for tokens in sizes:
        for view in rows:
            turn: Callable[[], Measured | str] | str
            if view in failed:
                turn = "failed before"
            elif tokens not in weights or time.monotonic() - started > ENOUGH:
                turn = "not tried"
            else:
                turn = partial(theirs, browser, libraries, folder, view, weights[tokens])
            tab, other = in_turns(partial(ours, browser, address, view, tokens), turn)
            if isinstance(other, str):
                failed.add(view)
                cells = [f"{other} / {shown(name, tab.get(name))}" for name in COMPARED]
            else:
                cells = [pair(name, other.get(name), tab.get(name)) for name in COMPARED]
            rows[view].append(
                f"| {view} | {tokens:,} | {' | '.join([*cells, shown('step', tab.get('step'))])} |"
            )
            print(rows[view][-1], file=sys.stderr, flush=True)
    columns = [
        "view",
        "tokens",
        *(f"{what}: BertViz / tab" for what in COMPARED.values()),
        "another step: tab",
    ]
    print(
        "\n".join(
            [
                f"| {' | '.join(columns)} |",
                "|---" * len(columns) + "|",
                *rows["head"],
                *rows["model"],
                "",
            ]
        ),
        flush=True,
    )


def pair(name: str, other: float | None, tab: float | None) -> str:
    if other is None or tab is None:
        return shown(name, tab)
    return f"{shown(name, other)} / {shown(name, tab)} = {other / tab:.1f}"


def shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name in ("memory", "bytes"):
        return f"{value:.1f} MB" if value < 100 else f"{value:,.0f} MB"
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.0f} ms"
