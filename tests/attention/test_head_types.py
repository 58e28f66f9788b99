"""Head types on constructed head metrics, and their names in docs/metrics.md."""

from __future__ import annotations

import numpy as np
import pytest

from tb_attention.attention.head_metrics import METRIC_NAMES, METRICS
from tb_attention.attention.head_types import TYPES, Life, lives, type_masks, types_over_steps
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


def test_a_score_that_passes_its_threshold_by_a_hair_bears_and_kills_nothing() -> None:
    place = [kind.name for kind in TYPES].index("first token")
    for quiet in ([0.46, 0.49, 0.5, 0.53], [0.2, 0.49, 0.45, 0.48], [0.45, 0.51, 0.54, 0.5]):
        assert lives(scores(first_token=quiet), METRIC_NAMES) == [], quiet
    assert lives(scores(first_token=[0.45, 0.51, 0.54, 0.56]), METRIC_NAMES) == [
        Life(place, 0, 0, 3, None)
    ], "a slide that becomes a change"
    assert lives(scores(first_token=[0.45, 0.4, 0.51, 0.52]), METRIC_NAMES) == [
        Life(place, 0, 0, 2, None)
    ], "from the lowest"
    induction = [kind.name for kind in TYPES].index("induction")
    assert lives(scores(induction=[0.4, 0.31, 0.31, 0.4]), METRIC_NAMES) == [
        Life(induction, 0, 0, None, None)
    ], "0.09 is no change"
    assert lives(scores(induction=[0.4, 0.41, 0.31]), METRIC_NAMES) == [
        Life(induction, 0, 0, None, 2)
    ]
    assert lives(scores(first_token=[0.5, 0.42, 0.3, 0.39, 0.3, 0.5]), METRIC_NAMES) == [
        Life(place, 0, 0, None, 2),
        Life(place, 0, 0, 5, None),
    ]


def test_a_head_has_a_type_from_its_birth_to_its_death() -> None:
    random = np.random.default_rng(0)
    values = np.cumsum(random.normal(0, 0.1, (40, 5, 6, len(METRIC_NAMES))), axis=0) + 0.45
    values[random.random(values.shape) < 0.05] = np.nan
    values = np.clip(values, 0, 1).astype(np.float32)
    masks = types_over_steps(values, METRIC_NAMES)
    found = lives(values, METRIC_NAMES)
    assert len(found) > 100
    alive = np.zeros_like(masks)
    for life in found:
        alive[life.born or 0 : life.died, life.row, life.head] |= 1 << life.type
    for bit, kind in enumerate(TYPES):
        known = np.isfinite(values[..., METRIC_NAMES.index(kind.metric)])
        assert np.array_equal((masks >> bit & 1)[known], (alive >> bit & 1)[known]), kind.name
    assert np.array_equal(masks[0], type_masks(values[0], METRIC_NAMES)), "as a log of one step"


def test_a_type_that_was_excluded_begins_with_the_end_of_the_other_but_not_later() -> None:
    local = [kind.name for kind in TYPES].index("local")
    assert [
        life
        for life in lives(scores(local=[0.9] * 3, self=[0.9, 0.9, 0.2]), METRIC_NAMES)
        if life.type == local
    ] == [Life(local, 0, 0, 2, None)]
    assert not [
        life
        for life in lives(
            scores(local=[0.9, 0.9, 0.79, 0.81], self=[0.9, 0.9, 0.2, 0.2]), METRIC_NAMES
        )
        if life.type == local
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
