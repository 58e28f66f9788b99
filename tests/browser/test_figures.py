"""Figures of each view as PNG, SVG and PDF: what is on them, how large they are, what they say."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pypdf
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

from tests.support.exports import SVG, saved

if TYPE_CHECKING:
    from playwright.sync_api import Page

DC = "{http://purl.org/dc/elements/1.1/}"
VIEWS = [
    {"view": "story"},
    {"view": "overview"},
    {"view": "model"},
    {"view": "head", "drawing": "lines", "query": 8},
    {"view": "head", "drawing": "text", "query": 8},
    {"view": "head", "drawing": "matrix", "heads": "1.2"},
    {"view": "neuron", "head": 1, "query": 8},
]
NAMES = {
    "story": "layer-1_head-0_story-[a-z_]+",
    "overview": "overview-[a-z_]+",
    "model": "model",
    "head": "layer-1_heads?-(0_query-8_head-lines|0_query-8_head-text|1-2_head-matrix)",
    "neuron": "layer-1_head-1_query-8_neuron",
}
"""What tells files of one capture apart."""


@pytest.mark.parametrize(
    "state", VIEWS, ids=lambda state: "-".join(str(value) for value in state.values())
)
def test_pictures(page: Page, tab: Callable[..., Page], state: dict[str, str | int]) -> None:
    frame = tab(layer=1, step=10, **state)
    view = str(state["view"])
    expect(frame.get_by_test_id(f"{view}-view")).to_be_visible()
    before = frame.get_by_test_id(f"{view}-view").bounding_box()
    name, png = saved(page, frame, "png")
    assert re.fullmatch(rf"base_probe_step-10_{NAMES[view]}\.png", name), name
    image = Image.open(io.BytesIO(png))
    # Two columns of a paper are 178 mm; what does not need them is cut.
    assert image.info["dpi"] == pytest.approx((600, 600), rel=1e-3)
    assert 60 < image.width / 600 * 25.4 < 180
    assert len(image.convert("RGB").getcolors(1 << 24) or []) > 20
    assert image.getpixel((0, 0))[:3] == (255, 255, 255)
    assert is_tight(image)
    caption = str(image.info["Description"])
    for words in ("Run base, probe probe, step 10.", "The doctor asked the nurse a question ."):
        assert words in caption
    assert (image.info["Run"], image.info["Probe"], image.info["Step"]) == ("base", "probe", "10")
    if view in ("head", "neuron"):
        assert "layer 1" in caption
        assert "head" in caption
    assert "p.attention.run=base" in str(image.info["Source"])
    name, svg = saved(page, frame, "svg")
    assert re.fullmatch(rf"base_probe_step-10_{NAMES[view]}\.svg", name), name
    root = ElementTree.fromstring(svg)
    drawn = {element.tag for element in root.iter() if element.tag.startswith(SVG)}
    assert {tag.removeprefix(SVG) for tag in drawn} <= {
        *("svg", "title", "desc", "metadata", "g", "path", "text", "image", "clipPath")
    }
    assert root.findtext(f"{SVG}desc") == caption
    assert root.findtext(f".//{DC}description") == caption
    assert root.get("width") == f"{float(root.get('width', '')[:-2]):g}mm"
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    assert caption in " ".join(texts)
    assert any(("over the steps" if view == "overview" else "doctor") in text for text in texts)
    assert all(
        element.get("font-family", "").startswith("Roboto")
        and element.get("font-family", "").endswith("sans-serif")
        for element in root.iter(f"{SVG}text")
    )
    # The page is as it was.
    assert frame.get_by_test_id(f"{view}-view").bounding_box() == before
    assert frame.locator("[data-figure], [data-figure-off], .figure-curtain").count() == 0


def test_an_svg_reads_well_in_another_font(page: Page, tab: Callable[..., Page]) -> None:
    frame = tab(layer=1, step=10, view="neuron", head=1, query=8)
    expect(frame.get_by_test_id("neuron-view")).to_be_visible()
    svg = ElementTree.fromstring(saved(page, frame, "svg")[1])
    runs = [(element.text or "", element) for element in svg.iter(f"{SVG}text")]
    # What the page has from several pieces is one: pieces of a wider font would touch.
    assert any(text.startswith("Layer 1, head 1: query") for text, _ in runs)
    # Lines of the caption end before the edge.
    width = float((svg.get("viewBox") or "").split()[2])
    caption = svg.findtext(f"{SVG}desc") or ""
    lines = [element for text, element in runs if len(text) > 20 and text in caption]
    assert lines
    for line in lines:
        assert float(line.get("textLength", "0")) <= 0.95 * width


def is_tight(image: Image.Image) -> bool:
    """Whether no edge is far from what is drawn, and no white stripe goes across the middle."""
    white = Image.new("RGB", image.size, "white")
    ink = ImageChops.difference(image.convert("RGB"), white)
    left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
    empty = ~np.asarray(ink).any(axis=(1, 2))
    longest = max(len(run) for run in "".join("x" if row else " " for row in empty).split(" "))
    millimetre = 600 / 25.4
    near = max(left, top, image.width - right, image.height - bottom) < 2 * millimetre
    return near and longest < 14 * millimetre


@pytest.mark.parametrize(
    "state", VIEWS, ids=lambda state: "-".join(str(value) for value in state.values())
)
def test_pdf(page: Page, tab: Callable[..., Page], state: dict[str, str | int]) -> None:
    frame = tab(layer=1, step=10, **state)
    view = str(state["view"])
    expect(frame.get_by_test_id(f"{view}-view")).to_be_visible()
    svg = ElementTree.fromstring(saved(page, frame, "svg")[1])
    name, content = saved(page, frame, "pdf")
    assert re.fullmatch(rf"base_probe_step-10_{NAMES[view]}\.pdf", name), name
    reader = pypdf.PdfReader(io.BytesIO(content), strict=True)
    (sheet,) = reader.pages
    words = reader.metadata or {}
    assert words["/Subject"] == svg.findtext(f"{SVG}desc")
    assert (words["/Run"], words["/Probe"], words["/Step"]) == ("base", "probe", "10")
    assert "p.attention.run=base" in words["/Source"]
    # As large as the other files, in points.
    size = [float(str(svg.get(side))[:-2]) * 72 / 25.4 for side in ("width", "height")]
    assert [float(each) for each in sheet.mediabox[2:]] == pytest.approx(size, abs=0.1)
    # All of its text can be read; what no font has stands as a picture.
    text = re.sub(r"\s+", "", sheet.extract_text())
    for element in svg.iter(f"{SVG}text"):
        for part in re.split(r"[\s→↵≤≥]+", element.text or ""):
            assert part in text
    fonts = [font.get_object() for font in sheet["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert descriptor["/FontFile2"].get_object().get_data()[:4] == b"\0\1\0\0"
    if view == "model":
        pictures = sheet["/Resources"]["/XObject"].values()
        assert len([each for each in pictures if each.get_object()["/Subtype"] == "/Image"]) == 12


def test_a_pdf_of_hostile_tokens_can_be_read(page: Page, tab: Callable[..., Page]) -> None:
    frame = tab(run="hostile", tag="tokens", view="head", layer=0)
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    reader = pypdf.PdfReader(io.BytesIO(saved(page, frame, "pdf")[1]), strict=True)
    assert "<imgsrc=x" in re.sub(r"\s+", "", reader.pages[0].extract_text())
    content = reader.pages[0].get_contents()
    assert content is not None
    # Right-to-left words are pictures that hold their letters.
    assert "/ActualText <FEFF" in content.get_data().decode()
    assert page.evaluate("window.hurt") is None


def test_figures_are_light_unless_asked_and_as_wide_as_asked(
    page: Page, tab: Callable[..., Page]
) -> None:
    frame = tab(view="head", drawing="lines", layer=1, step=10, heads="0.1.2.3", dark=True)
    expect(frame.get_by_test_id("head-view")).to_be_visible()
    widths, backgrounds = [], []
    for width, theme in (("page", "light"), ("column", "light"), ("screen", "dark")):
        frame.get_by_test_id("export").click()
        for choice in (f"width-{width}", f"theme-{theme}"):
            frame.get_by_test_id(f"figure-{choice}").click()
            expect(frame.get_by_test_id(f"figure-{choice}")).to_have_attribute(
                "aria-checked", "true"
            )
        with page.expect_download() as download:
            frame.get_by_test_id("export-png").click()
        image = Image.open(download.value.path()).convert("RGB")
        widths.append(image.width / 600 * 25.4)
        backgrounds.append(image.getpixel((0, 0)))
    assert 150 < widths[0] <= 179
    assert 70 < widths[1] <= 86
    card = frame.locator(".head-card").bounding_box()
    assert card is not None
    assert widths[2] <= card["width"] * 25.4 / 96 + 1
    assert backgrounds == [(255, 255, 255), (255, 255, 255), (48, 48, 48)]
    # The page stayed dark.
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_one_drawing_alone(page: Page, tab: Callable[..., Page]) -> None:
    frame = tab(view="overview", step=10)
    expect(frame.get_by_test_id("overview-view")).to_be_visible()
    whole = ElementTree.fromstring(saved(page, frame, "svg")[1])
    frame.get_by_test_id("export").click()
    frame.get_by_test_id("figure-part-Over the steps").click()
    frame.get_by_test_id("export").click()
    name, svg = saved(page, frame, "svg")
    assert name.endswith("_Over-the-steps.svg")
    alone = ElementTree.fromstring(svg)
    texts = [{each.text for each in root.iter(f"{SVG}text")} for root in (whole, alone)]
    assert len(texts[1]) < len(texts[0])
    assert any("over the steps" in (text or "") for text in texts[1])


def test_the_whole_grid_of_a_deep_model(page: Page, deep_board: str) -> None:
    page.goto(
        f"{deep_board}data/plugin_entry.html?name=attention#attention&p.attention.run=deep"
        "&p.attention.tag=text&p.attention.view=model&p.attention.layers_as=rows"
    )
    grid = page.get_by_test_id("model-grid")
    expect(grid).to_be_visible()
    grid.evaluate("box => { box.scrollTop = 300 }")
    page.set_viewport_size({"width": 1280, "height": 500})
    root = ElementTree.fromstring(saved(page, page, "svg")[1])
    assert len(list(root.iter(f"{SVG}image"))) == 30 * 9
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {str(layer) for layer in range(30)} <= set(texts)
    height = float(root.get("height", "")[:-2])
    assert 150 < height < 235
    image = Image.open(io.BytesIO(saved(page, page, "png")[1]))
    assert image.height / 600 * 25.4 == pytest.approx(height, rel=0.01)
    assert grid.evaluate("box => box.scrollTop") == 300


def test_the_whole_grid_with_layers_as_columns(page: Page, deep_board: str) -> None:
    page.goto(
        f"{deep_board}data/plugin_entry.html?name=attention#attention&p.attention.run=deep"
        "&p.attention.tag=text&p.attention.view=model&p.attention.layers_as=columns"
    )
    expect(page.locator(".model-cell")).to_have_count(30 * 9)
    root = ElementTree.fromstring(saved(page, page, "svg")[1])
    images = list(root.iter(f"{SVG}image"))
    assert len(images) == 30 * 9
    width = float(root.get("viewBox", "").split()[2])
    assert max(float(image.get("x", 0)) for image in images) < width
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert {"0", "8", "28", "layer", "head"} <= set(texts)


def test_charts_are_lines_and_text(page: Page, tab: Callable[..., Page]) -> None:
    frame = tab(view="neuron", layer=1, step=10, head=1, query=8, beside="distance")
    expect(frame.get_by_test_id("neuron-distance-neurons")).to_be_visible()
    frame.get_by_test_id("export").click()
    frame.get_by_test_id("figure-part-Beside the strips").click()
    frame.get_by_test_id("export").click()
    root = ElementTree.fromstring(saved(page, frame, "svg")[1])
    # Texts under and beside an axis stand in the middle of their place: names, and numbers of the
    # distances, which go to 11.
    centred = [
        element.text
        for element in root.iter(f"{SVG}text")
        if element.get("font-size") == "11px" and element.get("text-anchor") == "middle"
    ]
    for name in ("mean weight", "distance", "contribution", "distance, query − key"):
        assert centred.count(name) == 1
    assert centred.count("10") == 2
    dashed = [path for path in root.iter(f"{SVG}path") if path.get("stroke-dasharray") == "4 3"]
    assert len(dashed) >= 3


def test_what_is_too_long_for_paper_is_what_is_in_view(page: Page, deep_board: str) -> None:
    page.goto(
        f"{deep_board}data/plugin_entry.html?name=attention#attention&p.attention.run=long"
        "&p.attention.view=head&p.attention.heads=1"
    )
    expect(page.get_by_test_id("head-view")).to_be_visible()
    root = ElementTree.fromstring(saved(page, page, "svg")[1])
    assert "The part in view." in str(root.findtext(f"{SVG}desc"))
    assert float(root.get("height", "")[:-2]) < 300
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert texts.count("0") == 2
    assert "299" not in texts
    page.get_by_test_id("drawing-matrix").click()
    root = ElementTree.fromstring(saved(page, page, "svg")[1])
    assert "The part in view." not in str(root.findtext(f"{SVG}desc"))
