"""The tab as one file, opened from a disk without a network: numbers, views, notebooks' frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pytest
import torch
from playwright.sync_api import expect

from tb_attention import show
from tb_attention.standalone.page import Page as AttentionPage
from tests.support.architectures import DECODERS, random_model
from tests.support.exports import saved
from tests.support.models import gpt2
from tests.support.pages import checked_page, number, reads

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
LAYER, HEAD, QUERY, KEY = 1, 3, 10, 4
SIZES = {"vocab_size": 16, "n_positions": 16, "n_embd": 32, "n_head": 4, "initializer_range": 0.5}
Weights = npt.NDArray[np.float32]
Open = Callable[..., "Page"]


def eager(model: Any) -> Weights:
    """The model's own weights: [layers, heads, queries, keys]."""
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(torch.tensor([IDS]), output_attentions=True).attentions
    return torch.stack(list(attentions))[:, 0].numpy()


def later_model() -> Any:
    """The model at the later step: all weights are a little larger."""
    model = gpt2(**SIZES).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.3)
    return model


@pytest.fixture(scope="module")
def made() -> tuple[AttentionPage, dict[int, Weights]]:
    """A page of two steps, and the model's own weights at each."""
    models = {0: gpt2(**SIZES).eval(), 6: later_model()}
    page = show(models, {"probe": IDS}, run="tiny")
    return page, {step: eager(model) for step, model in models.items()}


@pytest.fixture
def offline(page: Page) -> Iterator[Page]:
    """A page without a network, which fails the test where it asks anybody for anything."""
    asked: list[str] = []
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url))
    yield page
    own = ("file:", "data:", "blob:", "about:")
    assert [url[:200] for url in asked if not url.startswith(own)] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1


@pytest.fixture
def opened(offline: Page, made: tuple[AttentionPage, dict[int, Weights]], tmp_path: Path) -> Open:
    """Opens the file as by a double-click: opened(view="head", step=0)."""
    path = made[0].save(tmp_path / "attention.html")

    def open_page(ready: str, **state: Any) -> Page:
        chosen = {"layer": LAYER, "head": HEAD, "heads": HEAD, "query": QUERY, "key": KEY, **state}
        names = urlencode({f"p.attention.{name}": value for name, value in chosen.items()})
        offline.goto(f"file://{path}#attention&{names}")
        expect(offline.get_by_test_id(ready)).to_be_visible(timeout=60_000)
        return offline

    return open_page


def test_the_views_show_the_weights_of_the_model(
    opened: Open, made: tuple[AttentionPage, dict[int, Weights]]
) -> None:
    page = opened("head-view", view="head")
    for step, weights in sorted(made[1].items(), reverse=True):
        expect(page.get_by_test_id("status-step")).to_have_text(str(step))
        expected = float(weights[LAYER, HEAD, QUERY, KEY])
        reads(page.get_by_test_id("status-weight"), expected)
        page.get_by_test_id("view-neuron").click()
        expect(page.get_by_test_id("neuron-view")).to_be_visible()
        reads(page.get_by_test_id("neuron-score").locator("td").last, expected)
        page.get_by_test_id("view-model").click()
        expect(page.get_by_test_id("model-enlarged")).to_be_visible()
        reads(page.get_by_test_id("status-weight"), expected)
        if step:
            page.get_by_test_id("view-head").click()
            page.keyboard.press("ArrowLeft")


def test_two_steps_are_compared(
    opened: Open, made: tuple[AttentionPage, dict[int, Weights]]
) -> None:
    page = opened("head-view", view="head", compare="both", with_step=0)
    pair = page.get_by_test_id("head-pair").locator("b")
    for shown, step in ((pair.nth(-2), 6), (pair.last, 0)):
        reads(shown, float(made[1][step][LAYER, HEAD, QUERY, KEY]))


def test_the_overview_has_what_only_python_computes(opened: Open) -> None:
    page = opened("overview-view", view="overview")
    expect(page.get_by_test_id("status-step")).to_have_text("6")
    expect(page.get_by_test_id("findings")).to_be_visible()


@pytest.mark.parametrize("name", ["gemma2", "llama"])
def test_a_model_with_more_to_its_attention(name: str, offline: Page, tmp_path: Path) -> None:
    model = random_model(name, DECODERS[name]).eval()
    path = show(model, IDS).save(tmp_path / "attention.html")
    weights = eager(model)
    layer, head = len(weights) - 1, weights.shape[1] - 1
    state = {"view": "head", "layer": layer, "head": head, "heads": head, "query": 9, "key": 8}
    names = urlencode({f"p.attention.{name}": value for name, value in state.items()})
    offline.goto(f"file://{path}#attention&{names}")
    expect(offline.get_by_test_id("head-view")).to_be_visible(timeout=60_000)
    reads(offline.get_by_test_id("status-weight"), float(weights[layer, head, 9, 8]))


def test_layers_that_are_not_held_are_said(offline: Page, tmp_path: Path) -> None:
    path = show(gpt2(**SIZES), IDS, layers=[0]).save(tmp_path / "attention.html")
    offline.goto(f"file://{path}#attention&p.attention.view=head&p.attention.layer=1")
    expect(offline.get_by_test_id("error")).to_contain_text(
        "This page holds queries and keys of the layers 0, not of layer 1", timeout=60_000
    )


def test_the_tab_saves_what_it_shows_as_such_a_page(
    page: Page, tab: Callable[..., Page], chromium: Browser, tmp_path: Path
) -> None:
    frame = tab(view="head", layer=2, head=1, heads=1, step=10, query=7, key=3)
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    weight = number(frame.get_by_test_id("status-weight").inner_text())
    name, content = saved(page, frame, "page")
    assert name.endswith(".html")
    path = tmp_path / name
    path.write_bytes(content)
    with checked_page(chromium) as other:
        other.context.set_offline(True)
        other.goto(f"file://{path}")
        expect(other.get_by_test_id("head-view")).to_be_visible(timeout=60_000)
        expect(other.get_by_test_id("status-step")).to_have_text("10")
        reads(other.get_by_test_id("status-weight"), weight)
        other.get_by_test_id("export").click()
        expect(other.get_by_test_id("export-page")).to_have_attribute("aria-disabled", "true")
        expect(other.get_by_test_id("export-page")).to_contain_text("this is one")
        expect(other.get_by_test_id("export-link")).to_have_attribute("aria-disabled", "false")


def notebook_page(made: tuple[AttentionPage, dict[int, Weights]], path: Path) -> Path:
    """A page with two cells of a notebook that show the same, and keys of its own."""
    cell = made[0]._repr_html_()
    keys = "document.addEventListener('keydown', (event) => { window.keys += event.key; });"
    path.write_text(
        f"<!doctype html><meta charset='utf-8'><body><input id='cell'>{cell}{cell}"
        f"<script>window.keys = ''; {keys}</script></body>"
    )
    return path


def frame(page: Page, number: int) -> FrameLocator:
    return page.frame_locator("iframe").nth(number)


def test_frames_of_a_notebook_do_not_disturb_each_other(
    offline: Page, made: tuple[AttentionPage, dict[int, Weights]], tmp_path: Path
) -> None:
    offline.set_viewport_size({"width": 1200, "height": 1500})
    offline.goto(f"file://{notebook_page(made, tmp_path / 'notebook.html')}")
    for place in (0, 1):
        expect(frame(offline, place).get_by_test_id("status-step")).to_have_text(
            "6", timeout=60_000
        )
    offline.locator("#cell").click()
    offline.keyboard.type("3 words")
    assert offline.evaluate("keys") == "3 words"
    expect(frame(offline, 0).get_by_test_id("head-view")).to_have_count(0)
    before = offline.evaluate("[location.href, history.length]")
    frame(offline, 0).get_by_test_id("view-head").click()
    offline.keyboard.press("ArrowLeft")
    expect(frame(offline, 0).get_by_test_id("status-step")).to_have_text("0")
    expect(frame(offline, 0).get_by_test_id("head-view")).to_be_visible()
    expect(frame(offline, 1).get_by_test_id("status-step")).to_have_text("6")
    expect(frame(offline, 1).get_by_test_id("head-view")).to_have_count(0)
    frame(offline, 0).get_by_test_id("export").click()
    link = frame(offline, 0).get_by_test_id("export-link")
    expect(link).to_have_attribute("aria-disabled", "true")
    assert offline.evaluate("[location.href, history.length]") == before
    assert offline.evaluate("keys") == "3 words"
