"""The neuron view in a real TensorBoard and Chromium.

Real models against their own eager attention, and heads that are constructed.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from tb_attention import AttentionLogger, log_arrays
from tb_attention.attention import softmax
from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture import capture
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.board import tensorboard
from tests.support.own_attention import own_attention

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TOLERANCE = 2e-3
QUERY, KEY = 8, 7
STEPS = 40
FALLING, RISING = 5, 11
"""Neurons of the constructed head that follow the distance."""

MODELS = {
    "gpt2": ("decoder", ["8 neurons"], ["score q·k × scale"]),
    "llama": (
        "decoder",
        ["Shares key head 0 with head 0", "q and k after rotation"],
        ["score q·k × scale"],
    ),
    "gemma2": (
        "decoder",
        ["capped softly at 50"],
        ["sum of q × k × scale", "after soft cap 50", "score"],
    ),
    "gpt_oss": ("decoder", ["A sink takes part"], ["score q·k × scale", "the sink's score"]),
    "t5": ("encoder", ["A bias is added"], ["sum of q × k × scale", "bias added", "score"]),
    "bart": ("cross", ["8 neurons"], ["score q·k × scale"]),
}
"""Stack that is looked at, notes of the head, and what is told of a score before the softmax."""

Open = Callable[..., "Page"]


def constructed(step: int, tokens: int = 64, neurons: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Query and key [1, tokens, neurons]: noise in which FALLING and RISING grow with the steps."""
    query, key = np.random.default_rng(7).normal(0, 0.5, (2, 1, tokens, neurons))
    place, grown = np.arange(tokens), step / STEPS
    query[0, :, [FALLING, RISING]] = 1
    key[0, :, FALLING] = 1.0 * grown * place
    key[0, :, RISING] = -0.5 * grown * place
    return query.astype(np.float16).astype(np.float32), key.astype(np.float16).astype(np.float32)


def products(step: int, query: int, key: int) -> np.ndarray:
    q, k = constructed(step)
    return q[0, query] * k[0, key] * 32**-0.5


@pytest.fixture(scope="module")
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
        expect(page.get_by_test_id(f"{values['view']}-view")).to_be_visible(timeout=30_000)
        return page

    return open_view


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-").replace("∞", "inf"))


def reads(shown: Locator, expected: float, tolerance: float = TOLERANCE) -> None:
    """Waits until the number on the screen is the expected one, at most ten seconds."""
    value = float("nan")
    for _ in range(100):
        value = number(shown.inner_text())
        if abs(value - expected) <= tolerance:
            return
        time.sleep(0.1)
    pytest.fail(f"{value} is shown, {expected} is right")


def filled(canvas: Locator) -> bool:
    """Waits until something is drawn on a canvas; False if nothing is after ten seconds."""
    script = """canvas => canvas.width > 0 && canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height).data.some((each) => each !== 0)"""
    for _ in range(100):
        if canvas.evaluate(script):
            return True
        time.sleep(0.1)
    return False


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
    page = neuron_view(query=40)
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
    rank = 1 + int(np.sum(np.abs(of) > abs(of[FALLING])))
    expect(one).to_contain_text(f"rank {rank} of 32")
    sizes = np.sort(np.abs(of))[::-1]
    needed = int(np.searchsorted(np.cumsum(sizes) / sizes.sum(), 0.9)) + 1
    expect(page.get_by_test_id("neuron-needed")).to_have_text(
        f"{needed} of 32 neurons make 90 % of this score."
    )
    strips.press("Enter")
    expect(one).not_to_contain_text("pinned")


def test_the_pointer_pins_a_column_a_row_and_a_cell(neuron_view: Open) -> None:
    page = neuron_view(query=10, key=0)
    box = page.get_by_test_id("neuron-canvas").bounding_box()
    assert box is not None
    side = page.get_by_test_id("neuron-side")

    def click(x: float, y: float, **how: int) -> None:
        page.mouse.click(box["x"] + x, box["y"] + y, **how)

    click(100, 28)  # the query's strip, above the keys
    expect(side).to_contain_text(", pinned")
    click(100, 28)
    expect(side).not_to_contain_text(", pinned")
    click(20, 130)  # a token
    expect(side).not_to_contain_text("pinned key 0")
    expect(side).to_contain_text("pinned key")
    click(100, 130)  # a cell of that row
    expect(side).to_contain_text(", pinned")
    click(100, 130)
    expect(side).not_to_contain_text("pinned")
    click(20, 150, click_count=2)
    expect(page.locator(".neuron-head h2")).not_to_contain_text("w10")


def test_distance_names_the_neurons_that_were_made_to_follow_it(
    neuron_view: Open, tmp_path: Path
) -> None:
    page = neuron_view(query=40, beside="distance", order="distance")
    expect(page.get_by_test_id("neuron-named")).to_contain_text(
        f"euron {FALLING} falls with distance", timeout=10_000
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
        assert filled(page.get_by_test_id(f"neuron-distance-{chart}").locator("canvas").nth(1))
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
    expect(page.get_by_test_id("neuron-steps")).to_have_attribute(
        "aria-busy", "false", timeout=20_000
    )
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
    assert filled(chart.locator("canvas").nth(2))
    chart.click(position={"x": right, "y": 20})
    expect(page.get_by_test_id("status-step")).to_have_text(str(STEPS))
    expect(rank).to_contain_text(f"{every[-1][FALLING]:+.2f}"[:5])


def test_a_comparison_shows_the_change_of_every_number(neuron_view: Open) -> None:
    page = neuron_view(
        query=40, key=30, step=STEPS, compare="difference", with_step=10, neuron=FALLING
    )
    now, then = products(STEPS, 40, 30), products(10, 40, 30)
    cells = page.get_by_test_id("neuron-score").locator("tr", has_text="score").locator("td")
    for place, expected in enumerate((now.sum(), then.sum(), now.sum() - then.sum())):
        reads(cells.nth(place), expected, 5e-3)
    expect(page.get_by_test_id("neuron-view")).to_contain_text("red more, blue less than step 10")
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
    expect(page.get_by_test_id("neuron-ranking")).to_be_visible(timeout=10_000)
    neuron_view(tag="broken", query=5, key=2)
    expect(page.get_by_test_id("neuron-score").locator("td").first).to_have_text("∞")
    expect(page.get_by_test_id("neuron-one")).to_contain_text("Neuron 5")


def test_weights_alone_say_why_and_what_to_log(neuron_view: Open) -> None:
    page = neuron_view(tag="weights", query=5, beside="distance")
    expect(page.get_by_test_id("neuron-weights-only")).to_contain_text(
        "log_arrays(logger, tokens, query=query, key=key"
    )
    chart = page.get_by_test_id("neuron-distance-weights")
    expect(chart).to_be_visible(timeout=10_000)
    assert filled(chart.locator("canvas").nth(1))
    expect(page.get_by_test_id("neuron-ranking")).to_have_count(0)


def test_a_cross_attention_has_no_distance(neuron_view: Open) -> None:
    page = neuron_view(run="bart", tag="probe", stack="cross", beside="distance")
    expect(page.get_by_test_id("neuron-side")).to_contain_text("tokens of different texts")


def test_4096_tokens_open_scroll_and_are_told_by_distance(neuron_view: Open) -> None:
    page = neuron_view(tag="long", query=4000, key=3990, beside="distance")
    expect(page.get_by_test_id("neuron-named")).to_contain_text(
        f"euron {FALLING} falls", timeout=30_000
    )
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
