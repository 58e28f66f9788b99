"""The settings of SHOW: each acts in the view on the screen, or is off there and says why."""

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
