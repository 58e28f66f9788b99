"""Logs for the neuron view, and what opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from tb_attention import AttentionLogger, log_arrays
from tb_attention.capture import capture
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.board import tensorboard
from tests.support.neuron_view import MODELS, STEPS, Open, constructed
from tests.support.own_attention import own_attention

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, torch.Tensor]]:
    """A log directory, and run -> the model's own eager weights.

    [heads, queries, keys] of layer 0 of its stack.
    """
    logs, own = tmp_path_factory.mktemp("neurons"), {}
    for name, (stack, _, _) in MODELS.items():
        architecture = ARCHITECTURES[name]
        given = inputs(random_model(name, architecture), architecture)
        with AttentionLogger(logs / name) as logger:
            logger.write(capture(random_model(name, architecture), given), tag="probe", step=0)
        own[name] = own_attention(random_model(name, architecture, "eager"), given)[stack][0]
    words = [f" w{place}" for place in range(64)]
    with AttentionLogger(logs / "made") as logger:
        for step in range(0, STEPS + 1, 2):
            query, key = constructed(step)
            log_arrays(logger, words, query=[query], key=[key], tag="decay", step=step)
        query, key = (array[:, :9, :8].copy() for array in constructed(STEPS))
        query[0, 7, 3], key[0, 2, 5] = np.nan, np.inf
        log_arrays(logger, words[:9], query=[query], key=[key], tag="broken", step=STEPS)
        weights = np.tril(np.ones((1, 9, 9), np.float32)) / np.arange(1, 10)[:, None]
        log_arrays(logger, words[:9], [weights], tag="weights", step=STEPS)
        query, key = constructed(STEPS, 4096, 64)
        log_arrays(
            logger,
            [f" w{place}" for place in range(4096)],
            query=[query],
            key=[key],
            tag="long",
            step=STEPS,
        )
    return logs, own


@pytest.fixture(scope="module")
def board(
    models: tuple[Path, dict[str, torch.Tensor]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={models[0]}") as url:
        yield url


@pytest.fixture
def neuron_view(page: Page, board: str) -> Open:
    """Opens the neuron view: neuron_view(run="gpt2", tag="probe", query=8 ...)."""

    def open_view(**state: str | int) -> Page:
        values = {"view": "neuron", "run": "made", "tag": "decay", **state}
        query = urlencode({f"p.attention.{name}": value for name, value in values.items()})
        page.goto(f"{board}data/plugin_entry.html?name=attention#attention&{query}")
        expect(page.get_by_test_id(f"{values['view']}-view")).to_be_visible()
        return page

    return open_view
