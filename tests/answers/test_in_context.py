"""The in-context learning score, against means that are written out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tb_attention import AttentionLogger, Repeated
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.in_context import in_context
from tests.support.causal_models import model_of
from tests.support.stores import store_of


def test_what_repeats_is_compared_with_the_first_time() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random(20) + 4, rng.random(20)
    ids = [*rng.permutation(20).tolist()] * 2
    losses = [*first, *second]
    losses[0] = float("nan")
    found = in_context(losses, ids)
    assert found is not None and found.of == "repeated"
    assert found.score == pytest.approx(np.mean(second[1:]) - np.mean(first[1:]))
    with_bos = in_context([float("nan"), *first, *second], [99, *ids])
    assert with_bos is not None and with_bos.score == pytest.approx(found.score)
    assert found.sentence.startswith("In-context learning: −3.92 nats")


def test_a_long_text_is_compared_at_two_places() -> None:
    losses = np.linspace(5, 1, 600)
    losses[0] = np.nan
    found = in_context(losses.tolist(), list(range(600)))
    assert found is not None and found.of == "places"
    # A line: the mean around a place is the loss there. Token 500 is at 499.
    assert (found.early, found.late) == pytest.approx((losses[49], losses[499]))


def test_it_is_not_defined_for_short_texts_or_without_losses() -> None:
    assert in_context([1.0] * 509, list(range(509))) is None
    assert in_context([], [1, 2, 3] * 2) is None
    assert in_context([float("nan")] * 6, [1, 2, 3] * 2) is None


def test_a_capture_tells_it(tmp_path: Path) -> None:
    model = model_of()
    with AttentionLogger(tmp_path, strict=True, effects=True) as logger:
        logger.log(model, Repeated(tokens=8), tag="repeated", step=0)
    store = store_of(tmp_path)
    answer = answer_capture(store, ".", store.find(".", "repeated", 0))
    (sequence,) = answer["sequences"]
    ids = torch.tensor([sequence["ids"]])
    with torch.no_grad():
        logits = model.eval()(ids).logits[0, :-1]
    losses = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none").tolist()
    half = len(sequence["ids"]) // 2
    # losses[k] is of token k + 1.
    later = losses[-half + 1 :]
    earlier = losses[len(losses) - 2 * half + 1 : len(losses) - half]
    expected = np.mean(later) - np.mean(earlier)
    assert sequence["in_context"]["of"] == "repeated"
    assert sequence["in_context"]["score"] == pytest.approx(expected, abs=1e-4)
