"""Captures whose meaning is wrong: every route answers, or refuses in a sentence."""

from __future__ import annotations

import json
import resource
import warnings
from pathlib import Path

import pytest

from tests.support.mutations import GOOD, asked, mutated
from tests.support.plugins import client_of, get, known, plugin_of

SEEDS = 250
"""benchmarks/faults.py --long takes more."""


@pytest.mark.parametrize("first", range(0, SEEDS, 50))
def test_no_question_about_a_mutated_capture_fails(tmp_path: Path, first: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(first, first + 50):
        mutated(tmp_path / str(seed), seed)
        client = client_of(plugin_of(tmp_path / str(seed)))
        listed = known(client)
        steps = [step for run in listed["runs"] for tag in run["tags"] for step in tag["steps"]]
        assert GOOD in steps or listed["problems"], seed
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of numbers that are none
            for route, parameters, response in asked(get, client, seed):
                said = f"seed {seed}: {route} {parameters}: {response.status_code}"
                assert response.status_code in (200, 400, 404), f"{said} {response.text}"
                if response.status_code != 200:
                    assert response.text.endswith("."), said
                elif response.mimetype == "application/json":
                    json.loads(response.text, parse_constant=_refused)
                else:
                    length = int.from_bytes(response.data[:8], "little")
                    header = json.loads(response.data[8 : 8 + length], parse_constant=_refused)
                    for value in header.get("__metadata__", {}).values():
                        json.loads(value, parse_constant=_refused)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300_000, f"{grown / 1e3:.0f} MB were taken"


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
