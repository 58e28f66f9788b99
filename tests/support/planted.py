"""Logs in which a finding is planted, and those in which none is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tb_attention.answers.findings import begin_findings
from tb_attention.answers.slow import SlowAnswers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.logs import events, record_file, write
from tests.support.stores import store_of

TOKENS, LAYERS, HEADS = 24, 3, 4
STEPS = (0, 100, 200, 300, 400)
IDS = tuple(range(12)) * 2
Weights = np.ndarray
"""Weights of one step: [layers, heads, tokens, tokens]."""


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
    directory: Path,
    at: Callable[[int], Weights],
    steps: Sequence[int] = STEPS,
    *,
    measured: Callable[[Capture, int], Capture] = lambda made, step: made,
    **options: Any,
) -> list[dict[str, Any]]:
    """Logs weights at each step, with what was measured beside them, and gives the findings."""
    tokens = tuple(b" t%d" % token for token in IDS)
    for step in steps:
        layers = {
            layer: AttentionLayer(weights=weights.astype(np.float32))
            for layer, weights in enumerate(at(step))
        }
        sequence = TokenSequence(tokens=tokens, ids=IDS)
        made = Capture("constructed", (sequence,), (Stack("decoder", layers),), **options)
        write(
            record_file(directory),
            events(step, of=measured(made, step)),
            append=step != steps[0],
        )
    return findings(directory)


def findings(directory: Path) -> list[dict[str, Any]]:
    store = store_of(directory)
    return SlowAnswers(store).ask(begin_findings, store.steps(".", "probe")).value["findings"]
