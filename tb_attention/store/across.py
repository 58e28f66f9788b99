"""What the views ask about several captures, or about all heads of one.

Types, change, one pair or one score over the steps, thumbnails.

What reads queries and keys of many layers is told as far as it is; see tb_attention.store.jobs.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from tb_attention.head_types import TYPES, lives, type_masks
from tb_attention.store.answer import Arrays
from tb_attention.store.capture_file import Location
from tb_attention.store.change import begin_change
from tb_attention.store.contributions import Score, begin_contributions
from tb_attention.store.findings import begin_findings
from tb_attention.store.grid import begin_thumbnails
from tb_attention.store.index import Steps
from tb_attention.store.jobs import Jobs, State
from tb_attention.store.left_out import LeftOut
from tb_attention.store.neurons import step_numbers
from tb_attention.store.pair import begin_pair
from tb_attention.store.repeats import metrics_for_types
from tb_attention.store.store import Store

CACHED = 32 << 20
"""Bytes of answers that are kept; one of 144 heads at 1,000 steps takes 0.6 MB."""


class Across:
    """Answers across captures, from the captures of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs = Jobs(CACHED)

    def change(self, first: Location, second: Location) -> State:
        """`distance` float32 [rows, heads] of the first capture from the second, as far as it is."""
        key = ("change", first.path, first.version, second.path, second.version)
        return _told(self._jobs.ask(key, lambda: begin_change(self._store, first, second)))

    def findings(self, steps: Steps) -> State:
        """What a reader should look at, in sentences, as far as it is known: a JSON value."""
        state = self._jobs.ask(
            ("findings", version_of(steps)), lambda: begin_findings(self._store, steps)
        )
        return replace(state, value={**state.value, "progress": state.progress, "done": state.done})

    def thumbnails(self, location: Location, stack: str | None, left_out: LeftOut) -> State:
        """`thumbnails` uint8 [layers, heads, rows, columns] with something left out, 0 for layers that are not made yet."""
        key = ("thumbnails", location.path, location.version, stack, left_out)
        return _told(
            self._jobs.ask(key, lambda: begin_thumbnails(self._store, location, stack, left_out))
        )

    def pair(
        self, steps: Steps, location: Location, stack: str | None, query: int, key: int
    ) -> State:
        """`weights` float32 [S, layers, heads] of one query on one key, where the tokens are those of `location`."""
        name = ("pair", version_of(steps), location.version, stack, query, key)
        return _told(
            self._jobs.ask(
                name, lambda: begin_pair(self._store, steps, location, stack, query, key)
            )
        )

    def contributions(self, steps: Steps, score: Score) -> State:
        """`contributions` float32 [S, neurons] to one score of one head, as far as they are known."""
        return _told(
            self._jobs.ask(
                (version_of(steps), score), lambda: begin_contributions(self._store, steps, score)
            )
        )

    def types(self, steps: Steps) -> Arrays:
        """`types` uint16 [S, rows, heads]: bit t is set where the head is of the type t."""
        metrics, notes = metrics_for_types(self._store, steps)
        numbers = step_numbers(steps)
        spans = [
            {
                "type": life.type,
                "row": life.row,
                "head": life.head,
                "born": _at(numbers, life.born),
                "died": _at(numbers, life.died),
            }
            for life in lives(metrics.values, metrics.names)
        ]
        kinds = [
            {
                "name": kind.name,
                "metric": kind.metric,
                "comparison": ">=",
                "threshold": kind.threshold,
                "meaning": kind.meaning,
            }
            for kind in TYPES
        ]
        arrays = {"types": type_masks(metrics.values, metrics.names), "steps": numbers}
        return Arrays(
            arrays, {"types": kinds, "lives": spans, "rows": metrics.rows, "notes": notes}
        )


def _told(state: State) -> State:
    """The same, with how far it is in the answer."""
    answer = state.value
    metadata = {**answer.metadata, "progress": state.progress, "done": state.done}
    return replace(state, value=Arrays(answer.arrays, metadata))


def version_of(steps: Steps) -> str:
    """Another one whenever a step is added, or written again."""
    versions = " ".join(location.version for location in steps.values())
    return hashlib.blake2s(versions.encode(), digest_size=6).hexdigest()


def _at(numbers: np.ndarray, place: int | None) -> int | None:
    return None if place is None else int(numbers[place])
