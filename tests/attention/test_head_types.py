"""Head types on constructed head metrics, and their names in docs/metrics.md."""

from __future__ import annotations

import numpy as np
import pytest

from tb_attention.attention.head_metrics import METRIC_NAMES, METRICS
from tb_attention.attention.head_types import TYPES, Life, lives, type_masks
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.measure import measure_layer
from tests.support.repository import ROOT

BITS = {kind.name: 1 << place for place, kind in enumerate(TYPES)}
DOCUMENT = ROOT / "docs" / "metrics.md"


def scores(**values: list[float]) -> np.ndarray:
    """Head metrics [steps, 1, 1, metrics]: these over the steps, all others 0."""
    steps = max(len(one) for one in values.values())
    array = np.zeros((steps, 1, 1, len(METRIC_NAMES)), np.float32)
    for name, one in values.items():
        array[:, 0, 0, METRIC_NAMES.index(name)] = one
    return array


def labels(weights: np.ndarray, ids: list[int]) -> set[str]:
    measured, _ = measure_layer(AttentionLayer(weights=weights[None].astype(np.float32)), ids)
    mask = int(type_masks(measured, METRIC_NAMES)[0])
    return {name for name, bit in BITS.items() if mask & bit}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (lambda i: 0, {"first token"}),
        (lambda i: max(i - 1, 0), {"previous token"}),
        (lambda i: i, {"self"}),
        (lambda i: i - 10 if i >= 10 else 0, {"duplicate token", "first token"}),
        (lambda i: i - 9 if i >= 10 else i // 2, {"induction"}),
        (lambda i: max(i - 3, 0), {"local"}),
        (lambda i: i * 3 // 7, set()),
    ],
)
def test_a_head_that_does_one_thing_is_of_that_type(target: object, expected: set[str]) -> None:
    weights = np.eye(20)[[target(i) for i in range(20)]]
    assert labels(weights, list(range(10)) * 2) == expected


def test_even_weights_are_spread() -> None:
    even = np.tri(20) / np.arange(1, 21)[:, None]
    assert labels(even, list(range(10)) * 2) == {"spread"}
    # In a short text nearly every token is near, which says nothing of the head.
    assert labels(even[:7, :7], list(range(7))) == {"spread"}


def test_a_metric_that_is_not_there_or_not_defined_gives_no_type() -> None:
    names = ("induction", "self")
    masks = type_masks(np.array([[0.9, np.nan], [np.nan, 0.9], [0.1, 0.1]], np.float32), names)
    assert masks.tolist() == [BITS["induction"], BITS["self"], 0]


def test_lives() -> None:
    place = [kind.name for kind in TYPES].index("induction")
    assert lives(scores(induction=[0, 0.1, 0.5, 0.9, 0.9]), METRIC_NAMES) == [
        Life(place, 0, 0, 2, None)
    ]
    assert lives(scores(induction=[0.5, 0.5, 0.1]), METRIC_NAMES) == [Life(place, 0, 0, None, 2)]
    assert lives(scores(induction=[0.1, 0.5, 0.39, 0.41, 0.39, 0.35]), METRIC_NAMES) == [
        Life(place, 0, 0, 1, None)
    ], "a flicker"
    assert lives(scores(induction=[0.1, 0.5, np.nan, 0.5, 0.1]), METRIC_NAMES) == [
        Life(place, 0, 0, 1, 4)
    ], "a step that cannot be read"
    assert lives(scores(induction=[np.nan, 0.5, 0.5]), METRIC_NAMES) == [
        Life(place, 0, 0, None, None)
    ], "nobody saw it before"
    assert lives(scores(induction=[0, 0.5, 0, 0.5]), METRIC_NAMES) == [
        Life(place, 0, 0, 1, 2),
        Life(place, 0, 0, 3, None),
    ]


def test_a_local_head_that_becomes_a_previous_token_head_is_not_local_any_more() -> None:
    kinds = [kind.name for kind in TYPES]
    found = lives(scores(local=[0.9, 1.0, 1.0], previous_token=[0.1, 0.2, 0.9]), METRIC_NAMES)
    assert found == [
        Life(kinds.index("local"), 0, 0, None, 2),
        Life(kinds.index("previous token"), 0, 0, 2, None),
    ]


def test_the_document_has_every_metric_and_type() -> None:
    lines = DOCUMENT.read_text().splitlines()
    for metric in METRICS:
        source = f" ({metric.source})" if metric.source else ""
        formula = f"{metric.formula}{source}".replace("|", r"\|")
        assert f"| `{metric.name}` | {formula} |" in lines, metric.name
    for kind in TYPES:
        start = f"| {kind.name} | `{kind.metric}` >= {kind.threshold} | {kind.meaning} |"
        assert any(line.startswith(start) for line in lines), kind.name
