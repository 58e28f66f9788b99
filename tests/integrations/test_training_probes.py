"""Probes of a training, the built-in one among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention import AttentionCallback, Repeated
from tb_attention.errors import InvalidInput
from tb_attention.integrations.training import TrainingLog
from tb_attention.store.store import Store
from tests.support.indexes import index_of
from tests.support.probed import gpt2, tokenizer


def test_the_callback_takes_a_list_and_refuses_what_is_no_probe() -> None:
    AttentionCallback(["A text", "repeated"])
    with pytest.raises(InvalidInput, match="the tag repeated is there twice"):
        AttentionCallback(["repeated", Repeated()])


def test_a_training_logs_it_at_every_step_with_the_same_tokens(tmp_path: Path) -> None:
    log = TrainingLog(["w1 w2 w3", "repeated"], 1, (), tokenizer(bos_token="<s>"), {"strict": True})
    model = gpt2()
    log.begin_step(0, model, lambda: tmp_path)
    log.end(1, model, lambda: tmp_path)
    log.close()
    index = index_of(tmp_path)
    store = Store(index)
    found = {tag: store.steps(".", tag) for tag in index.snapshot.runs["."]}
    assert {tag: list(steps) for tag, steps in found.items()} == {
        "repeated": [0, 1],
        "w1-w2-w3": [0, 1],
    }
    before, after = (
        [*store.message(location).sequences[0].ids] for location in found["repeated"].values()
    )
    assert before == after
    assert before[1:32] == before[32:], (
        "31 tokens fit twice, with the first token, into 64 positions"
    )
