"""Scores and softmax of the neuron view, of real models and of heads that are constructed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tests.support.neuron_view import (
    FALLING,
    KEY,
    MODELS,
    QUERY,
    STEPS,
    TOLERANCE,
    Open,
    constructed,
    products,
)
from tests.support.pages import number, reads

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize("name", MODELS)
def test_the_softmax_is_the_models_own_and_that_of_the_head_view(
    neuron_view: Open, models: tuple[Path, dict[str, torch.Tensor]], name: str
) -> None:
    stack, notes, lines = MODELS[name]
    head = 1
    expected = float(models[1][name][head, QUERY, KEY])
    state = {
        "run": name,
        "tag": "probe",
        "stack": stack,
        "head": head,
        "heads": head,
        "query": QUERY,
        "key": KEY,
    }
    page = neuron_view(**state)
    score = page.get_by_test_id("neuron-score")
    reads(score.locator("td").last, expected)
    assert score.locator("th").all_inner_texts() == [*lines, "softmax"]
    for note in notes:
        expect(page.get_by_test_id("neuron-view")).to_contain_text(note)
    shown = number(score.locator("td").last.inner_text())
    neuron_view(**{**state, "view": "head"})
    reads(page.get_by_test_id("status-weight"), shown, 1e-4)


def test_the_sink_takes_what_is_missing(
    neuron_view: Open, models: tuple[Path, dict[str, torch.Tensor]]
) -> None:
    """Scores, the sink's too, are those that make the model's own weights."""
    taken = 1 - models[1]["gpt_oss"].sum(dim=-1)
    head, query = (
        int(place) for place in np.unravel_index(int((taken - 0.5).abs().argmin()), taken.shape)
    )
    page = neuron_view(run="gpt_oss", tag="probe", head=head, query=query, key=query)
    score, sink, weight = (
        number(text) for text in page.get_by_test_id("neuron-score").locator("td").all_inner_texts()
    )
    missing = float(taken[head, query])
    assert missing > 0.1
    assert np.exp(sink - score) * weight == pytest.approx(missing, abs=TOLERANCE)


def test_a_cell_is_pinned_and_told_with_the_sum_that_it_enters(neuron_view: Open) -> None:
    page = neuron_view(query=40, order="index")
    strips = page.get_by_test_id("neuron-canvas")
    # The keyboard's cursor goes along the row that is taken apart; Enter pins the cell.
    strips.focus()
    for _ in range(FALLING + 1):
        strips.press("ArrowRight")
    status = page.get_by_test_id("status-text")
    expect(status).to_contain_text(f"neuron {FALLING}: q 1.0000")
    key = int(page.get_by_test_id("status-pair").locator("b").nth(2).inner_text())
    of = products(STEPS, 40, key)
    assert number(status.inner_text().split("contribution ")[1].split(" to")[0]) == pytest.approx(
        of[FALLING], abs=TOLERANCE
    )
    assert number(status.inner_text().split("sum of ")[1]) == pytest.approx(of.sum(), abs=5e-3)
    strips.press("Enter")
    one = page.get_by_test_id("neuron-one")
    expect(one).to_contain_text(f"Neuron {FALLING}, pinned")
    expect(page.get_by_test_id("neuron-side")).to_contain_text(f"pinned key {key}")
    assert f"p.attention.neuron={FALLING}" in page.url
    assert f"p.attention.key={key}" in page.url
    page.get_by_test_id("neuron-order-pair").click()
    rank = 1 + int(np.sum(np.abs(of) > abs(of[FALLING])))
    expect(one).to_contain_text(f"rank {rank} of 32")
    sizes = np.sort(np.abs(of))[::-1]
    needed = int(np.searchsorted(np.cumsum(sizes) / sizes.sum(), 0.9)) + 1
    expect(page.get_by_test_id("neuron-needed")).to_have_text(
        f"{needed} of 32 neurons make 90 % of this score."
    )
    page.get_by_test_id("neuron-order-index").click()
    strips.press("Enter")
    expect(one).not_to_contain_text("pinned")


def test_the_pointer_pins_a_column_a_row_and_a_cell(neuron_view: Open) -> None:
    page = neuron_view(query=10, key=0)
    strips, side = page.get_by_test_id("neuron-canvas"), page.get_by_test_id("neuron-side")
    box = strips.bounding_box()
    assert box is not None

    def click(x: float, y: float) -> None:
        """Where the strips stand at that moment, and have stood still."""
        strips.click(position={"x": x, "y": y})

    click(100, 56)  # the query's strip, above the keys
    expect(side).to_contain_text(", pinned")
    click(100, 56)
    expect(side).not_to_contain_text(", pinned")
    click(box["width"] - 40, 130)  # a row, at its weight
    expect(side).to_contain_text("pinned key 8")
    click(100, 130)  # a cell of that row
    expect(side).to_contain_text(", pinned")
    click(100, 130)
    expect(side).not_to_contain_text("pinned")
    click(20, 150)  # a token is the query
    expect(page.locator(".neuron-head h2")).not_to_contain_text("w10")


def test_a_wide_screen_has_the_queries_of_all_tokens(page: Page, neuron_view: Open) -> None:
    page.set_viewport_size({"width": 2560, "height": 1440})
    neuron_view(query=10, key=0)
    strips, title = page.get_by_test_id("neuron-canvas"), page.locator(".neuron-head h2")
    expect(title).to_contain_text("w10")
    strips.hover(position={"x": 200, "y": 150})
    expect(page.get_by_test_id("neuron-strips").locator(".fill").first).to_have_attribute(
        "title", re.compile("click: make it the query$")
    )
    strips.click(position={"x": 200, "y": 150})
    expect(title).not_to_contain_text("w10")


def test_the_queries_of_all_tokens_at_a_click(page: Page, neuron_view: Open) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    neuron_view(query=10, key=0)
    strips, title = page.get_by_test_id("neuron-canvas"), page.locator(".neuron-head h2")
    chosen = page.get_by_test_id("neuron-queries")
    chosen.click()
    expect(chosen).to_have_text("q of one query")
    assert "p.attention.q_of=all" in page.url
    strips.click(position={"x": 150, "y": 150})
    expect(title).not_to_contain_text("w10")
    # Two captures leave no room for them.
    neuron_view(query=10, key=0, step=STEPS, compare="both", with_step=10, q_of="all")
    expect(chosen).to_have_count(0)


def test_a_comparison_shows_the_change_of_every_number(neuron_view: Open) -> None:
    page = neuron_view(
        query=40, key=30, step=STEPS, compare="difference", with_step=10, neuron=FALLING
    )
    now, then = products(STEPS, 40, 30), products(10, 40, 30)
    cells = page.get_by_test_id("neuron-score").locator("tr", has_text="score").locator("td")
    for place, expected in enumerate((now.sum(), then.sum(), now.sum() - then.sum())):
        reads(cells.nth(place), expected, 5e-3)
    expect(page.get_by_test_id("neuron-view")).to_contain_text(
        "\N{MINUS SIGN} step 10: red more, blue less"
    )
    change = page.locator(".neuron-table tr.on td").nth(2)
    reads(change, now[FALLING] - then[FALLING])
    page.get_by_test_id("neuron-canvas").focus()
    page.get_by_test_id("neuron-canvas").press("ArrowRight")
    expect(page.get_by_test_id("status-text")).to_contain_text("in step 10, change")
    neuron_view(query=40, key=30, step=STEPS, compare="both", with_step=10)
    expect(page.get_by_test_id("neuron-view")).to_contain_text("Below in each row: step 10")


def test_what_is_not_a_number_is_said(neuron_view: Open) -> None:
    page = neuron_view(tag="broken", query=7)
    expect(page.get_by_test_id("neuron-view")).to_contain_text("not a number, or infinite")
    assert page.get_by_test_id("neuron-score").locator("td").all_inner_texts() == ["NaN", "NaN"]
    expect(page.get_by_test_id("neuron-needed")).to_contain_text("not defined")
    neuron_view(tag="broken", query=5, key=2, beside="distance")
    expect(page.get_by_test_id("neuron-ranking")).to_be_visible()
    neuron_view(tag="broken", query=5, key=2)
    expect(page.get_by_test_id("neuron-score").locator("td").first).to_have_text("∞")
    expect(page.get_by_test_id("neuron-one")).to_contain_text("Neuron 5")


def contrast_of(query: int, key: int) -> np.ndarray:
    """By hand: products less their mean over the keys, weighted with the attention of the query."""
    weights = softmax.weights(AttentionLayer(*constructed(STEPS), scale=32**-0.5))[0, query]
    seen = np.stack([products(STEPS, query, j) for j in range(query + 1)])
    return seen[key] - weights[: query + 1] @ seen


def test_neurons_are_sorted_by_what_sets_a_key_off_from_the_others(neuron_view: Open) -> None:
    page = neuron_view(query=10, key=4)
    contrast = contrast_of(10, 4)
    largest = np.argsort(-np.abs(contrast))
    rows = page.get_by_test_id("neuron-side").locator(".neuron-table tbody tr")
    for place in range(3):
        expect(rows.nth(place).locator("th")).to_have_text(str(largest[place]))
        reads(rows.nth(place).locator("td").nth(3), contrast[largest[place]])
    expect(page.get_by_test_id("neuron-needed")).to_contain_text("of this contrast")
    page.get_by_test_id("neuron-canvas").focus()
    page.get_by_test_id("neuron-canvas").press("ArrowRight")
    expect(page.get_by_test_id("status-text")).to_contain_text(f"neuron {largest[0]}:")


def test_the_panel_follows_the_pointer_and_keys_stand_by_weight(neuron_view: Open) -> None:
    page = neuron_view(query=40)
    weights = softmax.weights(AttentionLayer(*constructed(STEPS), scale=32**-0.5))[0, 40]
    order = np.argsort(-weights, kind="stable")
    expect(page.get_by_test_id("neuron-keys-true")).to_have_attribute("aria-pressed", "true")
    box = page.get_by_test_id("neuron-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + 84 + 2.5 * 22)
    side = page.get_by_test_id("neuron-side")
    expect(side).to_contain_text(f"key {order[2]}, under the pointer")
    reads(page.get_by_test_id("neuron-score").locator("td").last, float(weights[order[2]]))
    page.mouse.move(5, 5)
    expect(side).to_contain_text(f"key {order[0]}, the one this query looks at most")
    page.get_by_test_id("neuron-keys-false").click()
    assert "p.attention.keys_by=text" in page.url
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + 84 + 2.5 * 22)
    expect(side).to_contain_text("under the pointer")
