"""Heads that changed most in constructed logs must be reported, with the pair that shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.pair_change import pair_change
from tests.support.planted import TOKENS, Weights, logged, usual


def slightly(step: int) -> Weights:
    """Heads that hardly change."""
    return 0.98 * usual(0) + 0.02 * usual(step)


def linked(weights: Weights, query: int, key: int, share: float) -> None:
    """Moves this share of a row of a head to one key, and of all other rows to the token itself."""
    moved = np.eye(TOKENS)
    weights *= 0.5
    weights += 0.5 * moved
    weights[query] = (1 - share) * weights[query] + share * np.eye(TOKENS)[key]


def test_a_head_that_came_to_link_two_tokens(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = slightly(step)
        if step >= 300:
            linked(weights[2, 1], 15, 5, 0.9)
        return weights

    found = [finding for finding in logged(tmp_path, at) if finding["kind"] == "changed most"]
    (finding,) = found
    place = finding["heads"], finding["query"], finding["key"], finding["steps"]
    assert place == (((2, 1),), 15, 5, (0, 400))
    assert finding["sentence"].startswith(
        "Layer 2 head 1: from 't3' (token 15) to 't5' (token 5) 0.29 → 0.91 between steps 0 "
    )


@pytest.mark.parametrize(("key", "share"), [(5, 1.0), (0, 0.5), (15, 0.5)])
def test_a_link_to_the_first_token_or_to_itself_counts_half(
    tmp_path: Path, key: int, share: float
) -> None:
    def at(step: int) -> Weights:
        weights = slightly(step)
        if step >= 300:
            weights[2, 1] = 0.2 * weights[2, 1] + 0.8 * np.eye(TOKENS)[key]
            weights[2, 1, 15] = np.eye(TOKENS)[key]
        return weights

    (finding,) = [one for one in logged(tmp_path, at) if one["kind"] == "changed most"]
    distance = float(finding["sentence"].split("distance of the head ")[1].split(",")[0])
    assert finding["size"] == pytest.approx(share * distance, abs=5e-3)


def test_where_all_heads_change_alike_none_stands_out(tmp_path: Path) -> None:
    assert not [finding for finding in logged(tmp_path, usual) if finding["kind"] == "changed most"]


def test_a_layer_that_hardly_moved_but_for_one_head(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[0] = usual(0)[0]
        if step >= 300:
            linked(weights[0, 1], 15, 5, 0.9)
        return weights

    (finding,) = [one for one in logged(tmp_path, at) if one["kind"] == "hardly moved"]
    assert finding["layers"] == (0,)
    assert finding["sentence"].startswith(
        "Layer 0 hardly moved between steps 0 and 400, except layer 0 head 1 (mean distance of the "
        "others 0)"
    )


def test_two_of_four_heads_are_no_exceptions(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[0, :2] = usual(0)[0, :2]
        return weights

    assert not [one for one in logged(tmp_path, at) if one["kind"] == "hardly moved"]


def test_what_the_first_token_loses_is_said_by_what_gets_it() -> None:
    before, after = np.zeros((2, 1, 4, 4), np.float32)
    before[0, :, 0] = 1
    after[0] = before[0]
    after[0, 3] = [0.2, 0.1, 0.7, 0]
    pair = pair_change(AttentionLayer(weights=before), AttentionLayer(weights=after))
    assert pair is not None
    assert (pair.query, pair.key, pair.before) == (3, 2, 0)
    assert pair.after == pytest.approx(0.7)
    after[0, 3] = [0.1, 0.3, 0.3, 0.3]
    pair = pair_change(AttentionLayer(weights=before), AttentionLayer(weights=after))
    assert pair is not None
    assert (pair.query, pair.key) == (3, 0), "no other token got half as much"


def test_weights_that_are_not_known_have_no_pair() -> None:
    nan = AttentionLayer(weights=np.full((1, 3, 3), np.nan, np.float32))
    assert pair_change(nan, nan) is None


def test_a_log_of_one_step_says_what_kinds_of_heads_there_are(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        for head in (1, 3):
            weights[2, head] = np.eye(TOKENS)[[i - 11 if i >= 12 else i // 2 for i in range(24)]]
        weights[0, 2] = np.eye(TOKENS)[[max(i - 1, 0) for i in range(24)]]
        return weights

    found = logged(tmp_path / "one", at, steps=(100,))
    assert [(one["kind"], one["sentence"]) for one in found if one["kind"] != "alike"] == [
        (
            "kinds of heads",
            "Of 12 heads one looks at the token before and two copy what followed a token the last "
            "time.",
        ),
        ("kinds of heads", "1 previous-token head: 0.2 (score 1.00)."),
        ("kinds of heads", "2 induction heads: 2.1, 2.3 (score 1.00)."),
    ]
    assert not any("step 100" in one["sentence"] for one in found), "there is no other step"
    assert not [
        one
        for one in logged(tmp_path / "two", at, steps=(100, 200))
        if one["kind"] == "kinds of heads"
    ]
