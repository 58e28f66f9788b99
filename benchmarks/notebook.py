"""A cell of `show` and one of BertViz's head_view, on the same arrays, in a real JupyterLab.

    python benchmarks/notebook.py [--tokens 128] [--runs 3]

Takes about two minutes. Prints the table of docs/benchmarks.md: the time that the call takes, from
its return until the picture stands, both together, until another layer is drawn, and the bytes of
the notebook that nbclient runs and saves. GPT-2 small's shape, 12 layers of 12 heads, random
weights. Both pages are offline; what BertViz loads from a network is answered from this machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bertviz_pages
import nbclient
import nbformat
from pages import SIGN, chromium, drawn
from playwright.sync_api import Browser, Frame, Page, expect

sys.path.append(str(Path(__file__).parents[1]))
from tests.support.jupyter import jupyterlab, notebook
from tests.support.repository import ROOT

SHAPE = {"layers": 12, "heads": 12, "key_heads": 12, "neurons": 64}
SETUP = """
import time
from pathlib import Path
import torch
from bertviz import head_view
from tb_attention import show
from tb_attention.attention import softmax
from tests.support.logs import capture
made = capture({tokens}, **{shape})
weights = [torch.from_numpy(softmax.weights(each))[None] for each in made.stacks[0].layers.values()]
tokens = [f"t{{place}}" for place in range({tokens})]
"""
CALLS = {"show": "page = show(made)", "BertViz": "head_view(weights, tokens)"}
CELL = """begun = time.time()
{call}
Path("times").write_text(f"{{begun}} {{time.time()}}"){shown}"""

# When the picture stands, in milliseconds since 1970: of the tab, in whatever frame it is, once a
# view is drawn and nothing is loaded; of BertViz once all lines are there. Then two frames more.
WATCH = """(() => {
  const sign = %s;
  const lines = document.getElementsByTagName("line");
  const standing = () => lines.length >= %d ||
    (document.querySelector("[data-testid$=-view]") && !document.querySelector(".busy.on")
      && document.fonts.status === "loaded" && sign() !== 0);
  const look = () => requestAnimationFrame(() => {
    if (!standing()) look();
    else requestAnimationFrame(() => requestAnimationFrame(() => { window.stands = Date.now(); }));
  });
  look();
})()"""

LIMIT = 120.0
"""Seconds that a picture gets."""

Measured = dict[str, float]


def measure(page: Page, lab: str, folder: Path, which: str, tokens: int) -> Measured:
    """Runs the cell in JupyterLab, waits for its picture, and chooses another layer."""
    path = folder / f"{which}-{time.monotonic_ns()}.ipynb"  # whose kernel is a new one
    notebook(path, *cells(which, tokens))
    lines = SHAPE["heads"] * tokens**2
    page.add_init_script(WATCH % (SIGN, lines))
    page.goto(f"{lab}lab/tree/{path.name}?reset")  # nothing else is open
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    made = page.locator(".jp-Notebook .jp-CodeCell")
    run(page, 0)
    expect(made.first.locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=60_000)
    run(page, 1)
    frame = standing(page)
    stands = float(frame.evaluate("window.stands")) / 1000
    measured = {"layer": another_layer(frame, which, lines)}
    begun, returned = map(float, (folder / "times").read_text().split())
    return {
        **measured,
        "call": returned - begun,
        "stands": stands - returned,
        "both": stands - begun,
    }


def cells(which: str, tokens: int) -> tuple[str, str]:
    shown = "\npage" if which == "show" else ""
    return (
        SETUP.format(tokens=tokens, shape=SHAPE),
        CELL.format(call=CALLS[which], shown=shown),
    )


def run(page: Page, number: int) -> None:
    page.locator(".jp-Notebook .jp-CodeCell").nth(number).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def standing(page: Page) -> Frame:
    """The frame in which the picture stands, once it does."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        for frame in page.frames:
            if frame.evaluate("window.stands ?? 0"):
                return frame
        page.wait_for_timeout(100)
    raise TimeoutError(page.locator(".jp-Notebook").inner_text())


def another_layer(frame: Frame, which: str, lines: int) -> float:
    if which == "BertViz":
        return drawn(frame, lines, ("#layer", "1"))
    frame.get_by_test_id("view-head").click()
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    frame.page.wait_for_timeout(1500)  # neighbouring steps are fetched ahead
    return drawn(frame, act=("[data-testid=layer-1]", None))


def file_size(folder: Path, which: str, tokens: int) -> int:
    """Bytes of the notebook, run and saved without a browser."""
    path = folder / f"{which}-saved.ipynb"
    notebook(path, *cells(which, tokens))
    made = nbformat.read(path, as_version=4)
    at = {"metadata": {"path": str(folder)}}
    nbclient.NotebookClient(made, timeout=300, resources=at).execute()
    nbformat.write(made, path)
    return path.stat().st_size


@contextmanager
def opened(browser: Browser, libraries: dict[str, str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(0)
    bertviz_pages.serve(page, libraries)
    try:
        yield page
    finally:
        context.close()


def shown(name: str, value: float) -> str:
    if name == "bytes":
        return f"{value / 1e6:.1f} MB"
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.0f} ms"


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--runs", type=int, default=3, help="of which the median is printed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        libraries = bertviz_pages.install(folder)
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        known = os.pathsep.join([str(ROOT), str(folder / "python")])
        environment = {"PYTHONPATH": known, "PATH": path}
        os.environ.update(environment)
        found: dict[str, list[Measured]] = {which: [] for which in CALLS}
        with jupyterlab(folder, environment) as lab:
            for _ in range(options.runs):
                for which in CALLS:
                    with opened(browser, libraries) as page:
                        found[which].append(measure(page, lab, folder, which, options.tokens))
                    print(which, found[which][-1], file=sys.stderr, flush=True)
        print(
            "| | the call | from its return until it stands | both | another layer "
            "| the notebook's file |"
        )
        print("|---|---|---|---|---|---|")
        for which, runs in found.items():
            medians = {key: statistics.median(each[key] for each in runs) for key in runs[0]}
            medians["bytes"] = file_size(folder, which, options.tokens)
            order = ("call", "stands", "both", "layer", "bytes")
            print(f"| {which} | {' | '.join(shown(key, medians[key]) for key in order)} |")


if __name__ == "__main__":
    main()
