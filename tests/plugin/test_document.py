"""docs/http.md and the plugin agree: the same routes, and the same parameters of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from werkzeug.test import Client

from tb_attention.plugin.params import Parameters
from tests.support.plugins import get, plugin_of
from tests.support.repository import ROOT

DOCUMENT = (ROOT / "docs" / "http.md").read_text()
VALUES: dict[str, str | int] = {
    "run": "run",
    "tag": "probe",
    "step": 0,
    "layer": 0,
    "head": 0,
    "query": 1,
    "key": 0,
    "with_run": "run",
    "with_tag": "probe",
    "with_step": 10,
}
"""Of the parameters that some route needs."""


@dataclass
class Names:
    """Of parameters: those that must be there, and all."""

    needed: set[str] = field(default_factory=set)
    every: set[str] = field(default_factory=set)


def documented() -> dict[str, Names]:
    """Route -> its parameters. A route may have several rows, each with parameters of its own."""
    routes: dict[str, Names] = {}
    for route, query in re.findall(r"^\| `(\w+)\??([^`]*)` \|", DOCUMENT, re.MULTILINE):
        every = set(re.findall(r"\w+", query))
        needed = every - set(re.findall(r"\[&(\w+)\]", query))
        before = routes.get(route, Names(needed, every))
        routes[route] = Names(before.needed & needed, before.every | every)
    return routes


ROUTES = documented()


def query(names: set[str]) -> str:
    return "&".join(f"{name}={VALUES[name]}" for name in sorted(names))


@pytest.fixture
def read(client: Client, monkeypatch: pytest.MonkeyPatch) -> Names:
    """The parameters that are read from now on."""
    names = Names()
    text, optional_text = Parameters.text, Parameters.optional_text

    def needed(self: Parameters, name: str) -> str:
        names.needed.add(name)
        return text(self, name)

    def every(self: Parameters, name: str) -> str | None:
        names.every.add(name)
        return optional_text(self, name)

    monkeypatch.setattr(Parameters, "text", needed)
    monkeypatch.setattr(Parameters, "optional_text", every)
    return names


def test_the_routes_are_those_of_the_document(tmp_path: Path) -> None:
    served = {route for route in plugin_of(tmp_path).get_plugin_apps() if "static" not in route}
    assert served == {f"/{route}" for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_reads_the_parameters_of_the_document(
    client: Client, read: Names, route: str
) -> None:
    response = get(client, f"{route}?{query(ROUTES[route].needed)}")
    assert response.status_code == 200, response.text
    assert read.needed == ROUTES[route].needed
    assert read.every == ROUTES[route].every | {"v"}, "which all routes take"


@pytest.mark.parametrize(
    ("route", "name"), [(route, name) for route in ROUTES for name in sorted(ROUTES[route].needed)]
)
def test_a_parameter_that_is_not_in_brackets_must_be_there(
    client: Client, route: str, name: str
) -> None:
    response = get(client, f"{route}?{query(ROUTES[route].needed - {name})}")
    assert (response.status_code, response.text) == (400, f"The parameter {name} is missing.")


def test_every_parameter_has_its_words() -> None:
    words = re.sub(r"^\|.*", "", DOCUMENT, flags=re.MULTILINE)
    for name in set().union(*(names.every for names in ROUTES.values())) | {"v"}:
        assert re.search(rf"`{name}(=\w*)?`", words), name
