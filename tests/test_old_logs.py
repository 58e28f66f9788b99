"""Log directories that older versions wrote are opened, and say what was logged then.

tests/data/make_logs.py wrote them, each with the version that its folder is named after, and the
numbers beside them.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.neurons import answer_neurons
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.thumbnails import answer_thumbnails
from tb_attention.answers.weights import answer_weights
from tb_attention.errors import NotLogged
from tests.support.repository import ROOT
from tests.support.stores import store_of

LOGS = sorted((ROOT / "tests" / "data").glob("logs-*"))
Numbers = dict[str, np.ndarray]


@pytest.fixture(params=LOGS, ids=lambda path: path.name)
def logs(request: pytest.FixtureRequest) -> Path:
    directory: Path = request.param
    return directory


@pytest.fixture
def numbers(logs: Path) -> Numbers:
    with np.load(logs / "numbers.npz") as file:
        return dict(file)


def places(numbers: Numbers) -> dict[tuple[str, str, int], str]:
    """(run, tag, step) of each capture -> how its numbers are named."""
    found = {}
    for name in json.loads(str(numbers["about"])):
        run, rest = name.split("/", 1)
        tag, step = rest.rsplit("/", 1)
        found[run, tag, int(step)] = name
    return found


def test_there_are_logs_of_the_first_version() -> None:
    assert LOGS[0].name == "logs-0.1"
    size = sum(path.stat().st_size for path in LOGS[0].rglob("*") if path.is_file())
    assert size < 60_000


def test_all_that_was_logged_is_found_and_nothing_else(logs: Path, numbers: Numbers) -> None:
    answer = answer_runs(store_of(logs))
    assert answer["problems"] == []
    found = {
        (run["run"], tag["tag"], step)
        for run in answer["runs"]
        for tag in run["tags"]
        for step in tag["steps"]
    }
    assert found == places(numbers).keys()


def test_weights_queries_and_keys(logs: Path, numbers: Numbers) -> None:
    store, checked = store_of(logs), 0
    for (run, tag, step), name in places(numbers).items():
        location = store.find(run, tag, step)
        for stack in store.message(location).stacks:
            for layer in stack.layers:
                place = f"{name}/{stack.name}/{layer.layer}"
                for head in range(layer.heads):
                    where = (store, location, stack.name, layer.layer, head)
                    if layer.logged_heads and head not in layer.logged_heads:
                        with pytest.raises(NotLogged, match="was not logged: only 1, 2 were"):
                            answer_weights(*where)
                        continue
                    weights = answer_weights(*where).arrays["weights"][0]
                    expected = numbers[f"{place}/weights"][head]
                    np.testing.assert_allclose(weights, expected, atol=2e-6)
                    checked += 1
                    if not layer.weights_only:
                        neurons = answer_neurons(*where).arrays
                        key_head = head // (layer.heads // layer.key_heads)
                        assert np.array_equal(neurons["query"], numbers[f"{place}/query"][head])
                        assert np.array_equal(neurons["key"], numbers[f"{place}/key"][key_head])
    assert checked == 2 * 8 + 4 + 2 + 4, "two steps of two layers, two stacks, two heads, inline"


def test_head_metrics_and_thumbnails(logs: Path, numbers: Numbers) -> None:
    store = store_of(logs)
    for (run, tag, step), name in places(numbers).items():
        steps = store.steps(run, tag)
        metrics = answer_metrics(store, {step: steps[step]}).arrays["metrics"][0]
        assert np.array_equal(metrics, numbers[f"{name}/metrics"], equal_nan=True)
        for stack in store.message(steps[step]).stacks:
            made = answer_thumbnails(store, steps[step], stack.name).arrays["thumbnails"]
            for place, layer in enumerate(stack.layers):
                weights = numbers[f"{name}/{stack.name}/{layer.layer}/weights"]
                assert np.abs(made[place] - 255 * np.sqrt(weights)).max() < 1


def test_tokens_and_descriptions(logs: Path, numbers: Numbers) -> None:
    store = store_of(logs)
    about = json.loads(str(numbers["about"]))
    for (run, tag, step), name in places(numbers).items():
        described = answer_capture(store, run, store.find(run, tag, step))
        assert (described["model"], described["kind"]) == (
            about[name]["model"],
            about[name]["kind"],
        )
        assert [of["tokens"] for of in described["sequences"]] == about[name]["tokens"]
    (sequence,) = answer_capture(store, "decoder", store.find("decoder", "probe", 10))["sequences"]
    assert sequence["text"] == "The doctor asked. She did"
    assert sequence["pieces"][1] == "_doctor" and sequence["ids"] == [5, 6, 7, 8, 9, 6]
    assert (sequence["starts"][4], sequence["ends"][4], sequence["prompt"]) == (17, 21, 4)
    assert sequence["special"] == [True, *[False] * 5] and sequence["segments"][3:] == [0, 1, 1]
    (stack,) = answer_capture(store, "decoder", store.find("decoder", "probe", 10))["stacks"]
    assert [layer["layer"] for layer in stack["layers"]] == [0, 2]
    last = stack["layers"][1]
    assert (last["scale"], last["softcap"], last["sinks"]) == (0.25, 2.0, [0.0, 0.5, -1.0, 2.0])
    assert (last["module"], last["rotary"], last["implementation"]) == ("h.2", True, "sdpa")
