"""A part of the captures of a log directory: some runs, tags and steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tb_attention.errors import NotLogged
from tb_attention.files.read import Files
from tb_attention.store.index import Snapshot
from tb_attention.store.location import Location
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Indexed, Store


@dataclass(frozen=True)
class Choice:
    """Which captures; None: all.

    Attributes:
        runs: names of runs.
        tags: names of tags.
        steps: numbers of steps; a tag keeps those that it has.
    """

    runs: Collection[str] | None = None
    tags: Collection[str] | None = None
    steps: Collection[int] | None = None


@dataclass(frozen=True)
class ChosenIndex:
    """An index that knows the chosen captures only, as they are when it is made."""

    index: Indexed
    snapshot: Snapshot

    def files(self, location: Location) -> Files:
        """The file system that holds the capture."""
        return self.index.files(location)

    def doubt(self, location: Location) -> None:
        """Says that a file does not hold what was found in it."""
        self.index.doubt(location)


def chosen(store: Store, choice: Choice) -> Store:
    """The store with the chosen captures only.

    Raises:
        NotLogged: a run, tag or step that is named is nowhere, or nothing is left.
    """
    runs = _named("run", choice.runs, store.snapshot.runs)
    tags = {tag for of_run in runs.values() for tag in of_run}
    for name in choice.tags or ():
        if name not in tags:
            raise NotLogged(f"There is no tag {name!r}: there are {_listed(sorted(tags))}.")
    kept = {
        run: {
            tag: left
            for tag, steps in of_run.items()
            if choice.tags is None or tag in choice.tags
            if (left := _of(steps, choice.steps))
        }
        for run, of_run in runs.items()
    }
    there = {step for of_run in runs.values() for steps in of_run.values() for step in steps}
    for step in choice.steps or ():
        if step not in there:
            raise NotLogged(f"There is no step {step}: there are {_listed(sorted(there))}.")
    return _only(store, kept)


def only(store: Store, places: Iterable[tuple[str, str]], steps: Collection[int] | None) -> Store:
    """The store with these (run, tag) only, and of each the steps that it has of `steps`.

    Args:
        store: the captures.
        places: (run, tag), each of which is there.
        steps: numbers of steps; None: all.
    """
    kept: dict[str, dict[str, Steps]] = {}
    for run, tag in places:
        if left := _of(store.steps(run, tag), steps):
            kept.setdefault(run, {})[tag] = left
    return _only(store, kept)


def _only(store: Store, kept: Mapping[str, Mapping[str, Steps]]) -> Store:
    snapshot = Snapshot({run: of_run for run, of_run in kept.items() if of_run})
    if not snapshot.runs:
        raise NotLogged("No capture has such a run, tag and step: name fewer of them.")
    return Store(ChosenIndex(store.index, snapshot))


def _named(
    what: str, names: Collection[str] | None, there: Mapping[str, Mapping[str, Steps]]
) -> Mapping[str, Mapping[str, Steps]]:
    for name in names or ():
        if name not in there:
            raise NotLogged(f"There is no {what} {name!r}: there are {_listed(list(there))}.")
    return there if names is None else {name: there[name] for name in there if name in names}


def _of(steps: Steps, wanted: Collection[int] | None) -> Steps:
    if wanted is None:
        return steps
    return {step: location for step, location in steps.items() if step in wanted}


def _listed(names: Sequence[object]) -> str:
    return ", ".join(map(str, names[:12])) + (" …" if len(names) > 12 else "")
