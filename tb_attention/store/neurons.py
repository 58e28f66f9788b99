"""What the neurons of one head do: by distance at one step, and in one score along all steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention import attend
from tb_attention.attend import AttentionLayer
from tb_attention.distance import by_distance, common_share, strongest, vectors
from tb_attention.errors import NotLogged, UnreadableRecord
from tb_attention.store.answer import Arrays
from tb_attention.store.capture_file import Location
from tb_attention.store.index import Steps
from tb_attention.store.threads import one_thread


@dataclass(frozen=True)
class Pair:
    """One weight of one head."""

    stack: str | None
    layer: int
    head: int
    query: int
    key: int


@dataclass(frozen=True)
class Moment:
    """A pair at one step. contributions: float32 [neurons], query[n] * key[n] * scale; none where only weights were logged.

    score: after soft cap, bias and masks. NaN for what is not there; `problem` then says why.
    """

    contributions: npt.NDArray[np.float32]
    score: float = np.nan
    weight: float = np.nan
    problem: NotLogged | UnreadableRecord | OSError | None = None


def distances(layer: AttentionLayer, axis: str) -> Arrays:
    """What the route `distances` answers, for a layer with one head."""
    with one_thread():
        found = by_distance(layer)
    query, key = vectors(layer)
    lines = [found.line(each, axis) for each in found.contributions]
    arrays = {
        "pairs": found.pairs.astype(np.float32),
        "contributions": found.contributions.astype(np.float32),
        "scores": found.scores.astype(np.float32),
        "weights": found.weights.astype(np.float32),
        "lines": np.array(lines, np.float32).reshape(-1, 3),
        "score_line": np.array(found.line(found.scores, axis), np.float32),
        "order": strongest(lines),
    }
    return Arrays(arrays, {"first": found.first, "query_common": common_share(query), "key_common": common_share(key)})


def moment(load: Callable[[], AttentionLayer], pair: Pair) -> Moment:
    """The pair in the layer with one head that `load` gives."""
    nothing = np.zeros(0, np.float32)
    try:
        layer = load()
        if not (0 <= pair.query < layer.queries and 0 <= pair.key < layer.keys):
            raise NotLogged(f"There is no query {pair.query} or no key {pair.key}: the text has {layer.queries} and {layer.keys} tokens.")
        row = slice(pair.query, pair.query + 1)
        with one_thread():
            weight = float(attend.weights(layer, rows=row)[0, 0, pair.key])
            if layer.weights is not None:
                return Moment(nothing, weight=weight)
            score = float(attend.scores(layer, rows=row)[0, 0, pair.key])
    except (NotLogged, UnreadableRecord, OSError) as error:
        # One step that lacks the head, or is damaged, must not hide all others.
        return Moment(nothing, problem=error)
    with np.errstate(invalid="ignore", over="ignore"):
        products = layer.query[0, pair.query].astype(np.float32) * layer.key[0, pair.key].astype(np.float32) * np.float32(layer.scale)
    return Moment(products, score, weight)


def along_steps(steps: Steps, at: Callable[[Location], Moment], seconds: float) -> Arrays:
    """What the route `contributions` answers. `at` gives, and keeps, the moment of a step: asking again goes on where this stops.

    Steps that are not reached after so many seconds are NaN, and `done` is false. Raises the problem that every step has.
    """
    until = time.monotonic() + seconds
    known: list[Moment] = []
    for location in steps.values():
        known.append(at(location))
        if time.monotonic() >= until:
            break
    done = len(known) == len(steps)
    if done and known and known[-1].problem is not None and all(each.problem is not None for each in known):
        raise known[-1].problem
    contributions = np.full((len(steps), max((len(each.contributions) for each in known), default=0)), np.nan, np.float32)
    numbers = np.full((2, len(steps)), np.nan, np.float32)
    for place, each in enumerate(known):
        contributions[place, : len(each.contributions)] = each.contributions
        numbers[:, place] = each.score, each.weight
    arrays = {"steps": step_numbers(steps), "contributions": contributions, "scores": numbers[0], "weights": numbers[1]}
    return Arrays(arrays, {"progress": len(known) / max(1, len(steps)), "done": done})


def step_numbers(steps: Steps) -> npt.NDArray[np.int32] | npt.NDArray[np.float64]:
    """The numbers of the steps: int32 [S], float64 if one does not fit."""
    numbers = np.array(list(steps), np.int64)
    fits = np.all(numbers == numbers.astype(np.int32))
    return numbers.astype(np.int32) if fits else numbers.astype(np.float64)
