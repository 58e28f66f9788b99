"""How smooth an interaction is.

Frames, and the work of the main thread in each, measured in the page while real input arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Frame, Page

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


def _task_seconds(session: CDPSession) -> float:
    metrics: dict[str, Any] = session.send("Performance.getMetrics")
    return next(
        float(each["value"]) for each in metrics["metrics"] if each["name"] == "TaskDuration"
    )
