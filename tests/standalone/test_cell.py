"""The cell of a page: what its first frame holds, and what the frame beside it does."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from typing import Any

import pytest

from tb_attention import show
from tb_attention.record.capture import Capture
from tb_attention.standalone import cell
from tb_attention.standalone.page import Page
from tests.support import constructed


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers come later however small they are."""
    monkeypatch.setattr(cell, "WORTH", 1)


def frames(page: Page) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'srcdoc="([^"]*)"', page._repr_html_())]


def parts(frame: str) -> dict[str, str]:
    return dict(re.findall(r'id="tb-attention-(\w+)">([^<]*)</script>', frame))


def index(page: Page) -> dict[str, Any]:
    """The index of the page, with its stories."""
    held = json.loads(unpacked(page, "index"))
    (asked,) = [each["part"] for each in held["answers"] if each["route"] == "stories"]
    return {**held, "stories": json.loads(unpacked(page, str(asked)))["stories"]}


def unpacked(page: Page, name: str) -> bytes:
    return gzip.decompress(base64.b64decode(parts(page.html)[name]))


def two_steps(**sizes: int) -> dict[int, Capture]:
    tokens = constructed.words(12)
    return {step: constructed.capture(tokens, turn=step / 10, **sizes) for step in (0, 10)}


def test_no_part_is_lost_or_there_twice() -> None:
    page = show(two_steps())
    first, beside = frames(page)
    whole, shown, later = parts(page.html), parts(first), parts(beside)
    name = shown.pop("beside")
    assert f'const name = "{name}"' in beside
    assert {**shown, **later} == whole
    assert not set(shown) & set(later)
    assert set(later) == set(map(str, page.later))


def test_the_layer_that_is_shown_first_is_in_the_first_frame() -> None:
    page = show(constructed.capture(constructed.words(12), layers=4), layers=[2, 3])
    places = [layer for layer in index(page)["layers"] if layer["tensors"] not in page.later]
    assert [layer["layer"] for layer in places] == [2]


def test_both_steps_of_the_strongest_story_are_in_the_first_frame() -> None:
    page = show(two_steps())
    held = index(page)
    story = held["stories"][0]
    places = [layer for layer in held["layers"] if layer["tensors"] not in page.later]
    layer = story["head"][0] if story["head"] else story["finding"]["layers"][0]
    assert {place["layer"] for place in places} == {layer}
    assert {place["step"] for place in places} == {story["before"], story["after"]} - {None}


def test_few_bytes_stay_in_one_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    page = show(two_steps())
    monkeypatch.setattr(cell, "WORTH", len(page.html))
    assert frames(page) == [page.html]
    assert frames(Page(page.html)) == [page.html]


def test_ipython_shows_two_outputs_of_a_large_page(monkeypatch: pytest.MonkeyPatch) -> None:
    ipython = pytest.importorskip("IPython.display")
    shown: list[dict[str, str]] = []
    monkeypatch.setattr(ipython, "display", lambda data, raw: shown.append(data))
    page = show(two_steps())
    page._ipython_display_()
    first, second = shown
    assert first["text/html"] + second["text/html"] == page._repr_html_()
    assert first["text/plain"] == repr(page)
    monkeypatch.setattr(cell, "WORTH", len(page.html))
    with pytest.raises(NotImplementedError):
        page._ipython_display_()


def test_the_same_layers_are_the_same_frame() -> None:
    assert frames(show(two_steps()))[1] == frames(show(two_steps()))[1]
