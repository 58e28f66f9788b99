"""What heads do to the output, in a real TensorBoard and Chromium: measured, estimated, neither."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tb_attention.record.capture import Capture
from tests.support import constructed
from tests.support.board import tensorboard
from tests.support.effects import NAN, effect, with_effects
from tests.support.pages import frame_of, open_tab, tab_url

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

TOKENS = 12
CELL = 22 + 34 * 0.5, 16 + 34 * 0.5
"""The middle of the first cell of the matrix, whose cells are 34 pixels wide."""

EXACT = [[0.842, 0.0, NAN, -0.0008], [-0.25, NAN, 0.02, NAN], [0.01, -0.015, 0.002, NAN]]
ESTIMATE = [[2.1, 0.0, 0.031, -0.001], [-0.2, NAN, 0.03, 0.5], [0.01, 0, 0, -0.7]]
CONTROLS = [(1, 2), (2, 0), (2, 1), (2, 2)]
ANSWERED = [[0.41, 0.0, NAN, NAN], [NAN, NAN, 0.02, NAN], [0.01, -0.015, 0.002, NAN]]


def capture(turn: float) -> Capture:
    loss = effect(
        "loss",
        [[turn * each for each in row] for row in EXACT],
        estimate=ESTIMATE,
        controls=CONTROLS,
        value=4 - turn,
    )
    answer = effect("answer", ANSWERED, controls=CONTROLS, value=turn)
    losses = (NAN, *[turn + 0.25 * at for at in range(1, TOKENS)])
    made = constructed.capture(constructed.words(TOKENS), turn=turn)
    return with_effects(made, loss, answer, losses=losses)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logs: Path = tmp_path_factory.mktemp("logs")
    constructed.write(logs / "one", "probe", {step: capture(step / 10) for step in (5, 10)})
    plain = constructed.capture(constructed.words(TOKENS))
    constructed.write(logs / "plain", "probe", {5: plain})
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logs}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"answers": True}


def opened(page: Page, address: str, **state: object) -> FrameLocator:
    return open_tab(page, address, "step-now", run="one", tag="probe", **state)


def told_at(tab: FrameLocator, layer: int, head: int) -> Locator:
    """What the status bar says of the cell under the pointer."""
    x, y = CELL
    tab.get_by_test_id("metric-matrix").hover(position={"x": x + 34 * head, "y": y + 34 * layer})
    return tab.get_by_test_id("status-text")


def test_the_matrix_says_effects_with_their_unit_and_controls(page: Page, address: str) -> None:
    tab = opened(page, address, view="overview", metric="loss_effect", step=10)
    expect(told_at(tab, 0, 0)).to_have_text(
        "effect on the loss 0.84 nats; 4 random heads: 0.02 at most"
    )
    expect(told_at(tab, 0, 1)).to_have_text(
        "effect on the loss 0 nats; 4 random heads: 0.02 at most"
    )
    expect(told_at(tab, 0, 3)).to_contain_text("effect on the loss −0.0008 nats")
    expect(told_at(tab, 0, 2)).to_have_text("effect on the loss not measured, estimate 0.031 nats")
    expect(told_at(tab, 1, 1)).to_have_text("effect on the loss not measured")
    legend = tab.get_by_test_id("metric-legend")
    expect(legend).to_contain_text("−0.84")
    expect(legend).to_contain_text("0.84 nats")
    expect(legend).to_contain_text("estimate")
    expect(legend).to_contain_text("not measured")


def test_heads_are_ranked_by_what_was_measured_then_by_estimates(page: Page, address: str) -> None:
    tab = opened(page, address, view="overview", ranking="effects", step=10)
    rows = tab.get_by_test_id("matters-most").locator("tbody tr")
    expect(rows.first).to_contain_text("L0 H0")
    shown = [row.locator("td").all_inner_texts() for row in rows.all()]
    assert [(row[0], row[-1].strip()) for row in shown] == [
        ("L0 H0", "0.84"),
        ("L1 H0", "−0.25"),
        ("L1 H2", "0.02"),
        ("L2 H1", "−0.015"),
        ("L2 H0", "0.01"),
        ("L2 H2", "0.002"),
        ("L0 H3", "−0.0008"),
        ("L0 H1", "0"),
        ("L2 H3", "≈ −0.70"),
        ("L1 H3", "≈ 0.50"),
        ("L0 H2", "≈ 0.031"),
    ]
    expect(tab.get_by_test_id("effect-caption")).to_contain_text("4 random heads: 0.02 at most")
    expect(tab.get_by_test_id("effect-caption")).to_contain_text("can stand in for each other")
    rows.nth(1).get_by_role("button").click()
    expect(tab.get_by_test_id("metric")).to_have_value("loss_effect")
    expect(tab.get_by_test_id("status-layer")).to_have_text("1")
    tab.get_by_test_id("effect-number-answer").click()
    expect(rows.first).to_contain_text("0.41")


def cells(tab: FrameLocator) -> list[str]:
    """The cells of the grid in the order in which they stand."""
    found: list[str] = tab.locator("[data-testid^=model-cell-]").evaluate_all(
        "all => all.sort((a, b) => a.offsetTop - b.offsetTop || a.offsetLeft - b.offsetLeft)"
        ".map(each => each.dataset.testid.slice(11))"
    )
    return found


def test_tiles_and_the_model_view_know_effects(page: Page, address: str) -> None:
    tab = opened(page, address, view="model", layer=0, head=1, step=10)
    expect(tab.get_by_test_id("head-tile-0")).to_have_attribute(
        "title", re.compile("effect on the loss 0.84 nats; 4 random heads: 0.02 at most")
    )
    expect(tab.get_by_test_id("head-tile-2")).to_have_attribute(
        "title", re.compile("effect on the loss estimate 0.031 nats")
    )
    tab.get_by_test_id("model-sort").select_option("loss_effect")
    tab.get_by_test_id("model-cell-0-0").hover()
    expect(tab.get_by_test_id("model-tip")).to_contain_text(
        "loss: 0.84 nats; 4 random heads: 0.02 at most"
    )
    assert cells(tab)[:4] == ["0-0", "1-0", "1-2", "2-1"]
    assert cells(tab)[-4:] == ["2-3", "1-3", "0-2", "1-1"]
    tab.get_by_test_id("model-ascending").click()
    expect(tab.get_by_test_id("model-ascending")).to_have_text("↑")
    assert cells(tab)[:2] == ["0-1", "0-3"]
    tab.get_by_test_id("model-which").click()
    tab.get_by_test_id("model-effect").select_option("out")
    expect(tab.get_by_test_id("model-cell-0-1")).to_have_count(0)
    assert cells(tab) == ["1-0", "0-0"]
    tab.get_by_test_id("model-effect").select_option("small")
    expect(tab.get_by_test_id("model-cell-0-0")).to_have_count(0)
    assert cells(tab) == ["0-1", "0-3"]


def test_the_loss_stands_above_the_lines_on_the_same_steps(page: Page, address: str) -> None:
    tab = opened(page, address, view="overview", step=10)
    now = tab.get_by_test_id("output-now")
    expect(now).to_have_text("loss of the text 3.00 nats a token")
    strip, lines = tab.get_by_test_id("output-lines"), tab.get_by_test_id("trajectories")
    above, below = strip.bounding_box(), lines.bounding_box()
    assert above is not None and below is not None
    assert (above["x"], above["width"]) == (below["x"], below["width"])
    assert above["y"] + above["height"] <= below["y"]
    strip.click(position={"x": 46, "y": 30})
    expect(tab.get_by_test_id("status-step")).to_have_text("5")
    expect(now).to_have_text("loss of the text 3.50 nats a token")
    tab.get_by_test_id("output-answer").click()
    expect(now).to_have_text("“·she” over “·he” 0.50 logits")
    assert "p.attention.effect=answer" in page.url


def test_losses_stand_under_the_words(page: Page, address: str) -> None:
    tab = opened(page, address, view="head", drawing="text", step=10)
    text = tab.get_by_test_id("head-text")
    expect(tab.get_by_test_id("head-view")).to_contain_text("Lines: losses, at most 3.75 nats.")
    text.hover(position={"x": 70, "y": 15})
    expect(tab.get_by_test_id("status-pair")).to_contain_text("doctor")
    expect(tab.get_by_test_id("status-loss")).to_have_text("1.25")
    expect(tab.locator(".tip")).to_contain_text("loss 1.25 nats")
    text.hover(position={"x": 12, "y": 15})
    expect(tab.get_by_test_id("status-loss")).to_have_count(0)
    tab.get_by_test_id("head-losses").click()
    expect(tab.get_by_test_id("head-view")).not_to_contain_text("Lines: losses")


def test_a_finding_leads_to_its_head_step_and_metric(page: Page, address: str) -> None:
    tab = opened(page, address, view="overview", step=5, layer=2, head=1)
    tab.get_by_text(
        "Layer 0 head 0 makes ' she' likelier than ' he' by 0.41 logits at step 10 (4 random "
        "heads: at most 0.02)."
    ).click()
    expect(tab.get_by_test_id("metric")).to_have_value("answer_effect")
    expect(tab.get_by_test_id("status-step")).to_have_text("10")
    expect(tab.get_by_test_id("status-layer")).to_have_text("0")
    expect(tab.get_by_test_id("status-pair")).to_contain_text("query 3")


def test_a_probe_without_effects_has_no_place_for_them(page: Page, address: str) -> None:
    page.goto(tab_url(address, run="plain", tag="probe", view="overview"))
    tab = frame_of(page)
    expect(tab.get_by_test_id("metric-matrix")).to_be_visible()
    expect(tab.get_by_role("tab", name="Matters most")).to_have_count(0)
    expect(tab.get_by_test_id("output-strip")).to_have_count(0)


def test_the_pair_finder_has_effects_beside_the_weights(page: Page, address: str) -> None:
    tab = opened(
        page, address, view="overview", panel="pair", query=6, key=2, step=10, pair_order="effect"
    )
    rows = tab.get_by_test_id("pair-heads").locator("tbody tr")
    expect(rows).to_have_count(12)
    # Measured where heads were cut, estimated elsewhere; by size, whichever it is.
    expect(rows.nth(0)).to_contain_text(re.compile(r"L0 H0.*\+0\.84$"))
    expect(rows.nth(1)).to_contain_text(re.compile(r"L2 H3.*≈ −0\.70$"))
    expect(rows.nth(2)).to_contain_text(re.compile(r"L1 H3.*≈ \+0\.50$"))
    expect(tab.get_by_test_id("pair-effect-note")).to_contain_text("4 random heads: 0.02 at most")
