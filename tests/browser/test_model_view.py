"""The model view in a real TensorBoard and Chromium, against the model's own eager attention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import torch
from playwright.sync_api import expect

from tb_attention import AttentionLogger
from tests.support import pages
from tests.support.board import tensorboard
from tests.support.models import gpt2
from tests.support.pages import open_tab

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
LAYERS, HEADS = 3, 4

Logged = tuple[str, torch.Tensor]
"""Address of TensorBoard, and the model's own eager attention, float32 [layers, heads, T, T]."""


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    logdir = tmp_path_factory.mktemp("logs")
    sizes = {"vocab_size": 16, "n_positions": 16, "n_embd": 32, "n_layer": LAYERS, "n_head": HEADS}
    model = gpt2(**sizes, initializer_range=0.5).eval()
    with AttentionLogger(logdir / "tiny") as logger:
        logger.log(model, IDS, tag="probe", step=0)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        attentions = model(torch.tensor([IDS]), output_attentions=True).attentions
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logdir}") as url:
        yield url, torch.cat(list(attentions))


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"height": 760}


def opened(page: Page, address: str, **state: object) -> FrameLocator:
    return open_tab(page, address, "model-view", view="model", **state)


def cells(frame: FrameLocator) -> list[str]:
    """The cells from the upper left to the lower right, as "layer-head"."""
    return frame.locator(".model-cell").evaluate_all(
        "all => all.sort((a, b) => a.offsetTop - b.offsetTop || a.offsetLeft - "
        "b.offsetLeft).map(each => each.dataset.testid.slice(11))"
    )


def number(text: str) -> float:
    """The last weight in a text, which is "0" where it is exactly nothing."""
    return float(re.findall(r"\d\.\d+|\b0$", text)[-1])


def reads(shown: Locator, expected: float) -> None:
    """Waits until the last weight of a text is the expected one."""
    expect(shown).to_contain_text(re.compile(r"\d\.\d+"))
    pages.reads(shown, expected, read=number)


def test_heads_are_enlarged_and_pinned_side_by_side(page: Page, logged: Logged) -> None:
    address, eager = logged
    frame = opened(page, address, layer=1, head=2)
    enlarged = frame.get_by_test_id("model-enlarged")
    expect(enlarged).to_have_count(1)
    # The first row is left out: it can see nothing but the first token.
    expect(enlarged.get_by_test_id("model-exact")).to_contain_text("largest")
    assert number(enlarged.get_by_test_id("model-exact").inner_text()) == pytest.approx(
        float(eager[1, 2, 1:].max()), abs=2e-3
    )
    enlarged.get_by_text("pin").click()
    frame.get_by_test_id("model-cell-0-3").click()
    expect(enlarged).to_have_count(2)
    expect(enlarged.first).to_contain_text("Layer 0, head 3")
    assert enlarged.nth(0).bounding_box()["y"] == enlarged.nth(1).bounding_box()["y"]  # type: ignore[index]
    frame.get_by_test_id("model-cell-2-1").dblclick()
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    expect(frame.get_by_test_id("status-layer")).to_have_text("2")
    expect(frame.get_by_test_id("status-head")).to_have_text("1")


def test_a_cell_under_the_pointer_tells_its_peak(page: Page, logged: Logged) -> None:
    address, eager = logged
    frame = opened(page, address)
    frame.get_by_test_id("model-cell-2-3").hover()
    tip = frame.get_by_test_id("model-tip")
    expect(tip).to_contain_text("Layer 2, head 3")
    assert number(tip.inner_text()) == pytest.approx(float(eager[2, 3, 1:].max()), abs=0.011)


def test_without_the_first_token_the_grid_and_the_enlarged_head_are_renormalised(
    page: Page, logged: Logged
) -> None:
    address, eager = logged
    left = eager.clone()
    left[..., 0] = 0
    left = torch.nan_to_num(left / left.sum(-1, keepdim=True))
    frame = opened(page, address, first="renormalise", layer=1, head=0, query=7, key=4)
    expect(frame.get_by_test_id("model-changes")).to_contain_text("renormalised")
    frame.get_by_test_id("model-cell-2-1").hover()
    assert number(frame.get_by_test_id("model-tip").inner_text()) == pytest.approx(
        float(left[2, 1, 1:].max()), abs=0.011
    )
    matrix = frame.get_by_test_id("model-matrix-1-0")
    matrix.focus()
    matrix.press("ArrowUp")
    shown = number(frame.get_by_test_id("model-exact").inner_text())
    assert shown in [pytest.approx(float(weight), abs=2e-3) for weight in left[1, 0].flatten()]


def test_the_share_of_each_query_acts_in_the_enlarged_head(page: Page, logged: Logged) -> None:
    address, eager = logged
    own = eager[1, 2].sort(-1, descending=True).values
    # Of each query the largest weights stay that together make half of it.
    drawn = (own.cumsum(-1) - own < 0.5) * own
    frame = opened(page, address, layer=1, head=2, smallest=0, mass=0.5)
    hidden = frame.get_by_test_id("model-hidden")
    expect(hidden).to_contain_text("in cells beyond 50 % of their query")
    percent = re.match(r"(\d+) %", hidden.inner_text())
    assert percent and int(percent[1]) == pytest.approx(100 - 100 * float(drawn.sum()) / 12, abs=1)


def test_an_enlarged_head_is_read_and_zoomed_with_the_keyboard(page: Page, logged: Logged) -> None:
    address, eager = logged
    frame = opened(page, address, layer=1, head=0, query=7, key=4)
    exact = frame.get_by_test_id("model-exact")
    frame.get_by_test_id("model-matrix-1-0").focus()
    largest = int(eager[1, 0, 6].argmax())
    for key in ("ArrowUp", "Home", *["ArrowRight"] * largest):
        page.keyboard.press(key)
    expect(exact).not_to_contain_text("largest")
    assert number(exact.inner_text()) == pytest.approx(float(eager[1, 0, 6, largest]), abs=2e-3)
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('p.attention.query=6')")
    page.keyboard.press("End")
    expect(exact).to_contain_text("masked")
    page.keyboard.press("+")
    expect(frame.get_by_test_id("model-whole")).to_be_enabled()
    page.keyboard.press("-")
    expect(frame.get_by_test_id("model-whole")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(exact).to_contain_text("largest")
    page.keyboard.press("Escape")
    page.wait_for_function("!location.hash.includes('p.attention.query=')")


def test_layers_and_heads_are_filtered(page: Page, logged: Logged) -> None:
    frame = opened(page, logged[0])
    assert cells(frame) == [f"{layer}-{head}" for layer in range(LAYERS) for head in range(HEADS)]
    frame.get_by_test_id("model-which").click()
    frame.get_by_test_id("model-layers").fill("1-2")
    frame.get_by_test_id("model-heads").fill("0, 3")
    expect(frame.locator(".model-cell")).to_have_count(4)
    assert cells(frame) == ["1-0", "1-3", "2-0", "2-3"]
    expect(frame.get_by_test_id("model-which")).to_contain_text(f"4 of {LAYERS * HEADS} heads")
    frame.get_by_test_id("model-heads").fill("9")
    expect(frame.get_by_test_id("model-nothing")).to_be_visible()
    page.keyboard.press("Escape")
    frame.get_by_text("show all heads").click()
    expect(frame.locator(".model-cell")).to_have_count(LAYERS * HEADS)


def test_cells_are_sorted_by_a_metric(page: Page, logged: Logged) -> None:
    address, eager = logged
    # The weight on the first token, mean over the rows that see more than one.
    scores = eager[:, :, 1:, 0].mean(-1).flatten()
    expected = [f"{int(at) // HEADS}-{int(at) % HEADS}" for at in scores.argsort(descending=True)]
    frame = opened(page, address)
    sort = frame.get_by_test_id("model-sort")
    expect(sort.locator("option[value=row_maximum]")).to_have_text("largest weight")
    sort.select_option("first_token")
    expect(frame.get_by_test_id("model-ascending")).to_be_visible()
    # The select's label names the select alone, and not the button beside it.
    expect(frame.get_by_role("combobox", name="sort", exact=True)).to_have_value("first_token")
    assert cells(frame) == expected
    frame.get_by_test_id("model-ascending").click()
    assert cells(frame) == expected[::-1]
    page.wait_for_function("location.hash.includes('p.attention.sort=first_token')")


def test_lines_instead_of_heat_maps(page: Page, logged: Logged) -> None:
    frame = opened(page, logged[0])
    canvas = frame.get_by_test_id("model-canvas").locator("canvas").first
    before = pages.drawn(canvas)
    frame.get_by_test_id("model-lines").click()
    expect(frame.get_by_test_id("model-lines")).to_have_attribute("aria-pressed", "true")
    pages.drawn(canvas, before)


def test_an_enlarged_head_keeps_the_drawing_of_the_cells(page: Page, logged: Logged) -> None:
    address, eager = logged
    frame = opened(page, address, cells="lines", layer=1, head=2, smallest=0)
    lines = frame.get_by_test_id("model-matrix-1-2")
    expect(lines).to_have_attribute("aria-label", re.compile("^Lines of layer 1 head 2"))
    exact = frame.get_by_test_id("model-exact")
    expect(exact).to_contain_text("largest")
    box = lines.bounding_box()
    assert box
    # The row of the last query, at the left: its largest weight is told.
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 8)
    expect(exact).not_to_contain_text("largest")
    assert number(exact.inner_text()) == pytest.approx(float(eager[1, 2, -1].max()), abs=2e-3)
    # The row of a key, at the right: the largest weight on it.
    key = 1 + int(eager[1, 2, :, 1:].max(0).values.argmax())
    at = box["x"] + box["width"] - 20, box["y"] + 4 + (key + 0.5) * (box["height"] - 8) / 12
    page.mouse.move(*at)
    reads(exact, float(eager[1, 2, :, key].max()))
    page.mouse.click(*at)
    page.wait_for_function(f"location.hash.includes('p.attention.key={key}')")
    frame.get_by_test_id("model-maps").click()
    expect(lines).to_have_attribute("aria-label", re.compile("^Weights of layer 1 head 2"))


def test_layers_are_columns_where_that_shows_more(page: Page, logged: Logged) -> None:
    frame = opened(page, logged[0])
    frame.get_by_test_id("model-which").click()
    chosen = frame.get_by_test_id("model-layers-as")
    expect(chosen).to_have_value("auto")
    by_rows = [f"{layer}-{head}" for layer in range(LAYERS) for head in range(HEADS)]
    assert cells(frame) == by_rows
    chosen.select_option("columns")
    page.wait_for_function("location.hash.includes('p.attention.layers_as=columns')")
    assert cells(frame) == [f"{layer}-{head}" for head in range(HEADS) for layer in range(LAYERS)]
    frame.get_by_test_id("model-cell-1-2").focus()
    page.keyboard.press("ArrowRight")
    expect(frame.get_by_test_id("model-tip")).to_contain_text("Layer 2, head 2")
    page.keyboard.press("ArrowDown")
    expect(frame.get_by_test_id("model-tip")).to_contain_text("Layer 2, head 3")
    page.keyboard.press("Enter")
    expect(frame.get_by_test_id("model-name")).to_have_text("Layer 2, head 3")
    frame.get_by_test_id("model-which").click()
    chosen.select_option("auto")
    assert cells(frame) == by_rows


def test_layers_go_on_in_a_second_column(page: Page, logged: Logged) -> None:
    frame = opened(page, logged[0], layers_as="folded")
    frame.get_by_test_id("model-which").click()
    expect(frame.get_by_test_id("model-layers-as")).to_have_value("folded")
    page.keyboard.press("Escape")
    beside = [f"{layer}-{head}" for layer in (0, 2) for head in range(HEADS)]
    assert cells(frame) == [*beside, *(f"1-{head}" for head in range(HEADS))]
    frame.get_by_test_id("model-cell-0-3").focus()
    page.keyboard.press("ArrowRight")
    expect(frame.get_by_test_id("model-tip")).to_contain_text("Layer 2, head 0")
    page.keyboard.press("Enter")
    expect(frame.get_by_test_id("model-name")).to_have_text("Layer 2, head 0")


def test_the_size_of_cells_and_back_to_what_fits(page: Page, logged: Logged) -> None:
    frame = opened(page, logged[0])
    cell = frame.get_by_test_id("model-cell-0-0")
    fits = cell.bounding_box()["width"]  # type: ignore[index]
    frame.get_by_test_id("model-size").fill("30")
    page.wait_for_function("location.hash.includes('p.attention.cell_size=30')")
    assert cell.bounding_box()["width"] < fits  # type: ignore[index]
    frame.get_by_test_id("model-fit").click()
    expect(frame.get_by_test_id("model-fit")).to_have_count(0)
    assert cell.bounding_box()["width"] == fits  # type: ignore[index]


def test_the_tools_take_two_lines_on_a_laptop(page: Page, logged: Logged) -> None:
    frame = opened(page, logged[0], compare="both", with_step=0, cell_size=60)
    expect(frame.get_by_test_id("model-fit")).to_be_visible()
    assert frame.locator(".model-head").evaluate("header => header.offsetHeight") < 70


def test_the_name_of_an_enlarged_head_leads_to_it(page: Page, logged: Logged) -> None:
    frame = opened(page, logged[0], layer=1, head=2)
    frame.get_by_test_id("model-name").click()
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    expect(frame.get_by_test_id("status-head")).to_have_text("2")


def test_a_fixed_smallest_weight_of_a_link_holds_and_can_be_let_go(
    page: Page, logged: Logged
) -> None:
    frame = opened(page, logged[0], smallest=0.1)
    expect(frame.get_by_test_id("smallest")).to_have_value("0.1")
    expect(frame.get_by_test_id("smallest-meaning")).to_contain_text("under 0.1")
    frame.get_by_test_id("smallest-scales").click()
    expect(frame.get_by_test_id("smallest")).to_have_value("")
    expect(frame.get_by_test_id("smallest-meaning")).to_contain_text("sees 12 keys: 0.02")
    page.wait_for_function("!location.hash.includes('p.attention.smallest')")
