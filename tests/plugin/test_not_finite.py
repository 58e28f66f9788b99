"""Runs that diverge: what is infinite or no number is stored, served and said as such."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from tb_attention import log_arrays
from tests.support.plugins import client_of, get, known, plugin_of, tensors

INFINITE, NAN = math.inf, math.nan


def logged(directory: Path, step: int = 0, **options: Any) -> Client:
    """A client of a log directory with one more step."""
    q = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    given = {"query": [q], "key": [q], **options}
    log_arrays(str(directory / "run"), list("abcdef"), tag="probe", step=step, **given)
    return client_of(plugin_of(directory))


def strict(text: str) -> Any:
    """JSON as browsers read it, which know no NaN."""

    def refused(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refused)


@pytest.mark.parametrize(
    ("scale", "said"),
    [(INFINITE, "Infinity"), (-INFINITE, "-Infinity"), (NAN, "NaN"), (1e300, "Infinity"), (2, 2.0)],
)
def test_a_scale_that_is_not_finite(tmp_path: Path, scale: float, said: object) -> None:
    client = logged(tmp_path, scale=scale)
    known(client)
    asked = "run=run&tag=probe&step=0"
    (layer,) = strict(get(client, f"capture?{asked}").text)["stacks"][0]["layers"]
    assert layer["scale"] == said
    response = get(client, f"neurons?{asked}&layer=0&head=0")
    header = response.data[8 : 8 + int.from_bytes(response.data[:8], "little")]
    assert strict(strict(header.decode())["__metadata__"]["scale"]) == said


def test_sinks_and_soft_cap_that_are_not_finite(tmp_path: Path) -> None:
    from tb_attention.attention.layer import AttentionLayer
    from tb_attention.record.capture import Capture, Stack, TokenSequence
    from tests.support.logs import events, record_file, write

    q = np.ones((3, 2, 4), np.float32)
    sinks = np.array([INFINITE, -INFINITE, NAN])
    layer = AttentionLayer(q, q, sinks=sinks, softcap=INFINITE)
    capture = Capture("m", (TokenSequence((b"a", b"b")),), (Stack("decoder", {0: layer}),))
    write(record_file(tmp_path / "run"), events(of=capture))
    client = client_of(plugin_of(tmp_path))
    known(client)
    answer = strict(get(client, "capture?run=run&tag=probe&step=0").text)
    (described,) = answer["stacks"][0]["layers"]
    assert described["sinks"] == ["Infinity", "-Infinity", "NaN"]
    assert described["softcap"] == "Infinity"


def test_a_run_that_diverges_shows_what_it_is(tmp_path: Path) -> None:
    """Scores that grow, become infinite, and at last no numbers: each step is what it is."""
    q = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    broken = q.copy()
    broken[1, 3, 2] = NAN
    logged(tmp_path, 0)
    logged(tmp_path, 10, query=[1e30 * q], key=[1e30 * q])
    logged(tmp_path, 20, query=[broken], key=[broken])
    client = logged(tmp_path, 30, query=[np.full_like(q, NAN)], key=[np.full_like(q, NAN)])
    tag = known(client)["runs"][0]["tags"][0]
    assert tag["steps"] == [0, 10, 20, 30]
    assert known(client)["problems"] == []
    arrays, metadata = tensors(get(client, "metrics?run=run&tag=probe"))
    metrics = dict(zip(metadata["names"], np.moveaxis(arrays["metrics"], 3, 0), strict=True))
    assert np.isfinite(metrics["max_logit"][0]).all()
    assert np.isposinf(metrics["max_logit"][1]).all()
    assert np.isnan(metrics["max_logit"][3]).all()
    assert (metrics["nan_rows"][:, 0, 1] > 0).tolist() == [False, True, True, True]
    asked = "run=run&tag=probe&step=20&layer=0"
    weights = tensors(get(client, f"weights?{asked}"))[0]["weights"]
    assert np.isfinite(weights[0]).all()
    assert np.isnan(weights[1, 3]).any()
    found = strict(get(client, "findings?run=run&tag=probe").text)["findings"]
    sentences = " ".join(finding["sentence"] for finding in found)
    assert "not a number" in sentences
    for route in ("types", "pair", "contributions", "change", "distances", "row", "neurons"):
        more = "&head=1&query=3&key=1&with_run=run&with_tag=probe&with_step=0"
        response = get(client, f"{route}?{asked}{more}")
        assert response.status_code == 200, (route, response.text)


def test_an_infinite_score_is_said_in_words(tmp_path: Path) -> None:
    q = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    logged(tmp_path, 0)
    client = logged(tmp_path, 10, query=[1e30 * q], key=[1e30 * q])
    known(client)
    found = strict(get(client, "findings?run=run&tag=probe").text)["findings"]
    (large,) = [finding for finding in found if finding["kind"] == "large score"]
    assert "to infinity between steps 0 and 10" in large["sentence"]
