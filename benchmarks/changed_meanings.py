"""Captures whose meaning is wrong under right checksums: every route about each of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.tried import Tried
from tb_attention.answers import jobs
from tests.support.mutations import GOOD, asked, mutated
from tests.support.plugins import client_of, get, plugin_of


def outcomes(path: Path, seeds: range) -> Iterator[Tried]:
    """What comes of each seed."""
    jobs.PATIENCE = 20.0  # so that what fails in the background fails here
    for seed in seeds:
        folder = path / str(seed)
        mutated(folder, seed)
        with np.errstate(all="ignore"):
            yield _answered(folder, seed)
        shutil.rmtree(folder)


def _answered(folder: Path, seed: int) -> Tried:
    outcome, client = Tried(tried=1), client_of(plugin_of(folder))
    listed = get(client, "runs").get_json()
    steps = [step for run in listed["runs"] for tag in run["tags"] for step in tag["steps"]]
    if GOOD not in steps and not listed["problems"]:
        outcome.lost.append(f"meaning, seed {seed}: a step is missing, and no problem says so")
    try:
        for route, parameters, response in asked(get, client, seed):
            outcome.asked += 1
            if response.status_code not in (200, 400, 404):
                outcome.failed.append(
                    f"meaning, seed {seed}: {route} {parameters}: {response.status_code}"
                )
            elif response.mimetype == "application/json":
                json.loads(response.text, parse_constant=_refused)
    except Exception as error:  # noqa: BLE001  (it is counted)
        outcome.failed.append(f"meaning, seed {seed}: {type(error).__name__}: {error}")
    return outcome


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
