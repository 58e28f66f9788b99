"""The head view: what is logged for its tests, and what it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pytest
import torch
from playwright.sync_api import expect

from tests.support.pages import frame_of, reads
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page


Weights = npt.NDArray[np.float32]
TEXT = "the doctor asked the nurse, 🙂 <img src=x onerror=alert(1)>"
WORDS = [
    "the",
    " doctor",
    " asked",
    " the",
    " nurse",
    ",",
    " ",
    "🙂",
    " ",
    "<",
    "img",
    " src",
    "=",
    "x",
]
WORDS += [" onerror", "=", "alert", "(", "1", ")", ">"]
PAIR = ("the doctors", "the café doctor")
LAYER, HEAD = 1, 5
TOLERANCE = 2e-3


@dataclass(frozen=True)
class Logged:
    """Weights are eager attention: [layers, heads, queries, keys]."""

    logdir: Path
    decoder: Weights
    encoder: Weights
    cross: Weights
    tokens: tuple[bytes, ...]


def eager(attentions: tuple[torch.Tensor, ...]) -> Weights:
    return torch.stack(list(attentions))[:, 0].numpy()


def opened(page: Page, tag: str, **state: Any) -> FrameLocator:
    """The tab with one state of the head view, everything else as it is by default."""
    chosen = {"run": "run", "tag": tag, "view": "head", "layer": LAYER, "open": "show", **state}
    page.mouse.move(5, 5)
    page.evaluate(
        "hash => { location.hash = hash }",
        "attention&" + urlencode({f"p.attention.{key}": value for key, value in chosen.items()}),
    )
    tab = frame_of(page)
    expect(tab.get_by_test_id("head-view")).to_be_visible()
    expect(tab.get_by_test_id(f"tag-{tag}")).to_be_checked()
    expect(tab.locator(".busy.on")).to_have_count(0)
    expect(tab.get_by_test_id("head-title")).to_contain_text(f"Layer {chosen['layer']}")
    return tab


def links(tab: FrameLocator) -> dict[str, list[float]]:
    """The table beside the drawing: position of the token -> its weights, one for each head."""
    cells = "row => [...row.querySelectorAll('.head-position, td')].map(cell => cell.textContent)"
    body = tab.get_by_test_id("head-links").locator("tbody tr")
    rows = body.evaluate_all(f"rows => rows.map({cells})")
    return {
        position: [0.0 if number.startswith("<") else float(number) for number in numbers]
        for position, *numbers in rows
    }


def shows(tab: FrameLocator, expected: Weights | list[float], smallest: float = 0.02) -> None:
    """Waits until the table holds exactly the expected weights from `smallest` on, by position."""
    wanted = {
        str(place): float(weight) for place, weight in enumerate(expected) if weight >= smallest
    }
    shows_links(tab, wanted)


def shows_links(tab: FrameLocator, wanted: dict[str, float]) -> None:
    def found() -> dict[str, float]:
        return {place: numbers[0] for place, numbers in links(tab).items()}

    until(
        lambda: found() == pytest.approx(wanted, abs=TOLERANCE),
        lambda: f"{found()} is shown, not {wanted}",
    )


def says(tab: FrameLocator, test_id: str, weight: float) -> None:
    """Waits until the last number of a text is the weight."""
    reads(
        tab.get_by_test_id(test_id),
        weight,
        read=lambda text: float(["nan", *re.findall(r"\d\.\d+", text)][-1]),
    )


def point(
    page: Page, tab: FrameLocator, side: str, row: int, rows: int, *, click: bool = False
) -> None:
    """Moves the mouse to a token of the drawing of lines."""
    box = tab.get_by_test_id("head-plot").bounding_box()
    assert box is not None
    height = min(40, box["height"] / rows)
    x = box["x"] + box["width"] * (0.06 if side == "query" else 0.94)
    page.mouse.move(x, box["y"] + (row + 0.5) * height)
    if click:
        page.mouse.click(x, box["y"] + (row + 0.5) * height)
