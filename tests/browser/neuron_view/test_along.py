"""Neurons by distance and along the steps, of heads that are constructed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tests.support.neuron_view import FALLING, RISING, STEPS, TOLERANCE, Open, constructed, products
from tests.support.pages import number, reads
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def filled(canvas: Locator) -> None:
    """Waits until something is drawn on a canvas."""
    script = """canvas => canvas.width > 0 && canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height).data.some((each) => each !== 0)"""
    until(lambda: bool(canvas.evaluate(script)), lambda: "nothing is drawn")


def test_distance_names_the_neurons_that_were_made_to_follow_it(
    neuron_view: Open, tmp_path: Path
) -> None:
    page = neuron_view(query=40, beside="distance", order="distance")
    expect(page.get_by_test_id("neuron-named")).to_contain_text(
        f"euron {FALLING} falls with distance"
    )
    expect(page.get_by_test_id("neuron-named")).to_contain_text(
        f"euron {RISING} rises with distance"
    )
    rows = page.get_by_test_id("neuron-ranking").locator("tbody tr")
    for place, neuron, slope in ((0, FALLING, -0.5), (1, RISING, 0.25)):
        expect(rows.nth(place).locator("th")).to_have_text(str(neuron))
        # k = place: its mean over the first tokens - d places falls by half a token for each of
        # distance.
        reads(rows.nth(place).locator("td").nth(1), slope * 32**-0.5, 1e-3)
    for chart in ("weights", "neurons"):
        expect(page.get_by_test_id(f"neuron-distance-{chart}")).to_be_visible()
        filled(page.get_by_test_id(f"neuron-distance-{chart}").locator("canvas").nth(1))
    page.get_by_test_id("neuron-canvas").focus()
    page.get_by_test_id("neuron-canvas").press("ArrowRight")
    expect(page.get_by_test_id("status-text")).to_contain_text(
        f"neuron {FALLING}:"
    )  # the first place of the strips
    page.get_by_test_id("neuron-axis-log").click()
    expect(rows.nth(0)).not_to_contain_text("−0.0884")
    expect(page.get_by_test_id("neuron-ranking")).to_contain_text("a doubling")
    page.get_by_test_id("export").click()
    with page.expect_download() as download:
        page.get_by_test_id("export-csv-distances").click()
    download.value.save_as(tmp_path / "distances.csv")
    with (tmp_path / "distances.csv").open() as file:
        table = list(csv.DictReader(file))
    layer = AttentionLayer(*constructed(STEPS), scale=32**-0.5)
    mean = np.mean([softmax.weights(layer)[0, i, i - 3] for i in range(3, 64)])
    assert (len(table), table[3]["distance"], table[3]["pairs"]) == (64, "3", "61")
    assert float(table[3]["weight"]) == pytest.approx(mean, abs=TOLERANCE)


def test_a_neuron_is_followed_along_the_steps(neuron_view: Open) -> None:
    page = neuron_view(query=40, key=30, beside="steps", neuron=FALLING, step=10)
    rank = page.get_by_test_id("neuron-rank")
    expect(page.get_by_test_id("neuron-steps")).to_have_attribute("aria-busy", "false")
    every = [products(step, 40, 30) for step in range(0, STEPS + 1, 2)]
    ranks = [1 + int(np.sum(np.abs(of) > abs(of[FALLING]))) for of in every]
    assert ranks[0] > 1
    assert ranks[-1] == 1
    expect(rank).to_contain_text(
        f"rank {ranks[5]} of 32; first at {ranks.count(1)} of {len(ranks)} steps"
    )
    assert number(rank.inner_text().split(": ")[1].split(" here")[0]) == pytest.approx(
        every[5][FALLING], abs=TOLERANCE
    )
    chart = page.get_by_test_id("neuron-steps-rank")
    # The pointer reads the line wherever it is; a click goes to the step under it.
    right = (chart.bounding_box() or {"width": 0})["width"] - 14
    chart.hover(position={"x": right, "y": 20})
    filled(chart.locator("canvas").nth(2))
    chart.click(position={"x": right, "y": 20})
    expect(page.get_by_test_id("status-step")).to_have_text(str(STEPS))
    expect(rank).to_contain_text(f"{every[-1][FALLING]:+.2f}"[:5])


def test_weights_alone_say_why_and_what_to_log(neuron_view: Open) -> None:
    page = neuron_view(tag="weights", query=5, beside="distance")
    expect(page.get_by_test_id("neuron-weights-only")).to_contain_text(
        "log_arrays(logger, tokens, query=query, key=key"
    )
    chart = page.get_by_test_id("neuron-distance-weights")
    expect(chart).to_be_visible()
    filled(chart.locator("canvas").nth(1))
    expect(page.get_by_test_id("neuron-ranking")).to_have_count(0)


def test_a_cross_attention_has_no_distance(neuron_view: Open) -> None:
    page = neuron_view(run="bart", tag="probe", stack="cross", beside="distance")
    expect(page.get_by_test_id("neuron-side")).to_contain_text("tokens of different texts")


def test_4096_tokens_open_scroll_and_are_told_by_distance(neuron_view: Open) -> None:
    page = neuron_view(tag="long", query=4000, key=3990, beside="distance", keys_by="text")
    expect(page.get_by_test_id("neuron-named")).to_contain_text(f"euron {FALLING} falls")
    strips = page.get_by_test_id("neuron-strips")
    assert strips.evaluate("box => box.scrollHeight") > 4096 * 20
    assert strips.evaluate("box => box.scrollTop") > 3900 * 20, "what is pinned is in sight"
    assert (
        strips.locator("canvas").evaluate_all("all => Math.max(...all.map(each => each.height))")
        < 2000
    ), "only what is in sight is drawn"
    strips.evaluate("box => { box.scrollTop = 0 }")
    page.get_by_test_id("neuron-canvas").hover(position={"x": 20, "y": 100})
    expect(page.get_by_test_id("status-pair")).to_contain_text("key 0")
