"""The tab in a real TensorBoard and Chromium.

The views show one selection, the address holds it, and states without data say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
from playwright.sync_api import expect

from tb_attention import AttentionLogger
from tests.support.board import tensorboard
from tests.support.models import gpt2
from tests.support.pages import frame_of, reads, tab_url

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
QUERY, KEY = 10, 4
SIZES = {"vocab_size": 16, "n_positions": 16, "n_embd": 32, "n_head": 4, "initializer_range": 0.5}

Logged = tuple[str, torch.Tensor]
"""Address of TensorBoard, and the model's own eager attention, float32 [layers, heads, T, T]."""


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    logdir = tmp_path_factory.mktemp("logs")
    model = gpt2(**SIZES).eval()
    with AttentionLogger(logdir / "tiny") as logger:
        for step in (0, 3, 6):
            logger.log(model, IDS, tag="probe", step=step)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(torch.tensor([IDS]), output_attentions=True).attentions
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logdir}") as url:
        yield url, torch.cat(list(attentions))


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"width": 1400, "height": 900}


def tab(page: Page) -> FrameLocator:
    frame = frame_of(page)
    expect(frame.get_by_test_id("probe-size")).to_contain_text("12 tokens")
    return frame


def test_all_views_show_the_same_weight(page: Page, logged: Logged) -> None:
    address, eager = logged
    page.goto(tab_url(address, view="head", layer=1, head=3, heads=3, query=QUERY, key=KEY))
    frame, expected = tab(page), float(eager[1, 3, QUERY, KEY])
    reads(frame.get_by_test_id("status-weight"), expected)
    frame.get_by_test_id("view-neuron").click()
    expect(frame.get_by_test_id("neuron-view")).to_be_visible()
    reads(frame.get_by_test_id("neuron-score").locator("td").last, expected)
    frame.get_by_test_id("view-model").click()
    expect(frame.get_by_test_id("model-enlarged")).to_be_visible()
    reads(frame.get_by_test_id("status-weight"), expected)


def test_a_link_opens_the_same_state(page: Page, logged: Logged) -> None:
    page.goto(tab_url(logged[0]))
    frame = tab(page)
    frame.get_by_test_id("layer-1").click()
    frame.get_by_test_id("head-tile-3").dblclick()
    frame.get_by_test_id("step-previous").click()
    frame.get_by_test_id("view-neuron").click()
    page.wait_for_function(
        "location.hash.includes('p.attention.view=neuron') && "
        "location.hash.includes('p.attention.step=3')"
    )
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    frame = tab(page)
    expect(frame.get_by_test_id("neuron-view")).to_contain_text("Layer 1, head 3")
    expect(frame.get_by_test_id("step-now")).to_have_text("3")


def test_keys_move_step_and_layer(page: Page, logged: Logged) -> None:
    page.goto(tab_url(logged[0], step=0))
    frame = tab(page)
    frame.get_by_test_id("layer-0").click()
    page.keyboard.press("ArrowRight")
    expect(frame.get_by_test_id("step-now")).to_have_text("3")
    page.keyboard.press("ArrowDown")
    expect(frame.get_by_test_id("status-layer")).to_have_text("1")


def test_chosen_heads_of_the_training_batch(page: Page, tmp_path: Path) -> None:
    model = gpt2(**SIZES).eval()
    with AttentionLogger(tmp_path / "logs" / "tiny", heads=[1, 3]) as logger:
        for step in (0, 1):
            with logger.capture(model, tag="batch", step=step):
                model(torch.tensor([IDS]))
    model.set_attn_implementation("eager")
    with torch.no_grad():
        own = model(torch.tensor([IDS]), output_attentions=True).attentions[1][0, :, QUERY]
    key = int((own[1] - own[3]).abs().argmax())
    with tensorboard(tmp_path, f"--logdir={tmp_path / 'logs'}") as url:
        page.goto(tab_url(url, view="neuron", layer=1, head=2, query=QUERY, key=key))
        frame = tab(page)
        expect(frame.get_by_test_id("probe-batch")).to_contain_text("another text at each step")
        expect(frame.get_by_test_id("head-tile-2")).to_be_disabled()
        expect(frame.get_by_test_id("neuron-view")).to_contain_text("Layer 1, head 1")
        reads(frame.get_by_test_id("neuron-score").locator("td").last, float(own[1, key]))
        frame.get_by_test_id("head-tile-3").click()
        reads(frame.get_by_test_id("neuron-score").locator("td").last, float(own[3, key]))


def test_an_empty_log_directory_says_how_to_log(page: Page, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with tensorboard(tmp_path, f"--logdir={tmp_path / 'nothing'}") as url:
        # TensorBoard shows no tab of a plugin that has no data; this is the page that the tab would
        # show.
        page.goto(f"{url}data/plugin_entry.html?name=attention")
        expect(page.get_by_test_id("empty")).to_contain_text("AttentionCallback")
