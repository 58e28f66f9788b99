"""Heads that do one thing on one text and rest on another one are joined, in both directions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tb_attention.answers.findings import begin_findings
from tb_attention.answers.logged_probe import others_of
from tb_attention.answers.slow import SlowAnswers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.logs import events, record_file, write
from tests.support.planted import IDS, TOKENS, Weights, mostly, usual
from tests.support.stores import store_of


def repeats(i: int) -> int:
    return i - TOKENS // 2 + 1 if i >= TOKENS // 2 else i


def captured(weights: Weights, ids: tuple[int, ...] = IDS) -> Capture:
    layers = {
        number: AttentionLayer(weights=of_layer.astype(np.float32))
        for number, of_layer in enumerate(weights)
    }
    sequence = TokenSequence(tokens=tuple(b" t%d" % token for token in ids), ids=ids)
    return Capture("constructed", (sequence,), (Stack("decoder", layers),))


def planted(directory: Path, step: int = 0) -> None:
    """Layer 1 heads 0 and 2: induction heads where the text repeats, sinks where it does not."""
    again, prose = usual(0), usual(1)
    for head in (0, 2):
        again[1, head] = mostly(repeats, again[1, head])
        prose[1, head] = mostly(lambda i: 0, prose[1, head], 0.8)
    write(
        record_file(directory),
        events(0, tag="repeated", of=captured(again)),
        events(step, tag="prose", of=captured(prose, tuple(range(TOKENS)))),
        events(step, tag="tale", of=captured(prose, tuple(range(TOKENS)))),
        events(step, tag="verse", of=captured(prose, tuple(range(TOKENS)))),
    )


def found(directory: Path, tag: str) -> list[dict[str, Any]]:
    store = store_of(directory)
    others = others_of(store, ".", tag)
    answer = SlowAnswers(store).ask(begin_findings, store.steps(".", tag), others).value
    return [each for each in answer["findings"] if each["kind"] == "other text"]


def test_a_head_that_rests_here_and_copies_elsewhere(tmp_path: Path) -> None:
    planted(tmp_path)
    (finding,) = found(tmp_path, "prose")
    assert finding["sentence"] == (
        "Layer 1 heads 0 and 2 are induction heads on 'repeated' and first-token heads here."
    )
    assert set(finding["heads"]) == {(1, 0), (1, 2)}
    assert (finding["steps"], finding["metric"]) == ((0,), "first_token")


def test_a_head_that_copies_here_and_rests_elsewhere(tmp_path: Path) -> None:
    planted(tmp_path)
    (finding,) = found(tmp_path, "repeated")
    assert finding["sentence"] == (
        "Layer 1 heads 0 and 2 are first-token heads on 'prose', 'tale' and 1 more text and "
        "induction heads here."
    )
    assert finding["metric"] == "induction"


def test_other_steps_are_not_compared(tmp_path: Path) -> None:
    planted(tmp_path, step=10)
    assert found(tmp_path, "prose") == []
    assert found(tmp_path, "repeated") == []


def test_a_text_is_named_only_of_heads_that_are_so_on_it(tmp_path: Path) -> None:
    again, prose, tale = usual(0), usual(1), usual(1)
    for head in range(3):
        again[1, head] = mostly(repeats, again[1, head])
        prose[1, head] = mostly(lambda i: 0, prose[1, head], 0.8)
    for head in (2, 3):
        tale[1, head] = mostly(lambda i: 0, tale[1, head], 0.8)
    again[1, 3] = mostly(repeats, again[1, 3])
    write(
        record_file(tmp_path),
        events(0, tag="repeated", of=captured(again)),
        events(0, tag="prose", of=captured(prose, tuple(range(TOKENS)))),
        events(0, tag="tale", of=captured(tale, tuple(range(TOKENS)))),
    )
    assert {each["sentence"] for each in found(tmp_path, "repeated")} == {
        "Layer 1 heads 0, 1 and 2 are first-token heads on 'prose' and induction heads here.",
        "Layer 1 head 3 is a first-token head on 'tale' and an induction head here.",
    }
