"""From training to the tab.

Real Trainers log, a real TensorBoard serves, Chromium shows, and the numbers are the model's own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
import transformers
from playwright.sync_api import expect
from transformers import TrainerCallback

from tb_attention import AttentionCallback
from tb_attention.demo.run import run_demo
from tests.support.board import tensorboard
from tests.support.pages import frame_of, reads, tab_url

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page


PROBE = [7, 3, 11, 19, 3, 11, 5, 2, 7, 13]
STEPS = (0, 5, 10)


class EagerAttention(TrainerCallback):
    """Keeps, of each logged step, the eager attention of the same model.

    Step -> [layers, heads, queries, keys].
    """

    def __init__(self) -> None:
        self.weights: dict[int, npt.NDArray[np.float32]] = {}

    def on_step_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        if state.global_step == 0:
            self._keep(0, given["model"])

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        if state.global_step in STEPS:
            self._keep(state.global_step, given["model"])

    def _keep(self, step: int, model: Any) -> None:
        config = copy.deepcopy(model.config)
        config._attn_implementation = "eager"
        eager = transformers.GPT2LMHeadModel(config).eval()
        eager.load_state_dict(model.state_dict())
        with torch.no_grad():
            attentions = eager(torch.tensor([PROBE]), output_attentions=True).attentions
        self.weights[step] = torch.stack(attentions)[:, 0].numpy()


def train(run: Path) -> dict[int, npt.NDArray[np.float32]]:
    """Ten steps of a tiny GPT-2, logged to `run`; the model's own weights at each logged step."""
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=20,
        n_positions=16,
        n_embd=32,
        n_layer=2,
        n_head=4,
        initializer_range=0.2,
        bos_token_id=0,
        eos_token_id=0,
    )
    ids = torch.randint(20, (80, 12), generator=torch.Generator().manual_seed(0))
    oracle = EagerAttention()
    transformers.Trainer(
        transformers.GPT2LMHeadModel(config),
        transformers.TrainingArguments(
            output_dir=str(run / "out"),
            max_steps=10,
            per_device_train_batch_size=8,
            learning_rate=2e-2,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            disable_tqdm=True,
        ),
        train_dataset=[{"input_ids": row, "labels": row} for row in ids],
        callbacks=[oracle, AttentionCallback({"probe": PROBE}, every=5, writer=run)],
    ).train()
    return oracle.weights


@pytest.fixture(scope="module")
def logs(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[int, npt.NDArray[np.float32]]]:
    logdir = tmp_path_factory.mktemp("logs")
    run_demo(logdir, steps=2, show=False)
    return logdir, train(logdir / "journey")


@pytest.fixture(scope="module")
def address(logs: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logs[0]}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"answers": True}


def test_the_number_in_the_tab_is_the_models_own_at_every_step(
    page: Page, address: str, logs: tuple[Path, dict[int, npt.NDArray[np.float32]]]
) -> None:
    own = logs[1]
    # The weight that training changes most: a number that stood still would be seen.
    change = np.abs(own[10] - own[0])
    layer, head, query, key = (
        int(place) for place in np.unravel_index(change.argmax(), change.shape)
    )
    assert change.max() > 0.05
    page.goto(tab_url(address))
    tab = frame_of(page)
    tab.locator(".run label", has=tab.get_by_test_id("run-journey")).click()
    tab.get_by_test_id("view-head").click()
    tab.get_by_test_id(f"layer-{layer}").click()
    tab.get_by_test_id(f"head-tile-{head}").dblclick()
    pin(tab.get_by_test_id("head-column-query"), query)
    pin(tab.get_by_test_id("head-column-key"), key)
    shows(tab, 10, own[10][layer, head, query, key])
    tab.get_by_test_id("step-previous").click()
    shows(tab, 5, own[5][layer, head, query, key])
    tab.get_by_test_id("step-first").click()
    shows(tab, 0, own[0][layer, head, query, key])


@pytest.mark.parametrize("view", ["model", "head", "neuron"])
@pytest.mark.parametrize(("run", "tag"), [("text", "passage"), ("repeats", "repeated")])
def test_every_view_shows_the_demo(page: Page, address: str, run: str, tag: str, view: str) -> None:
    page.goto(tab_url(address, run=run, tag=tag, view=view))
    tab = frame_of(page)
    expect(tab.get_by_test_id(f"{view}-view")).to_be_visible()
    expect(tab.get_by_test_id("step-now")).to_have_text("2")
    expect(tab.get_by_test_id("error")).to_have_count(0)


def pin(column: Locator, token: int) -> None:
    """Chooses a token with the keyboard."""
    column.focus()
    column.press("Home")
    for _ in range(token):
        column.press("ArrowDown")
    column.press("Enter")


def shows(tab: FrameLocator, step: int, weight: float) -> None:
    """Waits until the status bar tells this weight at this step."""
    expect(tab.get_by_test_id("status-step")).to_have_text(str(step))
    reads(tab.get_by_test_id("status-weight"), weight)
