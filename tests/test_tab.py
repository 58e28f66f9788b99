"""The tab in a real TensorBoard and Chromium.

The views show one selection, the address holds it, and states without data say so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from playwright.sync_api import expect
from transformers import GPT2Config, GPT2LMHeadModel, set_seed

from tb_attention import AttentionLogger
from tests.support.board import tensorboard

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Locator, Page

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
QUERY, KEY = 10, 4
TOLERANCE = 2e-3

Logged = tuple[str, torch.Tensor]
"""Address of TensorBoard, and the model's own eager attention, float32 [layers, heads, T, T]."""


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    logdir = tmp_path_factory.mktemp("logs")
    set_seed(0)
    config = GPT2Config(
        vocab_size=16, n_positions=16, n_embd=32, n_layer=2, n_head=4, initializer_range=0.5
    )
    model = GPT2LMHeadModel(config).eval()
    with AttentionLogger(logdir / "tiny") as logger:
        for step in (0, 3, 6):
            logger.log(model, IDS, tag="probe", step=step)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(torch.tensor([IDS]), output_attentions=True).attentions
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logdir}") as url:
        yield url, torch.cat(list(attentions))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that fails the test when a script on it fails."""
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    page.close()
    assert failures == []


def tab(page: Page) -> FrameLocator:
    frame = page.frame_locator("iframe[src*='name=attention']")
    expect(frame.get_by_test_id("probe-size")).to_contain_text("12 tokens", timeout=30_000)
    return frame


def shows(shown: Locator, expected: torch.Tensor) -> None:
    """Waits until the number on the screen is the expected one, at most ten seconds."""
    number = float("nan")
    for _ in range(100):
        number = float(shown.inner_text().replace("\N{MINUS SIGN}", "-"))
        if abs(number - float(expected)) <= TOLERANCE:
            return
        time.sleep(0.1)
    pytest.fail(f"{number} is shown, the model has {float(expected)}")


def test_all_views_show_the_same_weight(page: Page, logged: Logged) -> None:
    address, eager = logged
    page.goto(
        f"{address}#attention&p.attention.view=head&p.attention.layer=1&p.attention.head=3"
        f"&p.attention.heads=3&p.attention.query={QUERY}&p.attention.key={KEY}"
    )
    frame, expected = tab(page), eager[1, 3, QUERY, KEY]
    shows(frame.get_by_test_id("status-weight"), expected)
    frame.get_by_test_id("view-neuron").click()
    expect(frame.get_by_test_id("neuron-view")).to_be_visible()
    shows(frame.get_by_test_id("neuron-score").locator("td").last, expected)
    frame.get_by_test_id("view-model").click()
    expect(frame.get_by_test_id("model-enlarged")).to_be_visible()
    shows(frame.get_by_test_id("status-weight"), expected)


def test_a_link_opens_the_same_state(page: Page, logged: Logged) -> None:
    page.goto(f"{logged[0]}#attention")
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
    page.goto(f"{logged[0]}#attention&p.attention.step=0")
    frame = tab(page)
    frame.get_by_test_id("layer-0").click()
    page.keyboard.press("ArrowRight")
    expect(frame.get_by_test_id("step-now")).to_have_text("3")
    page.keyboard.press("ArrowDown")
    expect(frame.get_by_test_id("status-layer")).to_have_text("1")


def test_chosen_heads_of_the_training_batch(page: Page, tmp_path: Path) -> None:
    set_seed(0)
    config = GPT2Config(
        vocab_size=16, n_positions=16, n_embd=32, n_layer=2, n_head=4, initializer_range=0.5
    )
    model = GPT2LMHeadModel(config).eval()
    with AttentionLogger(tmp_path / "logs" / "tiny", heads=[1, 3]) as logger:
        for step in (0, 1):
            with logger.capture(model, tag="batch", step=step):
                model(torch.tensor([IDS]))
    model.set_attn_implementation("eager")
    with torch.no_grad():
        own = model(torch.tensor([IDS]), output_attentions=True).attentions[1][0, :, QUERY]
    key = int((own[1] - own[3]).abs().argmax())
    with tensorboard(tmp_path, f"--logdir={tmp_path / 'logs'}") as url:
        page.goto(
            f"{url}#attention&p.attention.view=neuron&p.attention.layer=1&p.attention.head=2"
            f"&p.attention.query={QUERY}&p.attention.key={key}"
        )
        frame = tab(page)
        expect(frame.get_by_test_id("probe-batch")).to_contain_text("another text at each step")
        expect(frame.get_by_test_id("head-tile-2")).to_be_disabled()
        expect(frame.get_by_test_id("neuron-view")).to_contain_text("Layer 1, head 1")
        shows(frame.get_by_test_id("neuron-score").locator("td").last, own[1, key])
        frame.get_by_test_id("head-tile-3").click()
        shows(frame.get_by_test_id("neuron-score").locator("td").last, own[3, key])


def test_an_empty_log_directory_says_how_to_log(page: Page, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with tensorboard(tmp_path, f"--logdir={tmp_path / 'nothing'}") as url:
        # TensorBoard shows no tab of a plugin that has no data; this is the page that the tab would
        # show.
        page.goto(f"{url}data/plugin_entry.html?name=attention")
        expect(page.get_by_test_id("empty")).to_contain_text("AttentionCallback", timeout=30_000)
