"""tb-attention export, read back with the libraries that other programs use."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from tb_attention.attention import softmax
from tb_attention.attention.head_metrics import ALWAYS_LOGGED, METRIC_NAMES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.measure import measure_layer
from tb_attention.cli.main import main
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tests.support.commands import refusal
from tests.support.logs import capture, events, record_file, write


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """One run, one tag, the steps 0 and 10."""
    write(record_file(tmp_path / "logs" / "run"), events(0), events(10))
    return tmp_path / "logs"


def own_weights(step: int, layer: int) -> np.ndarray:
    return np.asarray(softmax.weights(capture(seed=step).stacks[0].layers[layer]))


def test_all_weights_of_the_last_step(logdir: Path, tmp_path: Path) -> None:
    output = tmp_path / "weights.npz"
    assert main(["export", str(logdir), "-o", str(output)]) == 0
    with np.load(output) as file:
        about = json.loads(str(file["about"]))
        assert set(file) == {"about", "10/decoder/0/weights", "10/decoder/1/weights"}
        for layer in (0, 1):
            assert (
                np.abs(file[f"10/decoder/{layer}/weights"] - own_weights(10, layer)).max() <= 2e-3
            )
    assert (about["run"], about["tag"], about["heads"]["10/decoder/1"]) == (
        "run",
        "probe",
        [0, 1, 2, 3],
    )
    assert about["tokens"]["10/decoder"]["keys"] == [f" t{place}" for place in range(6)]
    assert set(tmp_path.iterdir()) == {logdir, output}, "nothing else is left"


def test_chosen_heads_of_chosen_steps(logdir: Path, tmp_path: Path) -> None:
    output = tmp_path / "some.safetensors"
    options = [
        "--step",
        "0",
        "10",
        "--layer",
        "1",
        "--head",
        "3",
        "0",
        "--stack",
        "decoder",
        "--run",
        "run",
        "--tag",
        "probe",
    ]
    assert main(["export", str(logdir), "-o", str(output), *options]) == 0
    with safe_open(output, "np") as file:
        assert sorted(file.keys()) == ["0/decoder/1/weights", "10/decoder/1/weights"]
        for step in (0, 10):
            assert (
                np.abs(
                    file.get_tensor(f"{step}/decoder/1/weights") - own_weights(step, 1)[[3, 0]]
                ).max()
                <= 2e-3
            )
        assert json.loads(file.metadata()["heads"]) == {
            "0/decoder/1": [3, 0],
            "10/decoder/1": [3, 0],
        }


def test_queries_and_keys(logdir: Path, tmp_path: Path) -> None:
    output = tmp_path / "queries.npz"
    assert (
        main(["export", str(logdir), "-o", str(output), "--what", "queries", "--layer", "0"]) == 0
    )
    layer = capture(seed=10).stacks[0].layers[0]
    with np.load(output) as file:
        assert np.abs(file["10/decoder/0/query"] - layer.query).max() <= 2e-3
        assert np.abs(file["10/decoder/0/key"] - np.repeat(layer.key, 2, axis=0)).max() <= 2e-3, (
            "the key of each query head"
        )


def test_a_table_of_weights(logdir: Path, tmp_path: Path) -> None:
    output = tmp_path / "weights.csv"
    assert main(["export", str(logdir), "-o", str(output), "--layer", "1", "--head", "2"]) == 0
    with output.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 * 7 // 2, "the pairs that causality leaves"
    found = np.zeros((6, 6))
    for row in rows:
        assert (row["run"], row["tag"], row["step"], row["stack"], row["layer"], row["head"]) == (
            "run",
            "probe",
            "10",
            "decoder",
            "1",
            "2",
        )
        assert row["key_token"] == f" t{row['key']}"
        found[int(row["query"]), int(row["key"])] = float(row["weight"])
    assert np.abs(found - own_weights(10, 1)[2]).max() <= 2e-3


def test_metrics_of_all_steps(logdir: Path, tmp_path: Path) -> None:
    array, table = tmp_path / "metrics.npz", tmp_path / "metrics.csv"
    for output in (array, table):
        assert main(["export", str(logdir), "-o", str(output), "--what", "metrics"]) == 0
    expected, _ = measure_layer(capture(seed=10).stacks[0].layers[1], range(6))
    with np.load(array) as file:
        about = json.loads(str(file["about"]))
        assert file["steps"].tolist() == [0, 10] and about["stacks_and_layers"] == [
            ["decoder", 0],
            ["decoder", 1],
        ]
        assert about["metrics"] == list(ALWAYS_LOGGED)
        assert set(file) == {"about", "steps", "metrics"} and about["effects"] == {}
        logged = [METRIC_NAMES.index(name) for name in ALWAYS_LOGGED]
        np.testing.assert_allclose(file["metrics"][1, 1], expected[:, logged], atol=1e-4)
    with table.open(newline="", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["step"], row["layer"], row["head"]) == ("10", "1", "2")
        ]
    assert {row["metric"]: pytest.approx(float(row["value"]), abs=1e-4) for row in rows} == {
        name: value
        for name, value in zip(METRIC_NAMES, expected[2], strict=True)
        if not np.isnan(value)
    }


def test_tokens_are_no_formulas(tmp_path: Path) -> None:
    layer = AttentionLayer(weights=np.tril(np.ones((1, 2, 2), np.float32)))
    of = Capture("m", (TokenSequence((b"=1+1", b'a"\x01,')),), (Stack("decoder", {0: layer}),))
    write(record_file(tmp_path / "run"), events(0, of=of))
    assert main(["export", str(tmp_path), "-o", str(tmp_path / "t.csv")]) == 0
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        assert [row["query_token"] for row in csv.DictReader(file)] == [
            "'=1+1",
            'a"\\x01,',
            'a"\\x01,',
        ]


def test_what_cannot_be_exported(
    logdir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(record_file(tmp_path / "logs" / "other"), events(0, tag="second"), events(0))
    output = tmp_path / "out.npz"
    for options, sentence in (
        ([], "there is more than one run (other, run): choose by --run."),
        (["--run", "other"], "there is more than one tag (probe, second): choose by --tag."),
        (["--run", "none"], "There is no run"),
        (["--run", "run", "--step", "5"], "has no step 5"),
        (["--run", "run", "--layer", "9"], "has no layer 9; it has 0, 1"),
        (["--run", "run", "--head", "9"], "no head 9"),
        (["--run", "run", "--stack", "cross"], "no such stack; it has decoder"),
    ):
        assert sentence in refusal(capsys, "export", str(logdir), "-o", str(output), *options)
        assert not output.exists()
    assert "ends in .npz" in refusal(capsys, "export", str(logdir), "-o", "out.txt")
    assert "no table" in refusal(
        capsys, "export", str(logdir), "-o", "out.csv", "--run", "run", "--what", "queries"
    )
    assert "cannot be written" in refusal(
        capsys, "export", str(logdir), "--run", "run", "-o", str(tmp_path / "none" / "out.npz")
    )
    assert "there is no attention in" in refusal(
        capsys, "export", str(tmp_path / "empty"), "-o", str(output)
    )
    assert set(tmp_path.iterdir()) == {logdir}


def test_what_arrives(logdir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    norms = np.linspace(0.1, 2, 24, dtype=np.float32).reshape(4, 6)
    of = capture(seed=10)
    layers = {n: replace(one, value_norms=norms) for n, one in of.stacks[0].layers.items()}
    written = events(20, of=replace(of, stacks=(Stack("decoder", layers),)))
    write(record_file(logdir / "run"), written, append=True)
    output = tmp_path / "shares.npz"
    assert main(["export", str(logdir), "-o", str(output), "--show", "arriving"]) == 0
    assert "Wrote the shares of what arrives of probe at step 20" in capsys.readouterr().out
    expected = own_weights(10, 1) * norms[:, None]
    with np.load(output) as file:
        np.testing.assert_allclose(
            file["20/decoder/1/weights"], expected / expected.sum(2, keepdims=True), atol=2e-3
        )
    given = ("export", str(logdir), "-o", "out.npz", "--show", "arriving")
    assert "the lengths of values were not logged" in refusal(capsys, *given, "--step", "0")
    sentence = "--show arriving stands in the place of weights: leave out --what metrics."
    assert sentence in refusal(capsys, *given, "--what", "metrics")
