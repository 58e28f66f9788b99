"""The scalars of a training beside its attention, read as TensorBoard reads them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import grpc  # type: ignore[import-untyped]  # it has no types
from tensorboard import errors
from tensorboard.context import RequestContext
from tensorboard.data.provider import DataProvider, RunTagFilter
from tensorboard.plugins.scalar import metadata

from tb_attention.answers.curves import Curve, Curves
from tb_attention.store.index import Index

MOST = 12
"""So many scalars of a run are given: losses first, then the norm of gradients, the learning rate.
"""

POINTS = 500
"""So many values of each; TensorBoard draws the others by chance, the last one stays."""

OURS = "attention/"
"""What our own scalars begin with: they are of the probes, which have their own curves."""

_RANKS = (("loss",), ("grad_norm", "grad"), ("learning_rate", "lr"), ("accuracy", "perplexity"))


class RunScalars:
    """Finds the scalars that belong to a run with attention, which may stand in another folder."""

    def __init__(self, provider: DataProvider | None, index: Index) -> None:
        """provider: TensorBoard's; None where it gives none. index: knows runs with attention."""
        self._provider, self._index = provider, index

    def of_run(self, run: str) -> Curves:
        """The scalars of a run, the most telling first, at most MOST.

        Where the run has none they are those of the nearest folder above it that has some, as where
        attention is logged to a folder of its own, else of the folders below it that have no
        attention, as where a tracker made one for its scalars.
        """
        if self._provider is None:
            return Curves()
        try:
            chosen = self._chosen(self._provider, run)
            read = self._read(self._provider, chosen) if chosen else {}
        except (errors.PublicError, grpc.RpcError) as error:
            return Curves(notes=(f"The scalars of the run could not be read: {_said(error)}.",))
        curves = [_curve(run, place, read[place[0]][place[1]]) for place in chosen]
        # A single value, such as how long a training took, is no curve beside those that are.
        return Curves([curve for curve in curves if len(curve.steps) > 1] or curves)

    def _chosen(self, provider: DataProvider, run: str) -> list[tuple[str, str]]:
        """(run, tag) of the scalars."""
        for runs in (*([one] for one in _upwards(run)), self._below(provider, run)):
            if not runs:
                continue
            listed = provider.list_scalars(
                RequestContext(),
                experiment_id="",
                plugin_name=metadata.PLUGIN_NAME,
                run_tag_filter=RunTagFilter(runs=runs),
            )
            found = [
                (name, tag) for name, tags in listed.items() for tag in tags if not _is_ours(tag)
            ]
            if found:
                return sorted(found, key=lambda place: (*_rank(place[1]), place))[:MOST]
        return []

    def _below(self, provider: DataProvider, run: str) -> list[str]:
        every = provider.list_runs(RequestContext(), experiment_id="")
        prefix = "" if run == "." else f"{run.removesuffix(f'{os.sep}.')}{os.sep}"
        attended = self._index.snapshot.runs
        return [
            one.run_name
            for one in every
            if one.run_name.startswith(prefix) and one.run_name not in attended
        ]

    def _read(
        self, provider: DataProvider, places: Sequence[tuple[str, str]]
    ) -> Mapping[str, Mapping[str, Any]]:
        read: Mapping[str, Mapping[str, Any]] = provider.read_scalars(
            RequestContext(),
            experiment_id="",
            plugin_name=metadata.PLUGIN_NAME,
            downsample=POINTS,
            run_tag_filter=RunTagFilter(
                runs={run for run, _ in places}, tags={tag for _, tag in places}
            ),
        )
        return read


def _upwards(run: str) -> Iterator[str]:
    """The run, and the names that folders above it would have as runs, the nearest first.

    With --logdir_spec the root of a name is the run "name/.".
    """
    yield run
    folder = run.removesuffix(f"{os.sep}.")
    while parent := os.path.dirname(folder):  # noqa: PTH120  (a name of a run is no path)
        yield parent
        yield f"{parent}{os.sep}."
        folder = parent
    if run != ".":
        yield "."


def _is_ours(tag: str) -> bool:
    return tag.startswith(OURS)


def _rank(tag: str) -> tuple[int, int]:
    """What is asked for most comes first: train/loss before loss_of_something."""
    name = tag.lower().replace("-", "_")
    last = name.rpartition("/")[2]
    for rank, words in enumerate(_RANKS):
        if last in words:
            return rank, 0
        if any(word in name for word in words):
            return rank, 1
    return len(_RANKS), 0


def _curve(run: str, place: tuple[str, str], data: Sequence[Any]) -> Curve:
    of_run, tag = place
    label = tag if of_run == run else f"{tag} ({of_run})"
    steps, values = [each.step for each in data], [float(each.value) for each in data]
    return Curve(f"run {of_run} {tag}", label, "", "run", of_run, steps, values)


def _said(error: Exception) -> str:
    return (error.details() if isinstance(error, grpc.Call) else str(error)) or "it does not answer"
