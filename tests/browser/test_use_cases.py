"""docs/use-cases.md in a real TensorBoard and Chromium, on logs of the repository's scripts.

With fewer steps.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.board import tensorboard
from tests.support.pages import frame_of, number, tab_url
from tests.support.repository import ROOT
from tests.support.shared import repeats

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

SHE, NURSE, DOCTOR = 7, 5, 2


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    logs = tmp_path_factory.mktemp("logs")
    command = [
        sys.executable,
        str(ROOT / "examples" / "pronouns.py"),
        f"--logdir={logs}",
        "--steps=300",
    ]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shutil.copytree(repeats(tmp_path_factory), logs, dirs_exist_ok=True)
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logs}") as url:
        yield url


@pytest.fixture
def page_options() -> dict[str, Any]:
    return {"width": 1400, "height": 900}


def opened(page: Page, address: str, **shown: str | int) -> FrameLocator:
    page.goto("about:blank")
    page.goto(tab_url(address, **shown))
    frame = frame_of(page)
    expect(frame.get_by_test_id("probe-size")).to_contain_text("tokens")
    return frame


def weights(page: Page, address: str, key: int = NURSE, **shown: str | int) -> dict[str, float]:
    """The ranking of the pair finder: head -> weight of the pronoun on the token at that place."""
    frame = opened(page, address, view="overview", panel="pair", query=SHE, key=key, **shown)
    table = frame.get_by_test_id("pair-heads")
    expect(table.locator("tbody tr")).to_have_count(16)
    # The effect of a head stands beside its weight where effects were logged.
    names = table.locator("thead th").all_inner_texts()
    head, weight = names.index("head"), names.index("weight")
    rows = (row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all())
    return {row[head]: number(row[weight]) for row in rows}


def test_bias_is_in_the_heads_whose_difference_between_the_pronouns_grew(
    page: Page, address: str
) -> None:
    def difference(step: int) -> dict[str, float]:
        she, he = (
            weights(page, address, run="finetuned", tag=f"doctor-{word}", step=step)
            for word in ("she", "he")
        )
        return {head: she[head] - he[head] for head in she}

    before, after = difference(0), difference(100)
    assert max(map(abs, before.values())) < 0.2, "the pronoun says nothing yet"
    most = max(after, key=lambda head: after[head])
    assert after[most] > 0.4
    layer, head = map(int, re.findall(r"\d+", most))
    compared = {"compare": "difference", "with_tag": "doctor-he", "with_step": "same"}
    frame = opened(
        page,
        address,
        view="head",
        run="finetuned",
        tag="doctor-she",
        step=100,
        layer=layer,
        head=head,
        heads=head,
        query=SHE,
        **compared,
    )
    frame.get_by_test_id("compare").click()
    expect(frame.get_by_test_id("compare-note")).to_contain_text("1 of 8 tokens differ: she / he")
    expect(frame.get_by_test_id("head-view")).to_contain_text(f"{after[most]:.3f}"[:5])


@pytest.mark.parametrize("view", ["story", "overview", "model", "head", "neuron"])
def test_who_links_she_to_nurse_takes_two_clicks(page: Page, address: str, view: str) -> None:
    shown: dict[str, Any] = {"run": "finetuned", "tag": "doctor-she", "step": 100}
    known = weights(page, address, **shown)
    best = max(known, key=lambda head: known[head])
    frame = opened(page, address, view=view, **shown)
    frame.get_by_test_id(f"word-{SHE}").click()
    frame.get_by_test_id(f"word-{NURSE}").click()
    answer = {"overview": "pair-heads", "head": "head-pair-heads"}.get(view, "strip-answer")
    first = frame.get_by_test_id(answer).get_by_role("button", name=re.compile(r"^L\d H\d")).first
    expect(first).to_contain_text(best)
    expect(first).to_be_in_viewport()


def test_exchanging_two_words_tells_a_place_from_a_person(page: Page, address: str) -> None:
    def weight(tag: str, place: int) -> float:
        return weights(page, address, place, run="finetuned", tag=tag, step=100)[head]

    nurse = weights(page, address, run="finetuned", tag="doctor-she", step=100)
    doctor = weights(page, address, run="finetuned", tag="doctor-he", step=100)
    head = max(nurse, key=lambda each: nurse[each] - doctor[each])
    # In nurse-she the two have changed places: a head that leans on the place would stay where it
    # was.
    assert nurse[head] > 0.5
    assert weight("nurse-she", DOCTOR) > 0.5
    assert weight("nurse-she", NURSE) < 0.3


def test_the_findings_name_the_heads_of_a_pattern_and_lead_to_them(
    page: Page, address: str
) -> None:
    frame = opened(page, address, view="overview", run="repeats", tag="repeated")
    finding = frame.get_by_test_id("findings").locator("li", has_text="induction head").first
    expect(finding).to_contain_text(
        re.compile(r"Layer 1 heads? .* became (an )?induction heads? between steps 1\d\d and 1\d\d")
    )
    finding.get_by_role("button", name="head view").click()
    expect(frame.get_by_test_id("head-view")).to_contain_text("Layer 1")


def test_what_hardly_changed_and_what_is_idle_in_a_fine_tuning(page: Page, address: str) -> None:
    frame = opened(page, address, view="overview", run="finetuned", tag="repeated")
    expect(frame.get_by_test_id("findings")).to_contain_text("look at all tokens alike at step 100")
    ranking = frame.get_by_test_id("changed-most").locator("tbody tr")
    expect(ranking).to_have_count(16)
    distances = [number(row.split()[-1]) for row in ranking.all_inner_texts()]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 3 * distances[-1]
