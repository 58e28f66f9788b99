"""Hostile requests to every route; benchmarks/faults.py --long takes more."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.hostile_requests import ROUTES, asked, logged
from tests.support.plugins import plugin_of


@pytest.mark.parametrize("route", ROUTES)
def test_every_request_is_answered_or_refused_in_a_sentence(tmp_path: Path, route: str) -> None:
    outcome = asked(logged(tmp_path), route, 150)
    assert (outcome.tried, outcome.lost, outcome.failed) == (150, [], [])


def test_no_route_is_forgotten(tmp_path: Path) -> None:
    served = {path.strip("/") for path in plugin_of(tmp_path).get_plugin_apps()}
    assert served - {"static/*"} == set(ROUTES)
