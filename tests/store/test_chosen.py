"""A part of a log directory: some runs, tags and steps."""

from __future__ import annotations

import pytest

from tb_attention.errors import NotLogged
from tb_attention.store.chosen import Choice, chosen, only
from tb_attention.store.store import Store
from tests.support.logs import events, record_file, write
from tests.support.stores import store_of


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    logs = tmp_path_factory.mktemp("logs")
    write(record_file(logs / "a"), *(events(step) for step in (0, 10, 20)), events(0, tag="other"))
    write(record_file(logs / "b"), events(10))
    return store_of(logs)


def listed(store: Store) -> dict[str, dict[str, list[int]]]:
    return {
        run: {tag: list(steps) for tag, steps in tags.items()}
        for run, tags in store.snapshot.runs.items()
    }


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (Choice(), {"a": {"other": [0], "probe": [0, 10, 20]}, "b": {"probe": [10]}}),
        (Choice(runs=["b"]), {"b": {"probe": [10]}}),
        (Choice(tags=["other"]), {"a": {"other": [0]}}),
        (Choice(steps=[10, 20]), {"a": {"probe": [10, 20]}, "b": {"probe": [10]}}),
        (Choice(["a"], ["probe"], [20]), {"a": {"probe": [20]}}),
    ],
)
def test_what_is_left(store: Store, choice: Choice, left: dict[str, dict[str, list[int]]]) -> None:
    assert listed(chosen(store, choice)) == left


def test_a_capture_is_read_as_before(store: Store) -> None:
    part = chosen(store, Choice(runs=["a"], steps=[10]))
    location = part.find("a", "probe", 10)
    assert part.message(location) == store.message(location)
    with pytest.raises(NotLogged, match="has no step 0; it has 10"):
        part.find("a", "probe", 0)


def test_single_tags(store: Store) -> None:
    assert listed(only(store, [("a", "probe"), ("b", "probe")], [0, 20])) == {
        "a": {"probe": [0, 20]}
    }
    with pytest.raises(NotLogged, match="There is no run 'c'"):
        only(store, [("c", "probe")], None)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (Choice(runs=["c"]), "There is no run 'c': there are a, b."),
        (Choice(tags=["c"]), "There is no tag 'c': there are other, probe."),
        (Choice(steps=[5]), "There is no step 5: there are 0, 10, 20."),
        (Choice(runs=["b"], steps=[0]), "There is no step 0"),
    ],
)
def test_what_is_not_there_is_named(store: Store, choice: Choice, sentence: str) -> None:
    with pytest.raises(NotLogged, match=sentence):
        chosen(store, choice)
