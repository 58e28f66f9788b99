"""Findings must be true.

Each is planted in constructed logs and must be reported, at its step and place; and logs without it
are quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logs import events, record_file, write

from tb_attention.answers import jobs
from tb_attention.answers.findings import KINDS, begin_findings
from tb_attention.answers.slow import SlowAnswers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.findings import health, likeness, patterns
from tb_attention.findings.finding import heads_named, layers_named, number, percent
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store

TOKENS, LAYERS, HEADS = 24, 3, 4
STEPS = (0, 100, 200, 300, 400)
IDS = tuple(range(12)) * 2

Weights = np.ndarray
"""Weights of one step: [layers, heads, tokens, tokens]."""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long: every answer is waited for until it is done."""
    monkeypatch.setattr(jobs, "PATIENCE", 60)


def usual(step: int) -> Weights:
    """Heads that look here and there, at other places at each step, and by no pattern."""
    scores = 2.0 * np.random.default_rng(step).standard_normal((LAYERS, HEADS, TOKENS, TOKENS))
    return softmax(np.where(np.tri(TOKENS, dtype=bool), scores, -np.inf))


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def mostly(target: Callable[[int], int], usual: Weights, share: float = 0.95) -> Weights:
    """The weights of a head, with this share of each row moved to one token."""
    return share * np.eye(TOKENS)[[target(i) for i in range(TOKENS)]] + (1 - share) * usual


def logged(
    directory: Path, at: Callable[[int], Weights], steps: Sequence[int] = STEPS, **options: Any
) -> list[dict[str, Any]]:
    """Logs weights at each step, and gives the findings."""
    tokens = tuple(b" t%d" % token for token in IDS)
    for step in steps:
        layers = {
            layer: AttentionLayer(weights=weights.astype(np.float32))
            for layer, weights in enumerate(at(step))
        }
        sequence = TokenSequence(tokens=tokens, ids=IDS)
        made = Capture("constructed", (sequence,), (Stack("decoder", layers),), **options)
        write(record_file(directory), events(step, of=made), append=step != steps[0])
    return findings(directory)


def findings(directory: Path) -> list[dict[str, Any]]:
    index = Index([Root(str(directory))])
    index.refresh()
    store = Store(index)
    return SlowAnswers(store).ask(begin_findings, store.steps(".", "probe")).value["findings"]


def test_logs_without_anything_are_quiet(tmp_path: Path) -> None:
    assert logged(tmp_path, usual) == []


def test_one_step_alone_is_quiet(tmp_path: Path) -> None:
    assert logged(tmp_path, usual, steps=(7,)) == []


def test_a_sink_head(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[1, 2] = mostly(lambda i: 0, weights[1, 2])
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["heads"], finding["steps"], finding["metric"]) == (
        "first token",
        ((1, 2),),
        (400,),
        "first_token",
    )
    assert finding["sentence"].startswith(
        "1 of 12 heads puts over 90 % of its weight on the first token at step 400 (layer 1 head "
        "2: 9"
    )


def test_an_induction_head_is_born_and_a_previous_token_head_dies(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step >= 300:
            weights[2, 1] = mostly(lambda i: i - 11 if i >= 12 else i // 2, weights[2, 1], 0.8)
        if step < 200:
            weights[0, 3] = mostly(lambda i: max(i - 1, 0), weights[0, 3], 0.8)
        return weights

    died, born = sorted(logged(tmp_path, at), key=lambda finding: finding["steps"])
    assert (born["kind"], born["heads"], born["steps"], born["metric"]) == (
        "type born",
        ((2, 1),),
        (200, 300),
        "induction",
    )
    assert born["sentence"].startswith(
        "Layer 2 head 1 became an induction head between steps 200 and 300 (score 0."
    )
    assert (died["kind"], died["heads"], died["steps"], died["metric"]) == (
        "type died",
        ((0, 3),),
        (100, 200),
        "previous_token",
    )
    assert died["sentence"].startswith(
        "Layer 0 head 3 ceased to be a previous-token head between steps 100 and 200 (score 0.8"
    )


def test_a_frozen_layer(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[1] = usual(0)[1]
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["layers"], finding["heads"], finding["steps"]) == (
        "hardly moved",
        (1,),
        (),
        (0, 400),
    )
    assert finding["sentence"].startswith(
        "Layer 1 hardly moved between steps 0 and 400 (mean distance below 0.001)"
    )


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
    assert (
        finding["sentence"]
        == "Layer 2 head 0 has weights that are not a number from step 200 on (up to 4.17 % of the rows)."
    )


def test_a_whole_head_that_is_nan(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step == 200:
            weights[0, :2] = np.nan
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["heads"], finding["steps"], finding["query"]) == (((0, 0), (0, 1)), (200,), 0)
    assert (
        finding["sentence"]
        == "Layer 0 heads 0 and 1 have weights that are not a number at step 200 (up to 100 % of the rows)."
    )


def test_two_heads_that_are_the_same(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        if step == 400:
            weights[1, 3] = weights[1, 0]
        return weights

    (finding,) = logged(tmp_path, at)
    assert (finding["kind"], finding["heads"], finding["steps"]) == (
        "alike",
        ((1, 0), (1, 3)),
        (400,),
    )
    assert finding["sentence"].startswith(
        "Layer 1 heads 0 and 3 look the same at step 400 (distance below 0.001)"
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


@pytest.mark.parametrize("even", [False, True])
def test_a_dead_head(tmp_path: Path, even: bool) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[2, 2] = (
            np.tri(TOKENS) / np.arange(1, TOKENS + 1)[:, None]
            if even
            else mostly(lambda i: 0, weights[2, 2], 0.998)
        )
        return weights

    found = {finding["kind"]: finding for finding in logged(tmp_path, at)}
    assert found.keys() == ({"dead"} if even else {"dead", "first token"})
    assert (found["dead"]["heads"], found["dead"]["steps"]) == (((2, 2),), (400,))
    assert (
        "looks at all tokens alike" if even else "at least 99 % of its weight on the first token"
    ) in found["dead"]["sentence"]


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


def test_another_text_at_each_step_is_no_change_of_the_model(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(0)
        if step == 400:
            weights[0, 0] = mostly(lambda i: max(i - 1, 0), weights[0, 0])
        return weights

    assert logged(tmp_path, at, kind="batch") == []


def test_what_is_told_comes_in_the_order_of_its_kind(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[0] = usual(0)[0]
        weights[1, 1] = mostly(lambda i: 0, weights[1, 1], 0.998)
        weights[2, 0, 3] = np.nan
        return weights

    found = logged(tmp_path, at)
    assert [finding["kind"] for finding in found] == [
        "not a number",
        "first token",
        "dead",
        "hardly moved",
    ]
    assert [KINDS.index(finding["kind"]) for finding in found] == sorted(
        KINDS.index(finding["kind"]) for finding in found
    )


def test_a_damaged_last_step_leaves_the_others(tmp_path: Path) -> None:
    def at(step: int) -> Weights:
        weights = usual(step)
        weights[1, 2] = mostly(lambda i: 0, weights[1, 2])
        return weights

    logged(tmp_path, at)
    index = Index([Root(str(tmp_path))])
    index.refresh()
    store = Store(index)
    last = store.find(".", "probe", 400)
    data = bytearray(record_file(tmp_path).read_bytes())
    data[last.commit : last.commit + 2000] = data[last.commit : last.commit + 2000].replace(
        b"\x05probe", b"\x05probf"
    )
    record_file(tmp_path).write_bytes(data)
    (finding,) = SlowAnswers(store).ask(begin_findings, store.steps(".", "probe")).value["findings"]
    assert finding["steps"] == (300,)


def test_words() -> None:
    assert (
        heads_named([(3, 5), (1, 0), (3, 2)], "decoder", several=False)
        == "Layer 1 head 0, layer 3 heads 2 and 5"
    )
    assert (
        heads_named([(0, head) for head in range(7)], "cross", several=True)
        == "Cross layer 0 heads 0, 1, 2 and 3 and 3 more"
    )
    assert layers_named([0, 1, 2, 3, 7], "decoder", several=False) == "Layers 0-3 and 7"
    assert layers_named([4], "encoder", several=True) == "Encoder layer 4"
    assert [number(value) for value in (0.0041, 0.123, 1.5, 12.4, 1234.5)] == [
        "0.004",
        "0.12",
        "1.50",
        "12",
        "1,234",
    ]
    assert [percent(value) for value in (0.91, 0.996, 0.99999, 1.0)] == [
        "91 %",
        "99.6 %",
        "99.9 %",
        "100 %",
    ]


def test_the_document_tells_of_every_kind_with_its_numbers() -> None:
    document = (Path(__file__).parents[1] / "docs" / "metrics.md").read_text()
    lines = {
        line.split("|")[1].strip(): line for line in document.splitlines() if line.startswith("| ")
    }
    assert set(KINDS) <= lines.keys()
    numbers = {
        "large score": (health.LARGE, health.GROWN, health.GROWTH),
        "entropy collapse": (health.OPEN, health.COLLAPSED),
        "first token": (patterns.SINK,),
        "dead": (patterns.DEAD_FIRST, patterns.DEAD_EVEN),
        "type born": (patterns.MOST,),
        "hardly moved": (likeness.UNMOVED,),
        "alike": (likeness.ALIKE,),
    }
    findings_part = document[document.index("## Findings") :]
    for kind, values in numbers.items():
        (line,) = [line for line in findings_part.splitlines() if line.startswith(f"| {kind} |")]
        assert all(f"{value:g}" in line for value in values), kind
