"""A run that diverges: the tab shows what is infinite and what is no number, and says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import expect

from tb_attention import log_arrays
from tests.support.board import tensorboard
from tests.support.pages import checked_page, frame_of, tab_url

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_a_run_that_diverges_shows_what_it_is(tmp_path: Path, chromium: Browser) -> None:
    q = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    for step, (factor, scale) in enumerate([(1, 0.5), (1e30, 0.5), (1, np.inf), (np.nan, 0.5)]):
        given = {"query": [factor * q], "key": [factor * q], "scale": scale}
        log_arrays(str(tmp_path / "run"), list("abcdef"), tag="probe", step=step, **given)
    with (
        tensorboard(tmp_path / "board", f"--logdir={tmp_path / 'run'}") as url,
        checked_page(chromium, 1400, 900, answers=True) as page,
    ):
        tab = frame_of(page)

        def show(view: str, **state: object) -> None:
            page.goto("about:blank")
            page.goto(tab_url(url, view=view, **state))

        show("overview", step=1, metric="max_logit")
        expect(tab.get_by_test_id("gaps")).to_have_text(
            "· gaps: NaN at 1 step, infinite at 2 steps"
        )
        expect(tab.get_by_text("that are not a number").first).to_be_visible()
        show("neuron", step=2, layer=0, head=1)
        expect(tab.get_by_text("× scale ∞").first).to_be_visible()
        for view in ("model", "head", "neuron"):
            show(view, step=3, layer=0, head=1, heads="0.1")
            expect(tab.get_by_test_id("step-now")).to_have_text("3")
            said = {
                "model": "NaN in 2 heads",
                "head": "72 weights are not numbers (NaN) and cannot be drawn.",
                "neuron": "the weights of this query are not numbers",
            }
            expect(tab.get_by_text(said[view]).first).to_be_visible()
