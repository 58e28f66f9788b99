"""Losses, answers and effects in the tables and arrays of tb-attention export, and in inspect."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from tb_attention.cli.main import main
from tb_attention.record.effects import Answers, Cut, Effect, HeadPlace
from tests.support.commands import inspected, refusal
from tests.support.logs import capture, events, record_file, write

LOSSES = (math.nan, 1.5, 2.5, 0.25, 3.0, math.inf)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Step 0 without effects, step 10 with effects on the loss and on an answer."""
    made = capture()
    exact = {("decoder", 1): np.array([0.5, np.nan, -0.25, np.nan], np.float32)}
    place = HeadPlace("decoder", 1, 2)
    cut = Cut("small", (place,), 2.0)
    loss = Effect("loss", 1.8125, exact=exact, controls=(place,), cuts=(cut,))
    answer = Effect("answer", -0.5, answers=Answers((" she",), (" he",), at=5))
    sequence = replace(made.sequences[0], losses=LOSSES)
    measured = replace(made, sequences=(sequence,), effects=(loss, answer))
    write(record_file(tmp_path / "logs" / "run"), events(0), events(10, of=measured))
    return tmp_path / "logs"


def exported(logdir: Path, name: str, what: str) -> Path:
    output = logdir.parent / name
    assert main(["export", str(logdir), "-o", str(output), "--what", what]) == 0
    return output


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_metrics_come_with_loss_and_answer(logdir: Path) -> None:
    with np.load(exported(logdir, "metrics.npz", "metrics")) as file:
        about = json.loads(str(file["about"]))
        np.testing.assert_array_equal(file["loss"], [np.nan, 1.8125])
        np.testing.assert_array_equal(file["answer"], [np.nan, -0.5])
        column = about["metrics"].index("loss_effect")
        np.testing.assert_array_equal(
            file["metrics"][:, 1, :, column], [[np.nan] * 4, [0.5, np.nan, -0.25, np.nan]]
        )
    assert list(about["effects"]) == ["10"]
    loss, answer = about["effects"]["10"]
    assert loss["controls"] == [{"stack": "decoder", "layer": 1, "head": 2}]
    assert [(cut["name"], cut["value"]) for cut in loss["cuts"]] == [("small", 2.0)]
    assert answer["answers"] == {"first": [" she"], "second": [" he"], "at": 5}
    rows = rows_of(exported(logdir, "metrics.csv", "metrics"))
    of_output = [row for row in rows if row["head"] == ""]
    assert [(row["step"], row["metric"], row["value"]) for row in of_output] == [
        ("10", "loss", "1.8125"),
        ("10", "answer", "-0.5"),
    ]
    effects = {row["head"]: row["value"] for row in rows if row["metric"] == "loss_effect"}
    assert effects == {"0": "0.5", "2": "-0.25"}


def test_losses_of_tokens(logdir: Path) -> None:
    with np.load(exported(logdir, "losses.npz", "losses")) as file:
        assert set(file) == {"about", "10/decoder/losses"}
        np.testing.assert_array_equal(file["10/decoder/losses"], np.float32(LOSSES))
    with safe_open(exported(logdir, "losses.safetensors", "losses"), "np") as file:
        tokens = json.loads(file.metadata()["tokens"])
    assert tokens == {"10/decoder": [f" t{place}" for place in range(6)]}
    rows = rows_of(exported(logdir, "losses.csv", "losses"))
    assert [(row["index"], row["token"], float(row["loss"])) for row in rows] == [
        (str(place), f" t{place}", LOSSES[place]) for place in range(1, 6)
    ]
    assert {(row["run"], row["tag"], row["step"], row["sequence"]) for row in rows} == {
        ("run", "probe", "10", "decoder")
    }


def test_where_there_are_no_losses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(record_file(tmp_path), events(0))
    command = ["export", str(tmp_path), "-o", str(tmp_path / "a.csv"), "--what", "losses"]
    assert "no losses of tokens were logged of probe" in refusal(capsys, *command)


def test_inspect_says_what_was_measured(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(record_file(logdir / "run", 1), events(0, tag="other"))
    lines = inspected(capsys, logdir)
    assert lines[1].endswith("off by  layers x heads  effects on")
    assert lines[2].endswith("not checked  2 x 4")
    assert lines[3].endswith("not checked  2 x 4           loss 1.81 nats, answer -0.5 logits")
    assert main(["inspect", str(logdir), "--json"]) == 0
    found: Any = json.loads(capsys.readouterr().out)["runs"][0]["tags"]
    assert [tag["effects"] for tag in found] == [
        [],
        [
            {"number": "loss", "value": 1.8125, "unit": "nats", "controls": 1, "cuts": ["small"]},
            {"number": "answer", "value": -0.5, "unit": "logits", "controls": 0, "cuts": []},
        ],
    ]
