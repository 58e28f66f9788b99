"""The slowest answers on the shape of a real model: 30 layers of 9 heads, 1,024 tokens.

    python benchmarks/real_shape.py [--rounds 3]

benchmarks/browser.py prints these rows, too. Takes one to three minutes, most of them for the logs,
and 150 MB for temporary files. SmolLM2-135M's shape, 3 key heads of 64 neurons, constructed heads.
Each row: seconds until it is drawn in the tab, on logs that nobody asked about before, and the same
in units of what numpy takes, on one thread, to make the weights of all heads once, in the plain
way, in the same run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pages import SIGN, chromium, opened
from playwright.sync_api import Browser, Page
from threadpoolctl import threadpool_limits
from times import table

sys.path.append(str(Path(__file__).parents[1]))
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.summary import capture_events
from tests.support.board import tensorboard
from tests.support.logs import record_file, write

LAYERS, HEADS, KEY_HEADS, NEURONS, TOKENS, WORDS = 30, 9, 3, 64, 1024, 400
STEPS = (0, 100, 200)
WANTED = {
    "overview opened": 0.6,
    "all findings": 3.0,
    "what changed most after a step, by few rows": 1.0,
    "model view, first token: hide": 0.5,
    "model view, first token: renormalise": 0.5,
    "model view, first token: hide, as soon as it is drawn": 0.5,
    "head view, difference": 0.4,
}
"""Seconds to reach on idle cores."""

LOOKS = 2.0
"""Seconds for which somebody looks at the model view and opens Show before leaving a token out."""

DRAWN = (
    "async ({act, until}) => { const sign = " + SIGN + ";"
    """
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const one = (selector) => document.querySelector(selector);
  const before = act ? sign() : 0, begun = act ? performance.now() : 0;
  const key = new KeyboardEvent("keydown", {key: act, bubbles: true});
  if (act.length === 1) document.body.dispatchEvent(key);
  else if (act) one(act).click();
  const changed = () => one("[data-testid$=-view]") && !one(".busy.on") && sign() !== before;
  const list = ".overview-ranking .overview-scroll:not(.stale) tbody tr";
  const ready = {
    picture: changed,
    changes: () => one(list),
    "all changes": () => one(list) && !one(".overview-ranking .overview-progress"),
    findings: () => one("[data-testid=findings]") && !one(".overview-findings .overview-progress"),
  }[until];
  await frame();
  while (!ready()) await frame();
  await frame(); await frame();
  return performance.now() - begun;
}"""
)
"""Milliseconds until something is drawn: from a click on `act` or a press of that key, or from the
request for the page where it is empty."""


def capture(step: int) -> Capture:
    """A text of which the second half repeats the first, and heads that learn what to look at.

    Keys know their place, their token and the one before it. A query asks, the more the later the
    step, for the first token, its own token, the place before, or what followed its token before.
    """
    learned = step / STEPS[-1]
    ids = np.tile(np.random.default_rng(0).permutation(TOKENS // 2), 2)
    layers = {}
    for number in range(LAYERS):
        random = np.random.default_rng(1 + number)

        def vectors(*shape: int, random: np.random.Generator = random) -> np.ndarray:
            return random.standard_normal((*shape, NEURONS), np.float32)

        place, token, before = vectors(TOKENS), vectors(TOKENS // 2)[ids], vectors(TOKENS // 2)[ids]
        own = np.roll(before, 1, axis=0)
        asked = (np.broadcast_to(place[0], place.shape), token, np.roll(place, 1, axis=0), before)
        key = (place + token + own) / 2 + vectors(KEY_HEADS, TOKENS) / 4
        noise, strengths = vectors(HEADS, TOKENS), random.uniform(0, 1.5, HEADS) * learned
        query = [
            (0.3 + strength) * asked[random.integers(len(asked))] + (1 - 0.3 * learned) * other
            for strength, other in zip(strengths, noise, strict=True)
        ]
        layers[number] = AttentionLayer(
            query=np.stack(query).astype(np.float32), key=key, scale=NEURONS**-0.5
        )
    text = TokenSequence(tokens=tuple(b" t%d" % each for each in ids), ids=tuple(ids.tolist()))
    return Capture("the shape of SmolLM2", (text,), (Stack("decoder", layers),))


def logged(directory: Path, runs: int) -> Capture:
    """Logs the steps, and links the file into further runs, about which nobody has asked yet."""
    first = record_file(directory / "run0")
    for step in STEPS:
        made = capture(step)
        events = capture_events(made, tag="probe", step=step, wall_time=1.7e9 + step, session="one")
        write(first, events, append=step > 0)
    for number in range(1, runs):
        linked = record_file(directory / f"run{number}")
        linked.parent.mkdir(parents=True)
        os.link(first, linked)
    return made


def plain_weights(of: Capture) -> float:
    """Seconds that numpy takes for the weights of all heads, a head at a time, on one thread."""
    future = np.triu(np.ones((TOKENS, TOKENS), bool), 1)
    begun = time.perf_counter()
    with threadpool_limits(1):
        for layer in of.stacks[0].layers.values():
            for head in range(HEADS):
                scores = layer.query[head] @ layer.key[head // (HEADS // KEY_HEADS)].T
                scores *= layer.scale
                scores[future] = -np.inf
                weights = np.exp(scores - scores.max(axis=1, keepdims=True))
                weights /= weights.sum(axis=1, keepdims=True)
    return time.perf_counter() - begun


def drawn(page: Page, until: str, act: str = "") -> float:
    """Seconds until something is drawn, as DRAWN has it."""
    return float(page.evaluate(DRAWN, {"act": act, "until": until})) / 1000


def overview(page: Page) -> dict[str, float]:
    """What the overview shows: first, all findings, and the changes after another step."""
    found = {"overview opened": drawn(page, "picture")}
    found["all findings"] = drawn(page, "findings")
    drawn(page, "all changes")
    step = drawn(page, "changes", "[data-testid=step-previous]")
    return {**found, "what changed most after a step, by few rows": step}


def model(page: Page) -> dict[str, float]:
    """The model view without the first token, once somebody has looked at it and at Show."""
    drawn(page, "picture")
    page.wait_for_timeout(1000 * LOOKS)
    return {
        f"model view, first token: {act}": drawn(page, "picture", f"[data-testid=first-{act}]")
        for act in ("hide", "renormalise")
    }


def model_at_once(page: Page) -> dict[str, float]:
    """The same as soon as the model view is drawn, before anything of it was asked for ahead."""
    drawn(page, "picture")
    hidden = drawn(page, "picture", "[data-testid=first-hide]")
    return {"model view, first token: hide, as soon as it is drawn": hidden}


def head(page: Page) -> dict[str, float]:
    """The head view less the first step."""
    drawn(page, "picture")
    settled(page)
    return {"head view, difference": drawn(page, "picture", "c")}


def settled(page: Page) -> None:
    """Waits until neighbouring steps were fetched ahead, as they are while somebody looks."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)


VIEWS: tuple[tuple[str, Callable[[Page], dict[str, float]]], ...] = (
    ("overview", overview),
    ("model", model),
    ("model", model_at_once),
    ("head", head),
)


def measured(browser: Browser, address: str, rounds: int) -> dict[str, list[float]]:
    """Seconds of each row, one of each round."""
    found: dict[str, list[float]] = {}
    for number in range(rounds):
        for place, (view, measure) in enumerate(VIEWS):
            run = number * len(VIEWS) + place
            with opened(browser) as page:
                page.goto(
                    f"{address}data/plugin_entry.html?name=attention#attention"
                    f"&p.attention.run=run{run}&p.attention.view={view}&p.attention.open=show",
                    wait_until="commit",
                )
                for name, seconds in measure(page).items():
                    found.setdefault(name, []).append(seconds)
    return found


def answers(browser: Browser, folder: Path, rounds: int) -> None:
    """Prints a row for each of the slowest answers. Logs go into the folder."""
    made = logged(folder / "logs", rounds * len(VIEWS))
    with tensorboard(folder, f"--logdir={folder / 'logs'}") as address:
        found = measured(browser, address, rounds)
    plain = statistics.median(plain_weights(made) for _ in range(3))
    medians = {what: statistics.median(times) for what, times in found.items()}
    rows = (
        (what, f"{WANTED[what]:.1f} s", f"{seconds:.2f} s", f"{seconds / plain:.2f}")
        for what, seconds in medians.items()
    )
    title = f"30 x 9 heads, {TOKENS:,} tokens; numpy makes all weights in {plain:.2f} s"
    table(title, ("what", "to reach, idle", "drawn after", "/ numpy"), *rows)


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        answers(browser, Path(name), rounds)


if __name__ == "__main__":
    main()
