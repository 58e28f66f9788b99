"""How smooth the tab is.

Frames, and the work of the main thread in each, measured in the page while real input arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gpt2_shape import HEADS, layers_of
from pages import drawn, opened
from playwright.sync_api import Browser, CDPSession, Frame, Page

RECORD = """() => {
  const frames = [], channel = new MessageChannel();
  const record = {on: true, frames};
  let begun = 0;
  // A message that is posted in a frame comes once style, layout and paint of that frame are done.
  channel.port1.onmessage = () => frames.push([begun, performance.now() - begun]);
  const next = () => {
    begun = performance.now();
    channel.port2.postMessage(0);
    if (record.on) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  window.benchmarkFrames = record;
}"""
TAKE = "() => { window.benchmarkFrames.on = false; return window.benchmarkFrames.frames; }"

FLOORS = {
    "nothing: zoom": """() => {
      addEventListener("wheel", (event) => event.preventDefault(), {passive: false});
    }""",
    "one canvas copied each frame: zoom": """() => {
      addEventListener("wheel", (event) => event.preventDefault(), {passive: false});
      const canvas = document.querySelector("canvas"), picture = canvas.cloneNode();
      for (const each of [picture, canvas]) each.getContext("2d").fillRect(0, 0, 500, 300);
      let frame = 0;
      const draw = () => {
        canvas.getContext("2d").drawImage(picture, frame++ % 60, 0);
        requestAnimationFrame(draw);
      };
      draw();
    }""",
}
"""What no picture can be smoother than on a machine: what a page does, and its script."""


VIEWS = (
    ("head", "lines", "t"),
    ("head", "matrix", "t"),
    ("head", "text", "t"),
    ("model", "", "t"),
    ("model", "", "large"),
)
"""View, drawing and run of each row; a run of many sizes has the size after its name."""


def smooth(browser: Browser, address: str, sizes: tuple[int, ...]) -> None:
    """Prints the frames of the tab under real input, after those of FLOORS."""
    print("| what | tokens | frames/s | work of a frame, median | 95 % | main thread per frame |")
    print("|---|---|---|---|---|---|")
    for what, script in FLOORS.items():
        with opened(browser) as page:
            page.set_content('<canvas width="1000" height="600" data-testid="head-plot"></canvas>')
            page.evaluate(script)
            page.wait_for_timeout(300)
            zoom = dict(interactions(page, "head", "lines"))["zoom"]
            print(row_of(what, "-", measure(page, page.main_frame, zoom)), flush=True)
    for view, drawing, run in VIEWS:
        for tokens in sizes if run == "t" else (64,):
            smooth_view(browser, address, view, drawing, run, tokens)


def smooth_view(
    browser: Browser, address: str, view: str, drawing: str, run: str, tokens: int
) -> None:
    """Prints the rows of a view and drawing."""
    state = (
        f"run={run}{tokens if run == 't' else ''}&p.attention.view={view}"
        f"&p.attention.drawing={drawing or 'lines'}"
    )
    shape = "48 x 25" if run == "large" else f"{layers_of(tokens)} x {HEADS}"
    with opened(browser) as page:
        page.goto(f"{address}data/plugin_entry.html?name=attention#attention&p.attention.{state}")
        drawn(page)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        for name, act in interactions(page, view, drawing):
            what = f"{view}{' as ' + drawing if drawing else ', ' + shape}: {name}"
            print(row_of(what, f"{tokens:,}", measure(page, page.main_frame, act)), flush=True)


def measure(page: Page, frame: Frame, act: Callable[[], None]) -> dict[str, float]:
    """Frames per second, and milliseconds of work of the main thread.

    The work of a frame (median, 95th percentile), and of all tasks per frame.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    frame.evaluate(RECORD)
    before = _task_seconds(session)
    act()
    frames = frame.evaluate(TAKE)
    spent = _task_seconds(session) - before
    session.detach()
    work = sorted(each[1] for each in frames)
    seconds = (frames[-1][0] - frames[0][0]) / 1000
    return {
        "frames/s": (len(frames) - 1) / seconds,
        "median": work[len(work) // 2],
        "95 %": work[int(len(work) * 0.95)],
        "tasks": 1000 * spent / len(frames),
    }


def row_of(what: str, tokens: str, found: dict[str, float]) -> str:
    numbers = (
        f"{found['frames/s']:.0f} | {found['median']:.1f} ms | "
        f"{found['95 %']:.1f} ms | {found['tasks']:.1f} ms"
    )
    return f"| {what} | {tokens} | {numbers} |"


def interactions(page: Page, view: str, drawing: str) -> list[tuple[str, Callable[[], None]]]:
    """Real input over the middle of the picture, for about two seconds each."""
    targets = {"lines": "head-plot", "matrix": "head-maps", "text": "head-text", "": "model-grid"}
    box = page.get_by_test_id(targets[drawing]).bounding_box()
    assert box is not None

    def hover() -> None:
        for step in range(90):
            share = step / 90
            page.mouse.move(
                box["x"] + box["width"] * (0.15 + 0.3 * share),
                box["y"] + box["height"] * (0.1 + 0.8 * abs(1 - 2 * share)),
            )

    def wheel(across: float = 0.5) -> None:
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] / 2)
        for step in range(60):
            page.mouse.wheel(0, 40 if step < 30 else -40)

    def zoom() -> None:
        page.keyboard.down("Control")
        wheel()
        page.keyboard.up("Control")

    found: list[tuple[str, Callable[[], None]]] = [("hover", hover), ("scroll", wheel)]
    return [*found, ("zoom", zoom)] if drawing == "lines" else found


def _task_seconds(session: CDPSession) -> float:
    metrics: dict[str, Any] = session.send("Performance.getMetrics")
    return next(
        float(each["value"]) for each in metrics["metrics"] if each["name"] == "TaskDuration"
    )
