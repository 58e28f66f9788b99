"""Packed documents that see each other must be reported, and none where a mask keeps them apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.logs import events, record_file, write
from tests.support.planted import findings

LENGTHS = (4, 3, 5)
DOCUMENTS = tuple(number for number, length in enumerate(LENGTHS) for _ in range(length))
TOKENS = len(DOCUMENTS)
SAME = np.equal.outer(DOCUMENTS, DOCUMENTS)


def packed(seed: int, masks: list[np.ndarray], documents: tuple[int, ...] = DOCUMENTS) -> Capture:
    """A layer for each mask [heads, queries, keys], of random queries and keys."""
    rng = np.random.default_rng(seed)
    layers = {}
    for number, mask in enumerate(masks):
        query, key = rng.normal(size=(2, 2, TOKENS, 8)).astype(np.float32)
        layers[number] = AttentionLayer(query=query, key=key, mask=mask)
    tokens = tuple(b"t%d" % place for place in range(TOKENS))
    sequence = TokenSequence(tokens, documents=documents)
    return Capture("packed", (sequence,), (Stack("decoder", layers),), kind="batch")


def found(directory: Path, capture: Capture) -> list[dict[str, object]]:
    write(record_file(directory), events(7, of=capture))
    return [finding for finding in findings(directory) if finding["kind"] == "leak"]


@pytest.mark.parametrize("seed", range(4))
def test_documents_that_a_mask_keeps_apart(tmp_path: Path, seed: int) -> None:
    assert found(tmp_path, packed(seed, [SAME[None], SAME[None]])) == []


def test_one_document_and_none(tmp_path: Path) -> None:
    everything = np.ones((1, TOKENS, TOKENS), bool)
    assert found(tmp_path / "one", packed(0, [everything], (3,) * TOKENS)) == []
    assert found(tmp_path / "none", packed(0, [everything], ())) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_leak_in_one_head(tmp_path: Path, seed: int) -> None:
    """Head 1 of layer 1 sees the second document from the third."""
    masks = np.broadcast_to(SAME, (2, TOKENS, TOKENS)).copy()
    masks[1, 7:, 4:7] = True
    capture = packed(seed, [SAME[None], masks])
    (finding,) = found(tmp_path, capture)
    layer = capture.stacks[0].layers[1]
    scores = layer.query[1] @ layer.key[1].T
    scores = np.where(np.tri(TOKENS, dtype=bool) & masks[1], scores, -np.inf)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = raised / raised.sum(axis=1, keepdims=True)
    mass = float(weights[7:, 4:7].sum(axis=1).mean())
    assert (finding["heads"], finding["steps"], finding["level"]) == (((1, 1),), (7,), "warning")
    sentence = str(finding["sentence"])
    assert sentence.startswith("Document 3 attends to document 2 with mass ")
    assert f"most: layer 1 head 1, {mass:.2f})" in sentence
    assert "more pair" not in sentence


def test_documents_without_any_mask(tmp_path: Path) -> None:
    """As where rows are packed and the attention function is not told."""
    everything = np.ones((1, TOKENS, TOKENS), bool)
    (finding,) = found(tmp_path, packed(1, [everything, everything]))
    assert finding["layers"] == (0, 1) and len(finding["heads"]) == 4  # type: ignore[arg-type]
    assert " and 2 more pairs of documents" in str(finding["sentence"])
