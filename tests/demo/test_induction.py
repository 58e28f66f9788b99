"""Sequences that repeat, and the best induction head."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import transformers

from tb_attention.demo import induction


def test_every_sequence_repeats_with_a_period_that_is_allowed() -> None:
    data = induction.RepeatingSequences(50, seed=3)
    for index in range(len(data)):
        ids = data[index]["input_ids"]
        low, high = induction.PERIODS
        assert any(np.array_equal(ids[period:], ids[:-period]) for period in range(low, high + 1))


def test_best_induction_is_the_formula_on_the_models_own_eager_attention() -> None:
    torch.manual_seed(1)
    config = transformers.GPT2Config(
        vocab_size=32, n_positions=64, n_embd=32, n_layer=2, n_head=2, initializer_range=0.5,
        attn_implementation="eager",
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    model = transformers.GPT2LMHeadModel(config).eval()
    ids = induction.held_out()
    with torch.no_grad():
        attentions = model(torch.tensor([ids]), output_attentions=True).attentions
    scores = {
        (layer, head): sum(
            float(weights[0, head, i, j])
            for i in range(16, 64)
            for j in range(1, i + 1)
            if ids[j - 1] == ids[i]
        )
        / 48
        for layer, weights in enumerate(attentions)
        for head in range(2)
    }
    found = induction.best_induction(model, ids)
    assert (found.layer, found.head) == max(scores, key=lambda head: scores[head])
    assert found.score == pytest.approx(max(scores.values()), abs=1e-5)
