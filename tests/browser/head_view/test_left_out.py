"""What the head view leaves out, joins or shows of two texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.head_view import HEAD, LAYER, WORDS, Logged, opened, point, shows, shows_links

if TYPE_CHECKING:
    from playwright.sync_api import Page


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


def test_a_token_of_ones_own_choice_is_hidden(page: Page, logged: Logged) -> None:
    own = logged.decoder[LAYER, HEAD, 8].copy()
    gone, own[3] = own[3], 0
    tab = opened(page, "text", heads=HEAD, query=8, first="hide")
    tab.get_by_test_id("token").select_option("one")
    tab.get_by_test_id("word-3").click()
    tab.get_by_test_id("token-take").click()
    expect(tab.get_by_test_id("token-position")).to_contain_text("token 3 ·the")
    expect(tab.get_by_test_id("word-3")).to_have_class(re.compile("left-out"))
    tab.get_by_test_id("word-3").click()
    shows(tab, own)
    expect(tab.get_by_test_id("head-changes")).to_contain_text("without token 3 (")
    tab.get_by_test_id("first-renormalise").click()
    shows(tab, own / (1 - gone))
    expect(page).to_have_url(re.compile("p.attention.token=3"))
    tab.get_by_test_id("token").select_option("resting")
    expect(tab.get_by_test_id("head-changes")).to_contain_text("without what each head rests on")


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
