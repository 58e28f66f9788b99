"""What was logged of a probe, as arrays: beside the arrays that went in and direct formulas."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tb_attention import AttentionLayer, Capture, LoggedSteps, Sequence, Stack, open_logs
from tb_attention.errors import InvalidInput, NotLogged
from tests.support.logs import capture, events, record_file, write

STEPS = (0, 10)


def direct(step: int, layer: int) -> np.ndarray:
    """float64 [heads, queries, keys]: the softmax of the formula, with a causal mask."""
    of = capture(seed=step).stacks[0].layers[layer]
    key = np.repeat(np.float64(of.key), 2, axis=0)
    scores = np.float64(of.query) @ key.transpose(0, 2, 1) * of.scale
    scores[:, ~np.tri(6, dtype=bool)] = -np.inf
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


@pytest.fixture
def probe(tmp_path: Path) -> LoggedSteps:
    write(record_file(tmp_path / "run"), *(events(step) for step in STEPS))
    return open_logs(str(tmp_path)).probe()


def test_weights(probe: LoggedSteps) -> None:
    for step in STEPS:
        for layer in (0, 1):
            weights = probe.weights(step, layer)
            assert weights.dtype == np.float32
            assert np.abs(weights - direct(step, layer)).max() <= 2e-3
            assert np.array_equal(probe.weights(step, layer, 3), weights[3])
    assert np.array_equal(probe.weights(), probe.weights(10, 0)), "the last step, the first layer"


def test_what_arrives(tmp_path: Path) -> None:
    write(record_file(tmp_path / "run"), events(0, of=capture(norms=True)))
    norms = np.linspace(0.1, 1, 24).reshape(4, 1, 6)
    products = direct(0, 1) * norms
    arriving = open_logs(str(tmp_path)).probe().weights(0, 1, show="arriving")
    assert np.abs(arriving - products / products.sum(-1, keepdims=True)).max() <= 2e-3


def test_queries_and_keys(probe: LoggedSteps) -> None:
    of = capture(seed=10).stacks[0].layers[1]
    assert np.abs(probe.queries(10, 1) - of.query).max() <= 2e-3
    assert np.abs(probe.keys(10, 1) - of.key).max() <= 2e-3
    assert np.array_equal(probe.keys(10, 1, 3), probe.keys(10, 1)[1]), "the key head that it uses"
    assert probe.queries(10, 1, 3).shape == (6, 8)


def test_only_weights(tmp_path: Path) -> None:
    layer = AttentionLayer(weights=np.float32(np.tri(3) / np.arange(1, 4)[:, None])[None])
    of = Capture("tiny", (Sequence(tokens=(b"a", b"b", b"c")),), (Stack("decoder", {0: layer}),))
    write(record_file(tmp_path / "run"), events(0, of=of))
    probe = open_logs(str(tmp_path)).probe()
    assert np.abs(probe.weights(0, 0, 0) - layer.weights[0]).max() <= 1e-3
    with pytest.raises(NotLogged, match="Only the weights of layer 0"):
        probe.queries(0, 0)


def test_head_metrics(probe: LoggedSteps) -> None:
    metrics = probe.metrics()
    assert metrics.steps == STEPS
    assert metrics.rows == (("decoder", 0), ("decoder", 1))
    first = np.stack(
        [[direct(step, layer)[:, 1:, 0].mean(-1) for layer in (0, 1)] for step in STEPS]
    )
    assert np.abs(metrics["first_token"] - first).max() <= 5e-3
    best = metrics.heads("first_token", 0)[0]
    place = np.unravel_index(first[0].argmax(), first[0].shape)
    assert (best.layer, best.head) == place
    with pytest.raises(NotLogged, match="There is no 'nothing'"):
        metrics["nothing"]
    with pytest.raises(NotLogged, match="no step 3"):
        metrics.heads("entropy", 3)


def test_head_metrics_as_a_data_frame(probe: LoggedSteps) -> None:
    pandas = pytest.importorskip("pandas")
    frame = probe.metrics().to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    value = frame.loc[(10, "decoder", 1, 2), "entropy"]
    assert value == probe.metrics()["entropy"][1, 1, 2]
    assert len(frame) == 2 * 2 * 4


def test_types_are_those_that_are_found(tmp_path: Path) -> None:
    previous = np.eye(8, k=-1, dtype=np.float32)
    previous[0, 0] = 1
    even = np.float32(np.tri(8) / np.arange(1, 9)[:, None])
    layer = AttentionLayer(weights=np.stack([even, previous]))
    tokens = Sequence(tokens=tuple(b"t%d" % place for place in range(8)))
    write(
        record_file(tmp_path / "run"),
        events(0, of=Capture("tiny", (tokens,), (Stack("decoder", {0: layer}),))),
    )
    types = open_logs(str(tmp_path)).probe().types()
    assert types.values.dtype == bool
    assert [head.head for head in types.heads("previous token")] == [1]


def test_changes(probe: LoggedSteps) -> None:
    a, b = direct(0, 1), direct(10, 1)
    mean = (a + b) / 2

    def divergence(of: np.ndarray) -> np.ndarray:
        seen = of > 0
        return np.where(seen, of * np.log2(np.where(seen, of, 1) / np.where(seen, mean, 1)), 0)

    distances = np.sqrt((divergence(a) + divergence(b)).sum(-1) / 2)[:, 1:].mean(
        -1
    )  # the first row has one key
    change = probe.change(0, 10)
    assert np.abs(change["distance"][0, 1] - distances).max() <= 5e-3
    assert probe.change(10, 10)["distance"].max() <= 1e-3


def test_changes_of_what_does_not_fit(probe: LoggedSteps, tmp_path: Path) -> None:
    write(record_file(tmp_path / "longer"), events(0, of=capture(tokens=7)))
    logs = open_logs(str(tmp_path))
    with pytest.raises(InvalidInput, match="tokens"):
        logs.probe("run").change(0, 0, other=logs.probe("longer"))
    with pytest.raises(NotLogged, match="one log directory"):
        probe.change(0, 0, other=logs.probe("longer"))


def test_pairs(probe: LoggedSteps) -> None:
    weights = probe.pair(query=4, key=2)
    expected = [[direct(step, layer)[:, 4, 2] for layer in (0, 1)] for step in STEPS]
    assert np.abs(weights["weight"] - expected).max() <= 2e-3
    with pytest.raises(NotLogged):
        probe.pair(query=9, key=2)


def test_tokens_layers_and_the_description(probe: LoggedSteps) -> None:
    assert probe.tokens() == [f" t{place}" for place in range(6)] == probe.tokens(of="queries")
    assert probe.layers() == [0, 1]
    described = probe.capture(0)
    assert described["step"] == 0
    json.dumps(described)
    assert probe.effects() == []
    assert probe.losses() is None
    assert [finding["kind"] for finding in probe.findings()] == [
        finding["kind"] for finding in probe.findings()
    ]


def test_a_word_that_is_not_known_is_refused(probe: LoggedSteps) -> None:
    for ask in (probe.weights, lambda show: probe.pair(3, 1, show=show)):
        with pytest.raises(InvalidInput, match="show is 'arrives': give 'weight' or 'arriving'"):
            ask(show="arrives")
    with pytest.raises(InvalidInput, match="of is 'query': give 'keys' or 'queries'"):
        probe.tokens(of="query")
