"""Exports of head metrics, with loss, answer and effects beside them, and of losses of tokens."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_attention.answers.capture import answer_capture
from tb_attention.answers.characters import shown
from tb_attention.cli.tables import ARRAYS, write_csv
from tb_attention.errors import NotLogged
from tb_attention.store.committed import MetricTable
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

PLACE = ("run", "tag", "step", "stack", "layer", "head")


def write_metrics(output: Path, place: Mapping[str, str], store: Store, steps: Steps) -> None:
    """Writes the head metrics of these steps, and what was measured of the output.

    Args:
        output: the file; its ending is the format.
        place: run, tag and what is exported.
        store: the captures.
        steps: those of the tag that are chosen.
    """
    metrics = store.head_metrics(steps)
    if output.suffix == ".csv":
        rows = itertools.chain(
            _number_rows(store, place, steps), _metric_rows(place, tuple(steps), metrics)
        )
        write_csv(output, (*PLACE, "metric", "value"), rows)
    else:
        about = {
            **place,
            "stacks_and_layers": metrics.rows,
            "metrics": metrics.names,
            "effects": _effects_about(store, place["run"], steps),
        }
        arrays = [("steps", np.array(list(steps))), ("metrics", metrics.values)]
        ARRAYS[output.suffix](output, [*arrays, *_number_arrays(store, steps)], about)


def write_losses(output: Path, place: Mapping[str, str], store: Store, steps: Steps) -> None:
    """Writes the losses of tokens; the arguments are those of `write_metrics`.

    Raises:
        NotLogged: there are none.
    """
    tokens = _tokens_about(store, steps)
    if not tokens:
        raise NotLogged(
            f"no losses of tokens were logged of {place['tag']}: log it with effects=True."
        )
    if output.suffix == ".csv":
        columns = ("run", "tag", "step", "sequence", "index", "token", "loss")
        write_csv(output, columns, _loss_rows(store, place, steps))
    else:
        ARRAYS[output.suffix](output, _loss_arrays(store, steps), {**place, "tokens": tokens})


def _effects_about(store: Store, run: str, steps: Steps) -> dict[str, Any]:
    """Step -> its effects, as the route `capture` has them; of the steps that have any."""
    found = {step: answer_capture(store, run, at)["effects"] for step, at in steps.items()}
    return {str(step): effects for step, effects in found.items() if effects}


def _number_arrays(store: Store, steps: Steps) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """(number, float64 [steps]) of loss and answer, NaN where they were not measured."""
    values: dict[str, npt.NDArray[Any]] = {}
    for place, numbers in enumerate(store.output_numbers(steps)):
        for each in numbers:
            series = values.setdefault(each.number, np.full(len(steps), np.nan))
            series[place] = each.value
    yield from values.items()


def _number_rows(store: Store, place: Mapping[str, str], steps: Steps) -> Iterator[list[Any]]:
    """Rows of loss and answer in the table of head metrics, which are of no head."""
    for step, numbers in zip(steps, store.output_numbers(steps), strict=True):
        for each in numbers:
            yield [place["run"], place["tag"], step, "", "", "", each.number, each.value]


def _loss_arrays(store: Store, steps: Steps) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """(<step>/<sequence>/losses, float32 [tokens]) where they were measured."""
    for step, location in steps.items():
        for sequence in store.message(location).sequences:
            if sequence.losses:
                yield f"{step}/{sequence.name}/losses", np.array(sequence.losses, np.float32)


def _loss_rows(store: Store, place: Mapping[str, str], steps: Steps) -> Iterator[list[Any]]:
    """(run, tag, step, sequence, index, token, loss) of the tokens that were predicted."""
    for step, location in steps.items():
        for sequence in store.message(location).sequences:
            for index, loss in enumerate(sequence.losses):
                if not np.isnan(loss):
                    token = shown(sequence.tokens[index])
                    where = [place["run"], place["tag"], step, sequence.name]
                    yield [*where, index, token, np.float32(loss)]


def _tokens_about(store: Store, steps: Steps) -> dict[str, list[str]]:
    """<step>/<sequence> -> its tokens."""
    return {
        f"{step}/{sequence.name}": [shown(token) for token in sequence.tokens]
        for step, location in steps.items()
        for sequence in store.message(location).sequences
        if sequence.losses
    }


def _metric_rows(
    place: Mapping[str, str], steps: tuple[int, ...], metrics: MetricTable
) -> Iterator[list[Any]]:
    """Rows of the metrics that are defined."""
    for number, row, head, metric in zip(*np.nonzero(~np.isnan(metrics.values)), strict=True):
        value = metrics.values[number, row, head, metric]
        yield [
            place["run"],
            place["tag"],
            steps[number],
            *metrics.rows[row],
            head,
            metrics.names[metric],
            value,
        ]
