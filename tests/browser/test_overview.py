"""The overview in a real TensorBoard and Chromium.

Its numbers against numbers by hand, linked panels, and a run that grows.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import expect

from tests.support import logs
from tests.support.board import tensorboard
from tests.support.direct_weights import direct_weights
from tests.support.pages import open_tab, reads
from tests.support.repository import ROOT
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

STEPS = (0, 10, 20, 30)
LAYERS, HEADS = 2, 4
WRITER = """
import sys, pathlib
sys.path.insert(0, sys.argv[1])
from tests.support import logs
for line in sys.stdin:
    logs.write(pathlib.Path(sys.argv[2]), logs.events(int(line), tag="probe"), append=True)
    print("written", flush=True)
"""


def weights(step: int) -> npt.NDArray[np.float64]:
    """[layers, heads, T, T], by hand, of the capture of tests/support/logs.py for a step."""
    return direct_weights(logs.capture(seed=step))


def first_token(step: int) -> npt.NDArray[np.float64]:
    """[layers, heads]: weight on the first token, mean over the rows that see more than one."""
    return weights(step)[..., 1:, 0].mean(axis=-1)


def js_distance(p: npt.NDArray[np.float64], q: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """[layers, heads]: square root of the Jensen-Shannon divergence in bits.

    Mean over the rows that see more than one token.
    """
    middle = (p + q) / 2

    def divergence(a: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.where(
            a > 0, a * np.log2(np.maximum(a, 1e-300) / np.maximum(middle, 1e-300)), 0
        ).sum(axis=-1)

    rows = np.sqrt(np.maximum(0, (divergence(p) + divergence(q)) / 2))
    return np.asarray(rows[..., 1:].mean(axis=-1))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logdir = tmp_path_factory.mktemp("logs")
    logs.write(logs.record_file(logdir / "one"), *[logs.events(step) for step in STEPS])
    logs.write(
        logs.record_file(logdir / "two"),
        *[logs.events(step, of=logs.capture(seed=100 + step)) for step in STEPS],
    )
    logs.write(logs.record_file(logdir / "single"), logs.events(0, tag="once"))
    logs.write(
        logs.record_file(logdir / "unmoved"),
        *[logs.events(step, of=logs.capture(seed=0)) for step in STEPS],
    )
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logdir}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"answers": True}


def opened(page: Page, address: str, **state: object) -> FrameLocator:
    return open_tab(page, address, "step-now", **state)


def _last(text: str) -> float:
    """The last number in a text, nan in one without."""
    return float(["nan", *re.findall(r"\d*\.\d+", text)][-1])


def shows(shown: Locator, expected: float, tolerance: float) -> None:
    reads(shown, expected, tolerance, _last)


def rows(table: Locator) -> dict[str, float]:
    """Name of the head -> the number of its row, in the order of the table."""
    found = {}
    for row in table.locator("tbody tr").all():
        cells = row.locator("td").all_inner_texts()
        found[cells[0].strip()] = float(cells[-1])
    return found


def settled(table: Locator, expected: dict[str, float], tolerance: float = 2e-3) -> None:
    """Waits until the table holds these numbers, and looks at its order."""
    shown: dict[str, float] = {}

    def there() -> bool:
        shown.clear()
        shown.update(rows(table))
        return shown == pytest.approx(expected, abs=tolerance)

    until(there, lambda: f"{shown} is shown, not {expected}")
    assert list(shown.values()) == sorted(shown.values(), reverse=True)


def by_head(values: npt.NDArray[np.float64]) -> dict[str, float]:
    return {
        f"L{layer} H{head}": float(values[layer, head])
        for layer in range(LAYERS)
        for head in range(HEADS)
    }


def test_a_probe_of_several_steps_opens_with_the_overview_and_one_of_a_single_step_with_the_model(
    page: Page, address: str
) -> None:
    tab = opened(page, address, run="one")
    expect(tab.get_by_test_id("overview-view")).to_be_visible()
    assert "p.attention.view=overview" in page.url
    page.goto("about:blank")
    tab = opened(page, address, run="single", tag="once")
    expect(tab.get_by_test_id("model-view")).to_be_visible()
    page.keyboard.press("2")
    expect(tab.get_by_test_id("overview-view")).to_contain_text("One step is logged")


def test_of_a_single_step_the_overview_has_the_heads_in_order_and_asks_for_no_other_step(
    page: Page, address: str
) -> None:
    tab = opened(page, address, run="single", tag="once", view="overview", metric="first_token")
    overview = tab.get_by_test_id("overview-view")
    table = tab.get_by_test_id("overview-order")
    expect(table.locator("tbody tr").first).to_be_visible()
    found = [float(each.inner_text()) for each in table.locator("td.number").all()]
    expect(table.locator("tbody tr")).to_have_count(LAYERS * HEADS)
    assert found == pytest.approx(sorted(first_token(0).ravel(), reverse=True), abs=6e-3)
    expect(overview.get_by_text("nothing can have changed")).to_be_visible()
    expect(overview).not_to_contain_text("Choose another one")
    expect(overview).not_to_contain_text("by when they changed")
    expect(tab.get_by_test_id("trajectories")).to_have_count(0)


def test_the_matrix_tells_the_metric_of_the_head_under_the_pointer(
    page: Page, address: str
) -> None:
    tab = opened(page, address, run="one", metric="first_token", step=20)
    matrix = tab.get_by_test_id("metric-matrix")
    expect(tab.get_by_test_id("metric")).to_have_value("first_token")
    matrix.hover(position={"x": 22 + 34 * 2.5, "y": 16 + 34 * 1.5})
    expect(tab.get_by_test_id("status-layer")).to_have_text("1")
    expect(tab.get_by_test_id("status-head")).to_have_text("2")
    shows(tab.get_by_test_id("status-text"), first_token(20)[1, 2], 0.006)
    page.keyboard.press("c")
    expect(tab.get_by_test_id("metric-legend")).to_contain_text("blue less, red more")
    shows(
        tab.get_by_test_id("status-text"), abs(first_token(20)[1, 2] - first_token(0)[1, 2]), 0.011
    )
    matrix.click(position={"x": 22 + 34 * 3.5, "y": 16 + 34 * 0.5})
    expect(tab.get_by_test_id("layer-0")).to_have_attribute("aria-pressed", "true")
    expect(tab.get_by_test_id("head-tile-3")).to_have_attribute("aria-pressed", "true")


def test_changes_are_jensen_shannon_distances(page: Page, address: str) -> None:
    tab = opened(page, address, run="one", step=30)
    settled(tab.get_by_test_id("changed-most"), by_head(js_distance(weights(30), weights(0))))
    tab.get_by_test_id("compare").click()
    tab.get_by_test_id("with-run").select_option("two")
    settled(tab.get_by_test_id("changed-most"), by_head(js_distance(weights(30), weights(130))))


def test_a_pair_of_tokens_ranks_all_heads_at_every_step(page: Page, address: str) -> None:
    tab = opened(page, address, run="one")
    tab.get_by_test_id("word-4").click()
    tab.get_by_test_id("word-2").click()
    settled(tab.get_by_test_id("pair-heads"), by_head(weights(30)[..., 4, 2]))
    tab.get_by_test_id("step-first").click()
    settled(tab.get_by_test_id("pair-heads"), by_head(weights(0)[..., 4, 2]))
    assert "p.attention.panel=pair" in page.url


def test_a_pair_of_tokens_is_compared_in_all_heads(page: Page, address: str) -> None:
    tab = opened(
        page, address, run="one", step=30, compare="difference", with_run="two", with_step="same"
    )
    tab.get_by_test_id("word-4").click()
    tab.get_by_test_id("word-2").click()
    here, there = weights(30)[..., 4, 2], weights(130)[..., 4, 2]
    rows = tab.get_by_test_id("pair-heads").locator("tbody tr")
    for order, scores in (("difference", abs(here - there)), ("a", here), ("b", there)):
        tab.get_by_test_id(f"pair-by-{order}").click()
        first = np.unravel_index(int(np.argmax(scores)), scores.shape)
        expect(rows.first.locator("td").first).to_have_text(f"L{first[0]} H{first[1]}")
        assert rows.count() == LAYERS * HEADS
        for row in rows.all():
            name, *numbers = row.locator("td").all_text_contents()
            at = tuple(int(part[1:]) for part in name.split())
            shown = [float(each.replace("\N{MINUS SIGN}", "-")) for each in numbers]
            expected = here[at], there[at], here[at] - there[at]
            assert shown == pytest.approx(expected, abs=2e-3), name
    expect(tab.get_by_test_id("pair-compared")).to_contain_text("A: ")
    assert "p.attention.pair_order=b" in page.url


def test_a_click_in_a_panel_goes_to_its_step_and_head(page: Page, address: str) -> None:
    tab = opened(page, address, run="one", metric="entropy")
    box = tab.get_by_test_id("raster").bounding_box()
    assert box is not None
    tab.get_by_test_id("raster").click(position={"x": 54, "y": 8})
    expect(tab.get_by_test_id("step-now")).to_have_text("0")
    tab.get_by_test_id("trajectories").click(position={"x": 44 + 2, "y": 20})
    tab.get_by_test_id("raster").click(position={"x": box["width"] - 12, "y": 8})
    expect(tab.get_by_test_id("step-now")).to_have_text("30")


def test_every_metric_has_a_formula(page: Page, address: str) -> None:
    tab = opened(page, address, run="one")
    options = tab.get_by_test_id("metric").locator("option")
    expect(options.first).to_be_attached()
    assert all(option.get_attribute("title") for option in options.all())


def test_types_filter_what_is_shown(page: Page, address: str) -> None:
    tab = opened(page, address, run="one")
    chip = tab.get_by_test_id("type-spread")
    expect(chip).to_be_visible()
    count = int(chip.locator("b").inner_text())
    chip.click()
    expect(tab.get_by_test_id("metric")).to_have_value("entropy")
    expect(tab.get_by_test_id("changed-most").locator("tbody tr")).to_have_count(count)
    tab.get_by_test_id("type-all").click()
    expect(tab.get_by_test_id("changed-most").locator("tbody tr")).to_have_count(LAYERS * HEADS)


def test_a_finding_about_layers_leads_to_their_change(page: Page, address: str) -> None:
    tab = opened(page, address, run="unmoved")
    finding = tab.get_by_test_id("findings").locator(
        "li", has_text="hardly moved between steps 0 and 30"
    )
    finding.get_by_role("button", name="model view").click()
    expect(tab.get_by_test_id("model-enlarged")).to_contain_text("step 30 \N{MINUS SIGN} step 0")


def test_a_run_that_grows_is_followed_or_left_alone(page: Page, tmp_path: Path) -> None:
    """Another process appends while the page is open; TensorBoard's reload brings what it wrote."""
    path = logs.record_file(tmp_path / "logs" / "live")
    logs.write(path, logs.events(0), logs.events(1))
    command = [sys.executable, "-c", WRITER, str(ROOT), str(path)]
    writer = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert writer.stdin is not None and writer.stdout is not None

    def log(step: int) -> None:
        assert writer.stdin is not None and writer.stdout is not None
        print(step, file=writer.stdin, flush=True)
        assert writer.stdout.readline() == "written\n"
        page.locator(".reload-button").click()

    try:
        with tensorboard(tmp_path, f"--logdir={tmp_path / 'logs'}") as url:
            tab = opened(page, url, view="overview")
            expect(tab.get_by_test_id("step-now")).to_have_text("1")
            expect(tab.get_by_test_id("step-follow")).to_have_attribute("aria-pressed", "true")
            log(2)
            expect(tab.get_by_test_id("step-now")).to_have_text("2")
            tab.get_by_test_id("step-follow").click()
            log(3)
            expect(tab.get_by_test_id("probe-size")).to_contain_text("4 steps")
            expect(tab.get_by_test_id("step-now")).to_have_text("2")
            settled(
                tab.get_by_test_id("changed-most"), by_head(js_distance(weights(2), weights(0)))
            )
            tab.get_by_test_id("step-follow").click()
            expect(tab.get_by_test_id("step-now")).to_have_text("3")
    finally:
        writer.stdin.close()
        writer.wait(10)
        writer.stdout.close()
