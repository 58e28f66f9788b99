"""The text above every view: its words, and which of them are chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def chosen(page: Page, query: int | None, key: int | None) -> None:
    """The words that are marked in the strip, the address and the status bar."""
    for side, place in (("query", query), ("key", key)):
        shown = page.get_by_test_id(f"strip-chosen-{side}")
        if place is None:
            expect(shown).to_have_count(0)
            expect(page).not_to_have_url(re.compile(rf"attention\.{side}="))
        else:
            expect(shown).to_have_attribute("title", re.compile(rf"^{side} {place}:"))
            expect(page).to_have_url(re.compile(rf"attention\.{side}={place}\b"))


def word(page: Page, place: int) -> Locator:
    return page.get_by_test_id(f"word-{place}")
