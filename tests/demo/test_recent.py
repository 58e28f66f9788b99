"""Sequences in which recent tokens come again."""

from __future__ import annotations

import numpy as np

from tb_attention.demo import recent


def test_recent_tokens_come_again_as_often_as_said() -> None:
    data = recent.Recent(300, seed=3)
    assert np.array_equal(data[7]["input_ids"], recent.Recent(300, seed=3)[7]["input_ids"])
    ids = np.stack([data[index]["input_ids"] for index in range(len(data))])
    same = np.array([np.mean(ids[:, 32:] == ids[:, 32 - back : -back]) for back in range(1, 13)])
    # Near ones come again more often than far ones, and all more often than by chance.
    assert np.polyfit(np.arange(12), same, 1)[0] < -0.005
    assert same.min() > 1 / recent.VOCABULARY
