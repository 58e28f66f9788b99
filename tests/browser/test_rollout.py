"""The rollout of the model view against the product of the weights that the server gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.request import urlopen

import numpy as np
import pytest
from playwright.sync_api import expect
from safetensors.numpy import load

if TYPE_CHECKING:
    from playwright.sync_api import Page


def weights(board: str, layer: int) -> np.ndarray:
    query = f"run=base&tag=probe&step=0&layer={layer}"
    with urlopen(f"{board}data/plugin/attention/weights?{query}") as answer:
        return load(answer.read())["weights"].astype(np.float64)


def test_the_rollout_is_the_product_of_the_weights(
    tab: Callable[..., Page], journey_board: str
) -> None:
    page = tab(view="model", step=0)
    page.get_by_test_id("model-rollout").click()
    expected: np.ndarray | None = None
    for layer in range(2):
        mixed = weights(journey_board, layer).mean(axis=0)
        mixed = mixed + np.eye(len(mixed))
        mixed /= mixed.sum(axis=1, keepdims=True)
        expected = mixed if expected is None else mixed @ expected
        page.get_by_test_id("rollout-layer").select_option(str(layer))
        expect(page.get_by_test_id("rollout-note")).to_contain_text(f"after layer {layer},")
        text = page.get_by_test_id("rollout-exact")
        expect(text).to_contain_text(re.compile(r"largest: .* \d\.\d+"))
        shown = float(text.inner_text().split()[-1])
        assert shown == pytest.approx(expected[1:].max(), abs=1e-4)
    expect(page).to_have_url(re.compile("cells=rollout"))
