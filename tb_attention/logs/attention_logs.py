"""A log directory, for people and programs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from tb_attention.errors import InvalidInput, NotLogged
from tb_attention.logs.logged_steps import LoggedSteps
from tb_attention.store.index import Index
from tb_attention.store.logdir import roots
from tb_attention.store.store import Store


class AttentionLogs:
    """The runs and probes of a log directory; see `open_logs`."""

    def __init__(self, logdir: str | os.PathLike[str]) -> None:
        self._logdir = os.fspath(logdir)
        self._index = Index(roots(self._logdir or ".", None))
        self._store = Store(self._index)
        self.refresh()

    def refresh(self) -> None:
        """Looks for what was logged since; the probes that are open have the new steps, too."""
        self._index.refresh()

    @property
    def runs(self) -> dict[str, list[str]]:
        """The tags of each run, sorted."""
        return {run: list(tags) for run, tags in self._store.snapshot.runs.items()}

    @property
    def problems(self) -> list[str]:
        """What cannot be shown, in sentences."""
        return [
            ": ".join(part for part in (problem.run, problem.file, problem.problem) if part)
            for problem in self._store.snapshot.problems
        ]

    def probe(self, run: str | None = None, tag: str | None = None) -> LoggedSteps:
        """One tag of one run.

        Args:
            run: name of the run, as TensorBoard shows it; None: the only one.
            tag: name of the tag; None: the only one of the run.

        Raises:
            NotLogged: there is no such run or tag.
            InvalidInput: there are several, and none is named.
        """
        there = self._store.snapshot.runs
        if not there:
            raise NotLogged(
                f"there is no attention in {self._logdir}, and so no run: give the directory that "
                "TensorBoard is started on."
            )
        run = _only("run", run, there)
        tag = _only("tag", tag, there.get(run, {}))
        self._store.steps(run, tag)
        return LoggedSteps(self._store, run, tag)

    def __iter__(self) -> Iterator[LoggedSteps]:
        """Every tag of every run."""
        for run, tags in self._store.snapshot.runs.items():
            for tag in tags:
                yield LoggedSteps(self._store, run, tag)

    def __repr__(self) -> str:
        """What there is, a line for each tag."""
        return "\n".join([f"AttentionLogs({self._logdir!r})", *(f"  {each!r}" for each in self)])


def open_logs(logdir: str | os.PathLike[str]) -> AttentionLogs:
    """Opens a log directory, to read what was logged as numpy arrays.

    Nothing but descriptions is read until it is asked for, and neither torch nor transformers is
    needed. `tensorboard --logdir` shows the same.

    Example:
        >>> from tb_attention import open_logs
        >>> logs = open_logs("runs")
        >>> logs.runs
        {'gpt2': ['doctor-she']}
        >>> probe = logs.probe("gpt2", "doctor-she")
        >>> probe.steps
        [0, 100]
        >>> probe.weights(step=100, layer=0, head=1).shape
        (3, 3)

    Args:
        logdir: path or URL of the log directory.

    Returns:
        What is in it now; `refresh` looks again. A directory without attention has no runs.
    """
    return AttentionLogs(logdir)


def _only(what: str, chosen: str | None, there: Mapping[str, Any]) -> str:
    """The chosen one, or the only one. Whether a chosen one is there is for the store to say."""
    if chosen is None and len(there) > 1:
        raise InvalidInput(f"there is more than one {what} ({', '.join(there)}): choose one.")
    return next(iter(there), "") if chosen is None else chosen
