"""The head view in a real TensorBoard and Chromium.

Each thing that one can do there, against the model's own eager attention.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pytest
import torch
import transformers
from playwright.sync_api import expect
from tokenizers import processors

from tb_attention import AttentionLogger
from tb_attention.capture import sequence_of
from tests.support.board import tensorboard
from tests.support.tokenizers import byte_level, wordpiece

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

Weights = npt.NDArray[np.float32]

TEXT = "the doctor asked the nurse, 🙂 <img src=x onerror=alert(1)>"
WORDS = [
    *(
        "the",
        " doctor",
        " asked",
        " the",
        " nurse",
        ",",
        " ",
        "🙂",
        " ",
        "<",
        "img",
        " src",
        "=",
        "x",
        " onerror",
        "=",
        "alert",
        "(",
        "1",
        ")",
        ">",
    )
]
PAIR = ("the doctors", "the café doctor")
LAYER, HEAD = 1, 5
TOLERANCE = 2e-3


@dataclass(frozen=True)
class Logged:
    """Weights are eager attention: [layers, heads, queries, keys]."""

    logdir: Path
    decoder: Weights
    encoder: Weights
    cross: Weights
    tokens: tuple[bytes, ...]


def eager(attentions: tuple[torch.Tensor, ...]) -> Weights:
    return torch.stack(list(attentions))[:, 0].numpy()


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    logdir = tmp_path_factory.mktemp("logs")
    transformers.set_seed(0)
    tokenizer, pieces = byte_level(), wordpiece()
    pieces.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    wide = {
        "vocab_size": len(tokenizer),
        "bos_token_id": 0,
        "eos_token_id": 0,
        "initializer_range": 0.25,
    }
    gpt = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(n_positions=64, n_embd=96, n_layer=2, n_head=12, **wide)
    ).eval()
    bert = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(pieces),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=32,
            initializer_range=0.4,
        )
    ).eval()
    t5 = transformers.T5ForConditionalGeneration(
        transformers.T5Config(
            vocab_size=len(tokenizer),
            d_model=32,
            d_kv=8,
            d_ff=32,
            num_layers=1,
            num_decoder_layers=2,
            num_heads=4,
            decoder_start_token_id=0,
        )
    ).eval()
    with AttentionLogger(logdir / "run", strict=True) as logger:
        for step in (0, 5):
            logger.log(gpt, TEXT, tag="text", step=step, tokenizer=tokenizer)
        logger.log(bert, PAIR, tag="pair", step=0, tokenizer=pieces)
        asked, smile = (tokenizer(text)["input_ids"] for text in ("the doctor asked", "a smile"))
        logger.log(t5, asked, tag="both", step=0, tokenizer=tokenizer, decoder=smile)
    for model in (gpt, bert, t5):
        model.set_attn_implementation("eager")
    with torch.no_grad():
        ids = tokenizer(TEXT, return_tensors="pt")["input_ids"]
        of_gpt = gpt(ids, output_attentions=True).attentions
        of_bert = bert(**pieces(*PAIR, return_tensors="pt"), output_attentions=True).attentions
        of_t5 = t5(
            input_ids=torch.tensor([asked]),
            decoder_input_ids=torch.tensor([smile]),
            output_attentions=True,
        ).cross_attentions
    return Logged(
        logdir, eager(of_gpt), eager(of_bert), eager(of_t5), sequence_of(TEXT, tokenizer).tokens
    )


@pytest.fixture(scope="module")
def page(
    logged: Logged, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """One page for all tests, on which no script fails and no text of a token runs."""
    problems: list[str] = []
    with tensorboard(tmp_path_factory.mktemp("board"), f"--logdir={logged.logdir}") as address:
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"a dialog: {dialog.message}"))
        page.goto(f"{address.split('#')[0]}#attention&p.attention.view=head")
        yield page
        page.close()
    assert problems == []


def opened(page: Page, tag: str, **state: Any) -> FrameLocator:
    """The tab with one state of the head view, everything else as it is by default."""
    chosen = {"run": "run", "tag": tag, "view": "head", "layer": LAYER, **state}
    page.mouse.move(5, 5)
    page.evaluate(
        "hash => { location.hash = hash }",
        "attention&" + urlencode({f"p.attention.{key}": value for key, value in chosen.items()}),
    )
    tab = page.frame_locator("iframe[src*='name=attention']")
    expect(tab.get_by_test_id("head-view")).to_be_visible(timeout=30_000)
    expect(tab.get_by_test_id("probe")).to_have_value(tag)
    expect(tab.locator(".busy.on")).to_have_count(0)
    expect(tab.get_by_test_id("head-title")).to_contain_text(f"Layer {chosen['layer']}")
    return tab


def links(tab: FrameLocator) -> dict[str, list[float]]:
    """The table beside the drawing: position of the token -> its weights, one for each head."""
    cells = "row => [...row.querySelectorAll('.head-position, td')].map(cell => cell.textContent)"
    body = tab.get_by_test_id("head-links").locator("tbody tr")
    rows = body.evaluate_all(f"rows => rows.map({cells})")
    return {
        position: [0.0 if number.startswith("<") else float(number) for number in numbers]
        for position, *numbers in rows
    }


def shows(tab: FrameLocator, expected: Weights | list[float], smallest: float = 0.02) -> None:
    """Waits until the table holds exactly the expected weights from `smallest` on, by position."""
    wanted = {
        str(place): float(weight) for place, weight in enumerate(expected) if weight >= smallest
    }
    shows_links(tab, wanted)


def shows_links(tab: FrameLocator, wanted: dict[str, float]) -> None:
    found: dict[str, float] = {}
    for _ in range(50):
        if tab.get_by_test_id("head-links").count():
            found = {place: numbers[0] for place, numbers in links(tab).items()}
            if found.keys() == wanted.keys() and all(
                abs(found[place] - wanted[place]) < TOLERANCE for place in wanted
            ):
                return
        time.sleep(0.1)
    assert found == pytest.approx(wanted, abs=TOLERANCE)


def says(tab: FrameLocator, test_id: str, weight: float) -> None:
    """Waits until the last number of a text is the weight."""
    number = float("nan")
    for _ in range(50):
        if numbers := re.findall(r"\d\.\d+", tab.get_by_test_id(test_id).inner_text()):
            number = float(numbers[-1])
        if abs(number - weight) < TOLERANCE:
            return
        time.sleep(0.1)
    assert number == pytest.approx(weight, abs=TOLERANCE)


def point(
    page: Page, tab: FrameLocator, side: str, row: int, rows: int, *, click: bool = False
) -> None:
    """Moves the mouse to a token of the drawing of lines."""
    box = tab.get_by_test_id("head-plot").bounding_box()
    assert box is not None
    height = min(40, box["height"] / rows)
    x = box["x"] + box["width"] * (0.06 if side == "query" else 0.94)
    page.mouse.move(x, box["y"] + (row + 0.5) * height)
    if click:
        page.mouse.click(x, box["y"] + (row + 0.5) * height)


def test_pointing_shows_outgoing_and_incoming_and_a_click_pins(page: Page, logged: Logged) -> None:
    own = logged.encoder[LAYER, 2]
    tab, count = opened(page, "pair", heads=2), own.shape[0]
    point(page, tab, "query", 3, count)
    shows(tab, own[3])
    point(page, tab, "key", 6, count)
    shows(tab, own[:, 6])
    point(page, tab, "query", 4, count, click=True)
    page.mouse.move(5, 5)
    shows(tab, own[4])
    point(page, tab, "key", 1, count)
    says(tab, "head-pair", own[4, 1])
    page.mouse.move(5, 5)
    page.keyboard.press("Escape")
    expect(tab.get_by_test_id("head-links")).to_have_count(0)


def test_tiles_switch_heads_and_a_layer_keeps_them(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", layer=0)
    tile = tab.get_by_test_id
    tile("head-tile-3").click()
    expect(tile("head-tile-3")).to_have_attribute("aria-pressed", "false")
    tile("head-tile-7").dblclick()
    expect(tile("head-tile-7")).to_have_attribute("aria-pressed", "true")
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_count(1)
    tile("head-tile-7").click()  # the last one stays
    expect(tile("head-tile-7")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(300)
    tile("layer-1").click()
    expect(tab.get_by_test_id("head-title")).to_contain_text("Layer 1")
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_count(1)
    tile("head-tile-7").dblclick()
    expect(tab.locator(".tile.head-colour[aria-pressed=true]")).to_have_count(12)
    expect(tile("head-tile-7")).to_have_attribute("title", re.compile("Head 7"))


def test_the_mean_of_the_chosen_heads(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", heads="1.5", query=9)
    tab.get_by_test_id("head-mean").click()
    shows(tab, logged.decoder[LAYER, [1, 5], 9].mean(axis=0))


def test_limits_by_weight_and_by_mass(page: Page, logged: Logged) -> None:
    own = logged.decoder[LAYER, HEAD, 12]
    tab = opened(page, "text", heads=HEAD, query=12)
    tab.get_by_test_id("smallest").fill("0.1")
    shows(tab, own, 0.1)
    share = own[own >= 0.1].sum()
    expect(tab.get_by_test_id("head-mass")).to_contain_text(f"{round(100 * share)} % of the weight")
    tab.get_by_test_id("smallest").fill("0")
    tab.get_by_test_id("mass").fill("70")
    largest = np.sort(own)[::-1]
    kept = largest[: int(np.searchsorted(np.cumsum(largest), 0.7)) + 1]
    shows(tab, own, float(kept[-1]) - 1e-4)
    expect(tab.get_by_test_id("head-mass")).to_contain_text(
        "beyond 70 % of their query are not drawn"
    )


def test_the_first_token_is_hidden_or_the_rest_renormalised(page: Page, logged: Logged) -> None:
    own = logged.decoder[LAYER, HEAD, 8].copy()
    gone, own[0] = own[0], 0
    tab = opened(page, "text", heads=HEAD, query=8)
    tab.get_by_test_id("first-hide").click()
    shows(tab, own)
    expect(tab.get_by_test_id("head-mass")).to_contain_text("goes to tokens that are left out")
    expect(tab.get_by_test_id("head-changes")).to_contain_text("without the first token")
    tab.get_by_test_id("first-renormalise").click()
    shows(tab, own / (1 - gone))
    expect(tab.get_by_test_id("head-changes")).to_contain_text("renormalised")


def test_special_tokens_are_hidden_as_well(page: Page, logged: Logged) -> None:
    own = logged.encoder[LAYER, 0, 2].copy()
    special = [0, 4, 8]
    own[special] = 0
    tab = opened(page, "pair", heads=0, query=2, first="renormalise")
    tab.get_by_test_id("special").check()
    shows(tab, own / own.sum())


def test_whole_words_sum_over_keys_and_average_over_queries(page: Page, logged: Logged) -> None:
    own = logged.decoder[LAYER, HEAD]
    words = words_of(logged.tokens)
    query = next(place for place, word in enumerate(words) if len(word) > 2)
    sums = {
        (f"{word[0]}-{word[-1]}" if len(word) > 1 else str(word[0])): float(
            own[words[query]][:, word].sum(axis=1).mean()
        )
        for word in words
    }
    assert sum(sums.values()) == pytest.approx(1, abs=1e-5)
    tab = opened(page, "text", heads=HEAD, query=words[query][0], smallest=0)
    tab.get_by_test_id("words-true").click()
    shows_links(tab, {place: weight for place, weight in sums.items() if weight > 1e-8})


def words_of(tokens: tuple[bytes, ...]) -> list[list[int]]:
    """Positions of the tokens of each of WORDS."""
    ends = np.cumsum([len(token) for token in tokens])
    bounds = np.searchsorted(ends, np.cumsum([len(word.encode()) for word in WORDS])) + 1
    return [list(range(first, last)) for first, last in zip([0, *bounds[:-1]], bounds, strict=True)]


@pytest.mark.parametrize("pair", ["AA", "AB", "BA", "BB"])
def test_pairs_of_sentences_are_not_renormalised_unless_wanted(
    page: Page, logged: Logged, pair: str
) -> None:
    own, halves = logged.encoder[LAYER, 1], {"A": range(5), "B": range(5, 9)}
    queries, keys = halves[pair[0]], halves[pair[1]]
    query = queries[1]
    tab = opened(page, "pair", heads=1, query=query)
    tab.get_by_test_id("segments").select_option(pair)
    weights = {str(key): float(own[query, key]) for key in keys}
    shows_links(tab, {key: weight for key, weight in weights.items() if weight >= 0.02})
    tab.get_by_test_id("segment-share").check()
    total = sum(weights.values())
    shows_links(
        tab, {key: weight / total for key, weight in weights.items() if weight / total >= 0.02}
    )


def test_cross_attention(page: Page, logged: Logged) -> None:
    tab = opened(page, "both", heads=3, layer=0)
    tab.get_by_test_id("stack-cross").click()
    tab.get_by_test_id("layer-1").click()
    expect(tab.get_by_test_id("head-title")).to_contain_text("Layer 1")
    own = logged.cross[1, 3]
    point(page, tab, "query", 1, max(own.shape))
    shows(tab, own[1])
    point(page, tab, "key", 2, max(own.shape))
    shows(tab, own[:, 2])


def test_matrix_and_text_show_the_same_numbers(page: Page, logged: Logged) -> None:
    own = logged.encoder[LAYER, 2]
    tab = opened(page, "pair", heads=2)
    tab.get_by_test_id("drawing-matrix").click()
    maps = tab.get_by_test_id("head-maps")
    maps.focus()
    for key in ["Home", *["ArrowDown"] * 4, *["ArrowRight"] * 2]:
        page.keyboard.press(key)
    says(tab, "head-live", own[4, 2])
    tab.get_by_test_id("drawing-text").click()
    tab.get_by_test_id("head-text").focus()
    for key in ["Home", *["ArrowRight"] * 3, "Enter"]:
        page.keyboard.press(key)
    shows(tab, own[3])
    tab.get_by_test_id("head-shade-query").click()
    shows(tab, own[:, 3])


def test_cells_that_are_made_larger_keep_their_numbers(page: Page, logged: Logged) -> None:
    tab = opened(page, "text", heads=HEAD, drawing="matrix")
    for _ in range(3):
        tab.get_by_test_id("head-larger").click()
    tab.get_by_test_id("head-maps").focus()
    for key in ["Home", *["ArrowDown"] * 30, *["ArrowRight"] * 21]:
        page.keyboard.press(key)
    says(tab, "head-live", logged.decoder[LAYER, HEAD, 30, 21])
    tab.get_by_test_id("head-whole").click()
    expect(tab.get_by_test_id("head-whole")).to_be_disabled()


def test_scale_and_legend(page: Page, logged: Logged) -> None:
    tab = opened(page, "pair", drawing="matrix")
    expect(tab.locator(".head-legend")).to_contain_text("square-root scale")
    tab.get_by_test_id("scale-linear").click()
    expect(tab.locator(".head-legend")).to_contain_text("linear scale")
    expect(tab.locator(".head-legend")).to_contain_text("middle 0.5")


def test_tokens_are_shown_as_a_person_reads_them(page: Page, logged: Logged) -> None:
    first = next(place for place, piece in enumerate(logged.tokens) if b"\xf0" in piece)
    tab = opened(page, "text", heads=HEAD, key=first)
    expect(tab.get_by_test_id("head-panel").locator(".head-panel-title")).to_contain_text("🙂")
    expect(tab.get_by_test_id("status-pair")).to_contain_text("1/")
    image = next(place for place, piece in enumerate(logged.tokens) if b"<" in piece)
    tab = opened(page, "text", heads=HEAD, key=image)
    expect(tab.get_by_test_id("head-panel").locator(".head-panel-title")).to_contain_text("<")
