"""Slow answers: begun once, partial until they are done, and then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tb_attention.answers.answer import Arrays
from tb_attention.answers.blas import one_thread
from tb_attention.answers.jobs import Job, Jobs, JobState
from tb_attention.store.location import Location
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

CACHED = 32 << 20
"""Bytes of answers that are kept; one of 144 heads at 1,000 steps takes 0.6 MB."""


class SlowAnswers:
    """Asks for the work of the files beside this one whose function is called `begin_...`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs = Jobs(CACHED)

    def ask(self, begin: Callable[..., Job], *arguments: Any) -> JobState:
        """The answer of `begin(store, *arguments)` with `progress`; partial until `done`.

        Args:
            begin: begins the work, such as `begin_change`.
            arguments: what it takes after the store: captures, the steps of a tag, or what can be
                hashed. The same work is not done twice for the same ones.
        """
        key = (begin.__name__, *map(_key, arguments))
        state = self._jobs.ask(key, lambda: begin(self._store, *arguments))
        return replace(state, value=_with_progress(state))


def at_once(job: Job) -> Any:
    """The whole answer of a job, which is worked at here and now."""
    with one_thread():
        for _ in job.work:
            pass
    return _with_progress(JobState(job.value, 1.0, True))


def version_of(steps: Steps) -> str:
    """Another string whenever a step is added, or written again."""
    return version_of_all(location.version for location in steps.values())


def version_of_all(versions: Iterable[str]) -> str:
    """Another string whenever one of these is another one."""
    return hashlib.blake2s(" ".join(versions).encode(), digest_size=6).hexdigest()


def _key(argument: Any) -> Hashable:
    if isinstance(argument, Location):
        return argument.path, argument.version
    if isinstance(argument, Mapping):
        return version_of(argument)
    known: Hashable = argument
    return known


def _with_progress(state: JobState) -> Any:
    progress = {"progress": state.progress, "done": state.done}
    if isinstance(state.value, Arrays):
        return Arrays(state.value.arrays, {**state.value.metadata, **progress})
    return {**state.value, **progress}
