"""What people come for, on logs of the demo and of SmolLM2, and what it costs: two clicks at most.

The page counts the presses of the pointer itself. A choice in a select counts as two clicks.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics
from typing import TYPE_CHECKING, Any

import pytest
import torch
from playwright.sync_api import expect

from tb_attention import AttentionLogger, Probe, open_logs
from tb_attention.demo.induction import train_repeats
from tests.support.board import tensorboard
from tests.support.pages import frame_of, number
from tests.support.shared import repeats
from tests.support.smollm2 import loaded_smollm2

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

    from tb_attention.logs.head_table import HeadNumber

TEXT = "The doctor asked the nurse a question. She"
SHE, NURSE = 8, 4
PASSAGE = " ".join(topics["naming"].split())
RARE = 200
"""Position of a word in the passage of 263 tokens."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The run of the demo in which induction heads appear, and another one of fewer steps."""
    logs = tmp_path_factory.mktemp("demo")
    shutil.copytree(repeats(tmp_path_factory), logs, dirs_exist_ok=True)
    train_repeats(logs / "shorter", 30)
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logs}") as url:
        yield url


@pytest.fixture(scope="module")
def smollm2_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SmolLM2 before and after one step of a fine-tuning."""
    model, tokenizer = loaded_smollm2(tmp_path_factory)
    logs = tmp_path_factory.mktemp("smollm2")
    passage = tokenizer.decode(tokenizer(PASSAGE)["input_ids"][:263])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    with AttentionLogger(logs / "smollm2", strict=True) as logger:
        for step in (0, 1):
            asked = Probe(TEXT, answers=(" said", " asked"))
            logger.log(model, asked, tag="doctor-she", step=step, tokenizer=tokenizer, effects=True)
            logger.log(model, passage, tag="passage", step=step, tokenizer=tokenizer)
            ids = tokenizer(TEXT, return_tensors="pt")["input_ids"]
            model(ids, labels=ids).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return logs


@pytest.fixture(scope="module")
def real(smollm2_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={smollm2_logs}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"width": 1440, "height": 900, "answers": True}


COUNT = """() => {
  window.pressed = 0;
  addEventListener("pointerdown", (event) => { window.pressed += event.isTrusted ? 1 : 0; }, true);
}"""


SHOWN = """() => new Promise((done) => {
  const read = () => done(document.querySelector("[data-testid=status-pair]")?.textContent ?? "");
  requestAnimationFrame(() => requestAnimationFrame(read));
})"""
"""What is said of the cell under the pointer, once that was drawn."""


def opened(page: Page, board: str) -> FrameLocator:
    """The tab as it opens, without a link."""
    page.goto("about:blank")
    page.goto(f"{board}#attention")
    frame = frame_of(page)
    expect(frame.get_by_test_id("story-headline")).to_be_visible()
    expect(frame.get_by_test_id("word-0")).to_be_visible()
    frame.locator("body").evaluate(COUNT)
    return frame


def clicks(frame: FrameLocator) -> int:
    count: int = frame.locator("body").evaluate("() => window.pressed")
    return count


def strongest(logs: Path) -> tuple[str, float]:
    """The head that links the two words most, and its weight."""
    pair = open_logs(str(logs)).probe("smollm2", "doctor-she").pair(SHE, NURSE)
    head = pair.heads("weight")[0]
    return f"L{head.layer} H{head.head}", head.value


def test_who_links_she_to_nurse(page: Page, real: str, smollm2_logs: Path) -> None:
    frame = opened(page, real)
    frame.get_by_test_id(f"word-{SHE}").click()
    frame.get_by_test_id(f"word-{NURSE}").click()
    name, weight = strongest(smollm2_logs)
    first = frame.get_by_test_id("strip-answer").locator(".strip-head").first
    expect(first).to_contain_text(name)
    assert abs(number(first.locator("b").inner_text()) - weight) <= 2e-3
    assert clicks(frame) == 2
    frame.get_by_test_id("strip-answer-all").click()
    first = frame.get_by_test_id("pair-heads").locator("tbody tr").first
    expect(first).to_contain_text("L")
    rows = frame.get_by_test_id("pair-heads").locator("tbody tr")
    of_head = rows.filter(has=frame.get_by_text(name, exact=True)).first
    assert abs(number(of_head.locator("td").nth(1).inner_text()) - weight) <= 2e-3


def test_when_induction_formed(page: Page, demo: str) -> None:
    frame = opened(page, demo)
    headline = frame.get_by_test_id("story-headline")
    expect(headline).to_contain_text("learned to copy")
    expect(headline).to_contain_text("Between steps")
    expect(frame.get_by_test_id("story-chart")).to_be_visible()
    assert clicks(frame) == 0


@pytest.mark.parametrize("logs", ["demo", "real"])
def test_the_first_step_against_the_last_of_one_head(
    page: Page, logs: str, request: pytest.FixtureRequest
) -> None:
    frame = opened(page, request.getfixturevalue(logs))
    frame.get_by_test_id("compare").click()
    frame.get_by_test_id("compare-ends").click()
    expect(frame.get_by_test_id("step-b")).to_contain_text("B 0")
    last = 1 if logs == "real" else 200
    expect(frame.get_by_test_id("step-a")).to_contain_text(f"A {last}")
    expect(frame.get_by_test_id("story-before")).to_contain_text("B, step 0")
    expect(frame.get_by_test_id("story-after")).to_contain_text(f"A, step {last}")
    assert clicks(frame) == 2
    frame.get_by_test_id("story-open").click()
    expect(frame.get_by_test_id("head-compared")).to_be_visible()


@pytest.mark.parametrize("logs", ["demo", "real"])
def test_sinks_and_hiding_them(page: Page, logs: str, request: pytest.FixtureRequest) -> None:
    frame = opened(page, request.getfixturevalue(logs))
    frame.get_by_test_id("fold-show").click()
    frame.get_by_test_id("first-hide").click()
    expect(frame.get_by_test_id("first-hide")).to_have_attribute("aria-pressed", "true")
    assert clicks(frame) == 2
    frame.get_by_test_id("view-model").click()
    expect(frame.get_by_text("without the first token").first).to_be_visible()


def test_the_neurons_of_one_weight(page: Page, real: str) -> None:
    frame = opened(page, real)
    frame.get_by_test_id("view-neuron").click()
    frame.get_by_test_id(f"word-{SHE}").click()
    expect(frame.get_by_test_id("neuron-strips")).to_be_visible()
    # The panel follows the pointer, also along the text.
    frame.get_by_test_id(f"word-{NURSE}").hover()
    pair = frame.get_by_test_id("neuron-side").get_by_role("heading").first
    expect(pair).to_contain_text("She")
    expect(pair).to_contain_text("nurse")
    assert clicks(frame) == 2


def test_the_neurons_of_one_weight_that_stays(page: Page, real: str) -> None:
    frame = opened(page, real)
    point_at_weight(page, frame, SHE, NURSE)
    page.mouse.down()
    page.mouse.up()
    expect(frame.get_by_test_id("strip-chosen-query")).to_contain_text("She")
    frame.get_by_test_id("view-neuron").click()
    pair = frame.get_by_test_id("neuron-side").get_by_role("heading").first
    expect(pair).to_contain_text("She")
    expect(pair).to_contain_text("nurse")
    # Both are pinned: they stay while the pointer is elsewhere.
    frame.get_by_test_id("word-1").hover()
    page.mouse.move(5, 5)
    expect(pair).to_contain_text("nurse")
    assert clicks(frame) == 2


def point_at_weight(page: Page, frame: FrameLocator, query: int, key: int) -> None:
    """Moves the pointer over the matrix of the story, from below, until it is at the weight."""
    plot = frame.get_by_test_id("story-map-after")
    expect(plot).to_be_visible()
    box = plot.bounding_box()
    assert box
    left, top = box["x"], box["y"]

    def at(x: float, y: float) -> str:
        page.mouse.move(left + x, top + y)
        shown: str = frame.locator("body").evaluate(SHOWN)
        return shown

    rows = (float(y) for y in range(int(box["height"]) - 2, 0, -6))
    row = next(y for y in rows if f"query {query}" in at(box["width"] / 2, y))
    columns = (float(x) for x in range(2, int(box["width"]), 6))
    next(x for x in columns if f"key {key}" in at(x, row))


def test_two_runs(page: Page, demo: str) -> None:
    frame = opened(page, demo)
    for run in ("repeats", "shorter"):
        expect(frame.get_by_test_id(f"run-drawn-{run}")).to_be_checked()
    frame.get_by_test_id("compare").click()
    frame.get_by_test_id("compare-run-shorter").click()
    expect(frame.get_by_test_id("step-b")).to_be_visible()
    expect(frame.get_by_test_id("compare")).to_contain_text("shorter")
    assert clicks(frame) == 2


@pytest.mark.parametrize("logs", ["demo", "real"])
def test_a_link(page: Page, logs: str, request: pytest.FixtureRequest) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    frame = opened(page, request.getfixturevalue(logs))
    frame.get_by_test_id("export").click()
    frame.get_by_test_id("export-link").click()
    expect(frame.get_by_test_id("export-note")).to_contain_text("link", ignore_case=True)
    assert clicks(frame) == 2


@pytest.mark.parametrize("logs", ["demo", "real"])
def test_a_figure(page: Page, logs: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    frame = opened(page, request.getfixturevalue(logs))
    expect(frame.get_by_test_id("story-headline")).to_be_visible()
    frame.get_by_test_id("export").click()
    with page.expect_download() as download:
        frame.get_by_test_id("export-pdf").click()
    download.value.save_as(tmp_path / "figure.pdf")
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")
    assert clicks(frame) == 2


def test_one_word_in_263_tokens(page: Page, real: str, smollm2_logs: Path) -> None:
    tokens = open_logs(str(smollm2_logs)).probe("smollm2", "passage").tokens()
    assert len(tokens) == 263
    word = tokens[RARE].strip()
    frame = opened(page, real)
    frame.locator("label", has=frame.get_by_test_id("tag-passage")).click()
    frame.get_by_test_id("strip-find").click()
    page.keyboard.type(word)
    hits = [place for place, token in enumerate(tokens) if word.lower() in token.lower()]
    expect(frame.get_by_test_id("strip-hits")).to_contain_text(str(len(hits)))
    page.keyboard.press("Enter")
    expect(frame.get_by_test_id("status-pair")).to_contain_text(str(hits[0]))
    assert clicks(frame) == 2


def test_which_head_matters_most(page: Page, real: str, smollm2_logs: Path) -> None:
    effect = open_logs(str(smollm2_logs)).probe("smollm2", "doctor-she").metrics()

    def most(name: str) -> HeadNumber:
        return max(effect.heads(name), key=lambda head: abs(head.value))

    def told(expected: HeadNumber) -> None:
        expect(first).to_contain_text(f"L{expected.layer} H{expected.head}")
        value = number(first.inner_text().split()[-1])
        assert abs(value - expected.value) <= 0.02 * abs(expected.value)

    frame = opened(page, real)
    frame.get_by_test_id("view-overview").click()
    frame.get_by_test_id("ranking-effects").click()
    first = frame.get_by_test_id("matters-most").locator("tbody tr").first
    expect(first).to_be_visible()
    told(most("loss_effect"))
    for of in ("loss", "answer"):
        head = most(f"{of}_effect")
        expect(frame.get_by_test_id(f"effect-number-{of}")).to_have_text(
            f"{of}: L{head.layer} H{head.head}"
        )
    assert clicks(frame) == 2
    frame.get_by_test_id("effect-number-answer").click()
    told(most("answer_effect"))
