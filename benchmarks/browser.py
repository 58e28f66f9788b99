"""The tab in a browser: beside BertViz 1.4.1, its frames, and its slowest answers.

    python benchmarks/browser.py [--quick] [--only bertviz | frames | answers]

Takes about ten minutes. Prints the tables of docs/benchmarks.md. Both on the same arrays in the
same Chromium: time until drawn and until another layer is drawn, memory of the page's process,
bytes sent. Then the frames of the tab while the pointer moves, and while it scrolls and zooms; both
with GPT-2 small's shape, random weights. The tab stands alone in its page, without TensorBoard
around it, as BertViz does without a notebook; benchmarks/notebook.py has both in one. Last, what is
slowest on the shape of a real model, as benchmarks/real_shape.py alone prints it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import bertviz_pages
import beside_bertviz
import frames
import gpt2_shape
import opened_again
import real_shape
from pages import chromium
from playwright.sync_api import Browser

sys.path.append(str(Path(__file__).parents[1]))
from tests.support.board import tensorboard

SIZES, QUICK_SIZES = (16, 64, 128, 256, 512, 1024), (16, 64)
AGAIN = (16, 128)
LONG, QUICK_LONG = (1024, 4096), (256, 1024)
ROUNDS, QUICK_ROUNDS = 3, 1
"""How often each of the slowest answers is asked for."""

PARTS = ("bertviz", "frames", "answers")


def of_gpt2(browser: Browser, folder: Path, parts: list[str], quick: bool) -> None:
    """Prints the rows that are of GPT-2 small's shape."""
    sizes, long = (QUICK_SIZES, QUICK_LONG) if quick else (SIZES, LONG)
    logs = folder / "logs"
    weights = gpt2_shape.logged(logs, tuple(sorted({*sizes, *long})))
    with tensorboard(folder, f"--logdir={logs}") as address:
        if "bertviz" in parts:
            libraries = bertviz_pages.install(folder)
            beside_bertviz.compare(browser, address, folder, libraries, weights, sizes)
            again = {tokens: weights[tokens] for tokens in AGAIN if tokens in weights}
            opened_again.compare(browser, address, folder, libraries, again)
        if "frames" in parts:
            frames.smooth(browser, address, long)


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few and short texts: four minutes")
    parser.add_argument("--only", action="append", choices=PARTS, metavar="PART")
    options = parser.parse_args()
    parts = options.only or list(PARTS)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        if parts != ["answers"]:
            of_gpt2(browser, Path(name) / "gpt2", parts, options.quick)
        if "answers" in parts:
            folder = Path(name) / "real"
            real_shape.answers(browser, folder, QUICK_ROUNDS if options.quick else ROUNDS)


if __name__ == "__main__":
    main()
