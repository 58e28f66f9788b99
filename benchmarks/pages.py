"""Pages of a browser: until their picture is there, and the memory of the process that draws it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

# A picture is there when its canvases (or lines) have changed and two frames have passed.
SIGN = """() => {
  let sum = document.querySelectorAll("line").length;
  for (const canvas of document.querySelectorAll("[data-testid$=-view] canvas")) {
    if (canvas.width === 0 || canvas.height === 0) continue;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    for (let at = 0; at < pixels.length; at += 4 * 61) {
      sum = 31 * sum + pixels[at] + 7 * pixels[at + 1] + pixels[at + 3];
      sum %= 1000000007;
    }
  }
  return sum;
}"""
UNTIL_DRAWN = (
    "async ({lines, act}) => { const sign = " + SIGN + ";"
    """
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const before = act ? sign() : 0, begun = act ? performance.now() : 0;
  if (act) { const [selector, value] = act, target = document.querySelector(selector);
    if (value === null) target.click();
    else { target.value = value; target.dispatchEvent(new Event("change", {bubbles: true})); } }
  const drawn = () => lines ? document.querySelectorAll("line").length >= lines : sign() !== before;
  const ready = () => lines ||
    (document.querySelector("[data-testid$=-view]") && !document.querySelector(".busy.on"));
  for (;;) { await frame(); if (ready() && drawn()) break; }
  await frame(); await frame();
  return performance.now() - begun;
}"""
)


SCREEN: ViewportSize = {"width": 1280, "height": 760}
FLAGS = ["--no-sandbox", "--disable-gpu"]


def program() -> str:
    """This machine's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)))


@contextmanager
def chromium() -> Iterator[Browser]:
    """This machine's Chromium, headless, which draws in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def profile(browser: Browser, folder: Path) -> Iterator[BrowserContext]:
    """Another browser, which keeps what it loads and compiles, as that of a user does."""
    context = browser.browser_type.launch_persistent_context(
        folder, executable_path=program(), args=FLAGS, viewport=SCREEN
    )
    context.set_default_timeout(0)
    yield context
    context.close()


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """A page in a process of its own."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    page.set_default_timeout(0)
    try:
        yield page
    finally:
        context.close()


def renderers() -> dict[int, float]:
    """Renderer processes below this one: process id -> resident memory in MB."""
    parents: dict[int, int] = {}
    sizes: dict[int, float] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text, command = status.read_text(), (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        pid = int(status.parent.name)
        parents[pid] = int(re.search(r"PPid:\s+(\d+)", text)[1])
        if b"--type=renderer" in command and (found := re.search(r"VmRSS:\s+(\d+)", text)):
            sizes[pid] = int(found[1]) / 1024

    def ours(pid: int) -> bool:
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()

    return {pid: size for pid, size in sizes.items() if ours(pid)}


def megabytes() -> float:
    """Resident memory of the page's process, which is the largest renderer, in MB."""
    return max(renderers().values(), default=float("nan"))


def drawn(page: Page, lines: int = 0, act: tuple[str, str | None] | None = None) -> float:
    """Seconds until the page's picture is there.

    `act` clicks a selector or sets its value first.
    """
    return float(page.evaluate(UNTIL_DRAWN, {"lines": lines, "act": act and list(act)})) / 1000
