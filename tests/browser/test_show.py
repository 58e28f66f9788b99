"""The settings of SHOW act in the view on the screen, or say why not; so do comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

SETTINGS = ("show-weight", "scale-linear", "smallest", "mass", "first-hide", "words-true")


@pytest.mark.parametrize(
    ("state", "off"),
    [
        ({"view": "head"}, ()),
        ({"view": "head", "drawing": "text"}, ()),
        ({"view": "model"}, ()),
        ({"view": "model", "enlarged": 0}, ("mass", "words-true")),
        ({"view": "model", "cells": "lines"}, ("scale-linear",)),
        ({"view": "model", "cells": "rollout"}, ("show-weight", "smallest")),
        ({"view": "overview"}, ("scale-linear", "smallest", "mass", "words-true")),
        ({"view": "neuron"}, SETTINGS),
    ],
)
def test_a_setting_that_does_nothing_is_off_and_says_why(
    tab: Callable[..., Page], state: dict[str, str | int], off: tuple[str, ...]
) -> None:
    page = tab(**state)
    expect(page.get_by_test_id(f"{state['view']}-view")).to_be_visible()
    for name in SETTINGS:
        setting = page.get_by_test_id(name)
        if name in off:
            expect(setting).to_be_disabled()
            tip = setting.locator("xpath=ancestor-or-self::*[@title][1]").get_attribute("title")
            assert tip and tip.endswith("."), name
        else:
            expect(setting).to_be_enabled()


def test_a_comparison_of_a_step_with_itself_says_so(tab: Callable[..., Page]) -> None:
    for view in ("overview", "model", "head", "neuron"):
        page = tab(view=view, step=10, compare="difference", with_step=10)
        expect(page.get_by_test_id(f"{view}-view")).to_contain_text("A and B are the same")


def test_enlarged_a_and_b_are_in_sight_together(tab: Callable[..., Page]) -> None:
    page = tab(view="model", step=10, compare="both", layer=0)
    page.set_viewport_size({"width": 1280, "height": 720})
    maps = page.get_by_test_id("model-enlarged").get_by_test_id("model-matrix-0-0")
    expect(maps).to_have_count(2)
    for each in maps.all():
        expect(each).to_be_in_viewport(ratio=1)
    a, b = (each.bounding_box() for each in maps.all())
    assert a is not None and b is not None
    assert a["y"] == b["y"] and a["x"] + a["width"] <= b["x"]
