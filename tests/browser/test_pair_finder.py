"""Which heads link two words, in several sentences at once, against weights by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import expect

from tb_attention.record.capture import Capture, TokenSequence
from tests.support import logs
from tests.support.board import tensorboard
from tests.support.direct_weights import direct_weights
from tests.support.exports import saved
from tests.support.pages import number, open_tab
from tests.support.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

Numbers = npt.NDArray[np.float64]

TEXTS = {
    "doctor-she": "The doctor asked nurse . She",
    "nurse-she": "The nurse asked doctor . She",
    "doctor-he": "The doctor asked nurse . He",
    "nurse-he": "The nurse asked doctor . He",
    "another": "Nobody was there at all .",
}
STEPS = (0, 10)
QUERY = 5
KEYS = {"doctor": 3, "nurse": 1}
"""Where the nurse stands, by the first word of the probe."""


def logged(tag: str, step: int) -> Capture:
    """A capture with weights of its own for every probe and step."""
    made = logs.capture(6, seed=100 * list(TEXTS).index(tag) + step)
    tokens = tuple(
        f"{' ' if at else ''}{word}".encode() for at, word in enumerate(TEXTS[tag].split())
    )
    return Capture(made.model, (TokenSequence(tokens=tokens),), made.stacks)


def linked(tag: str, step: int) -> Numbers:
    """[layers, heads]: the weight of the last word on the nurse."""
    return np.asarray(
        direct_weights(logged(tag, step))[..., QUERY, KEYS[tag.split("-")[0]]], np.float64
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("logs")
    for tag in TEXTS:
        events = [logs.events(step, tag=tag, of=logged(tag, step)) for step in STEPS]
        logs.write(logs.record_file(folder / "one"), *events, append=True)
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={folder}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"answers": True}


def opened(page: Page, address: str, **state: object) -> FrameLocator:
    pair = {"panel": "pair", "query": QUERY, "key": KEYS["doctor"]}
    compared = {"compare": "difference", "with_tag": "doctor-he", "with_step": "same"}
    values = {"run": "one", "tag": "doctor-she", "view": "overview", **pair, **compared, **state}
    return open_tab(page, address, "pair-heads", **values)


CELLS = "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.innerText))"


def shown(tab: FrameLocator) -> list[tuple[tuple[int, int], list[float]]]:
    """Layer and head of each row, and its numbers, in the order of the table."""
    rows = []
    # All at once: the table may be drawn anew between two questions.
    for name, *cells in tab.get_by_test_id("pair-heads").locator("tbody tr").evaluate_all(CELLS):
        layer, head = (int(part[1:]) for part in name.split())
        rows.append(((layer, head), [number(each.strip()) for each in cells]))
    return rows


def least(*numbers: Numbers) -> Numbers:
    """The smallest by size, 0 where the signs differ."""
    every = np.stack(numbers)
    smallest = np.take_along_axis(every, np.abs(every).argmin(axis=0)[None], axis=0)[0]
    agree = (np.sign(every) == np.sign(every[0])).all(axis=0)
    return np.where(agree, smallest, 0)


def shows(tab: FrameLocator, *columns: Numbers) -> None:
    """Waits until the table has these columns for every head, by the size of the last one."""

    def right() -> bool:
        rows = shown(tab)
        if len(rows) != columns[0].size or any(len(cells) != len(columns) for _, cells in rows):
            return False
        told = np.array([cells for _, cells in rows])
        expected = np.array([[each[at] for each in columns] for at, _ in rows])
        sizes = np.abs(expected[:, -1])
        return np.allclose(told, expected, rtol=0, atol=2e-3) and bool(
            (np.diff(sizes) <= 2e-3).all()
        )

    until(right, lambda: f"{shown(tab)} is shown, {columns} is right")


def falls(tab: FrameLocator, column: int) -> None:
    """Waits until the largest number of this column comes first, and so on."""

    def sorted_by_it() -> bool:
        numbers = [cells[column] for _, cells in shown(tab)]
        return numbers == sorted(numbers, reverse=True)

    until(sorted_by_it, lambda: f"not sorted by column {column}: {shown(tab)}")


def test_sentences_with_the_same_two_words_are_offered_and_joined(page: Page, address: str) -> None:
    tab = opened(page, address, step=10)
    own, other = linked("doctor-she", 10), linked("doctor-he", 10)
    shows(tab, own, other, own - other)
    offered = tab.get_by_test_id("pair-sentences").locator("button.chip")
    expect(offered).to_have_text(["nurse-she (5 → 1)"])
    offered.click()
    expect(tab.get_by_test_id("pair-compared")).to_contain_text("nurse-he (5 → 1)")
    expect(tab.get_by_test_id("pair-compared")).to_contain_text("Least of 2 sentences")
    expect(tab.get_by_text("sentences so far")).to_have_count(0)
    second, fourth = linked("nurse-she", 10), linked("nurse-he", 10)
    shows(tab, least(own, second), least(other, fourth), least(own - other, second - fourth))
    tab.get_by_test_id("pair-join-mean").click()
    a, b = (own + second) / 2, (other + fourth) / 2
    shows(tab, a, b, a - b)
    assert "p.attention.pair_in=nurse-she" in page.url
    assert "p.attention.pair_join=mean" in page.url
    tab.get_by_test_id("step-first").click()
    expect(tab.get_by_test_id("step-now")).to_have_text("0")
    expect(tab.get_by_test_id("pair-compared")).to_contain_text("step 0")
    names = ("doctor-she", "nurse-she", "doctor-he", "nurse-he")
    numbers = [linked(tag, 0) for tag in names]
    a, b = (numbers[0] + numbers[1]) / 2, (numbers[2] + numbers[3]) / 2
    shows(tab, a, b, a - b)


def test_the_table_is_sorted_by_each_column(page: Page, address: str) -> None:
    tab = opened(page, address, step=10, pair_order="head")
    assert [at for at, _ in shown(tab)] == [(layer, head) for layer in (0, 1) for head in range(4)]
    for order, column in (("a", 0), ("b", 1)):
        tab.get_by_test_id(f"pair-by-{order}").click()
        falls(tab, column)
        assert f"p.attention.pair_order={order}" in page.url


def test_a_sentence_without_partner_is_not_offered_in_a_comparison(
    page: Page, address: str
) -> None:
    tab = opened(page, address, tag="doctor-he", with_tag="another", query=4, key=0)
    expect(tab.get_by_test_id("pair-in-nurse-he")).to_be_disabled()
    assert tab.get_by_test_id("pair-sentences").get_by_text("another").count() == 0


def test_the_table_of_the_pair_holds_a_and_b_and_their_difference(page: Page, address: str) -> None:
    tab = opened(page, address, step=10, pair_in="nurse-she")
    expect(tab.get_by_test_id("pair-compared")).to_contain_text("Least of 2 sentences")
    expect(tab.get_by_text("sentences so far")).to_have_count(0)
    rows = list(csv.DictReader(io.StringIO(saved(page, tab, "csv-pair")[1].decode("utf-8-sig"))))
    assert len(rows) == 2 * len(STEPS) * 8
    for row in rows:
        step, at = int(row["step"]), (int(row["layer"]), int(row["head"]))
        assert (row["with_tag"], int(row["with_step"])) == (row["tag"].replace("she", "he"), step)
        assert (int(row["query"]), int(row["key"])) == (QUERY, KEYS[row["tag"].split("-")[0]])
        a, b = linked(row["tag"], step)[at], linked(row["with_tag"], step)[at]
        numbers = [float(row[name]) for name in ("weight", "with_weight", "difference")]
        assert numbers == pytest.approx([a, b, a - b], abs=5e-4)
    _, content = saved(page, tab, "csv-pair_heads")
    ranked = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(int(row["layer"]), int(row["head"])) for row in ranked] == [at for at, _ in shown(tab)]
    assert [float(row["difference"]) for row in ranked] == pytest.approx(
        [numbers[2] for _, numbers in shown(tab)], abs=1e-3
    )
