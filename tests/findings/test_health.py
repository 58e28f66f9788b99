"""Sick heads that are planted in constructed logs must be reported, at their step and place."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.logs import events, record_file, write
from tests.support.planted import TOKENS, Weights, findings, logged, mostly, usual


def test_a_nan(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step >= 200:
            weights[2, 0, 5] = np.nan
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["level"], finding["heads"], finding["steps"]) == (
        "not a number",
        "warning",
        ((2, 0),),
        (200,),
    )
    assert finding["query"] == 5
    assert finding["sentence"] == (
        "Layer 2 head 0 has weights that are not a number from step 200 on "
        "(up to 4.17 % of the rows)."
    )


def test_a_whole_head_that_is_nan(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step == 200:
            weights[0, :2] = np.nan
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["heads"], finding["steps"], finding["query"]) == (((0, 0), (0, 1)), (200,), 0)
    assert finding["sentence"] == (
        "Layer 0 heads 0 and 1 have weights that are not a number at step 200 "
        "(up to 100 % of the rows)."
    )


def test_an_entropy_collapse(tmp_path: Path) -> None:
    places = np.random.default_rng(9).integers(0, 12, TOKENS)

    def at(step: int) -> Weights:
        weights = usual(step)
        if step >= 300:
            weights[0, 1] = mostly(lambda i: int(min(places[i], i)), weights[0, 1], 0.995)
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["level"], finding["heads"], finding["steps"]) == (
        "entropy collapse", "warning", ((0, 1),), (200, 300)
    )  # fmt: skip


def test_large_scores_are_told_with_their_tokens(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    query, key = (random.standard_normal((2, 12, 4)).astype(np.float32) for _ in range(2))
    sequence = TokenSequence(
        tokens=tuple(b" t%d" % place for place in range(12)), ids=tuple(range(12))
    )
    large = query.copy()
    large[1, 7] = 100 * key[1, 4]
    for step, queries in ((0, query), (50, large)):
        layer = AttentionLayer(query=queries, key=key, scale=0.5)
        made = Capture("constructed", (sequence,), (Stack("decoder", {5: layer}),))
        write(record_file(tmp_path), events(step, of=made), append=step > 0)
    (finding,) = [finding for finding in findings(tmp_path) if finding["kind"] == "large score"]
    scores = large[1] @ key[1].T * 0.5
    expected = np.unravel_index(
        np.argmax(np.where(np.tri(12, dtype=bool), scores, -np.inf)), scores.shape
    )
    assert (finding["heads"][0], finding["level"], finding["steps"]) == ((5, 1), "warning", (0, 50))
    assert (finding["query"], finding["key"]) == tuple(expected)
