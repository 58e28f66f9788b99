"""tb-attention export: writes weights, queries and keys, head metrics or losses for other programs.

Needs no model framework.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_attention import schema
from tb_attention.answers.show import WEIGHT
from tb_attention.attention.dtypes import Floats32
from tb_attention.cli.export_metrics import PLACE, write_losses, write_metrics
from tb_attention.cli.opened import opened
from tb_attention.cli.tables import ARRAYS, write_csv
from tb_attention.errors import InvalidInput
from tb_attention.logs.logged_steps import LoggedSteps
from tb_attention.store.layers import find_layer, find_stack

WHAT = ("weights", "queries", "metrics", "losses")


@dataclass(frozen=True)
class Choice:
    """What is exported; what is None is not restricted.

    Attributes:
        what: "weights" [heads, queries, keys], "queries" for queries and keys [heads, tokens,
            neurons], "metrics" with the numbers of the output beside them, or "losses" of tokens.
        run: name of the run; None: the only one.
        tag: name of the tag; None: the only one.
        steps: numbers of the steps; None: all for metrics and losses, else the last one.
        stack: name of the stack; None: all.
        layers: numbers of the layers; None: all. Not for metrics and losses, which are small.
        heads: numbers of the query heads; None: all. Not for metrics and losses.
        show: "weight", or "arriving" for the shares of what arrives in the place of weights.
    """

    what: str = "weights"
    run: str | None = None
    tag: str | None = None
    steps: tuple[int, ...] | None = None
    stack: str | None = None
    layers: tuple[int, ...] | None = None
    heads: tuple[int, ...] | None = None
    show: str = WEIGHT


def run_export(directory: str, output: Path, choice: Choice) -> None:
    """Writes what is chosen of a log directory to a .npz, .safetensors or .csv file.

    Arrays are named <step>/<stack>/<layer>/<weights, query or key>; heads, tokens, run and tag
    stand in `about`. A .csv has a row for each weight that is not 0, for each metric of each head,
    or for each token that has a loss. With the metrics come `loss` and `answer` [steps], where they
    were measured, and in `about` what was cut together.

    Example:
        >>> run_export("runs", Path("weights.npz"), Choice(run="gpt2"))
        Wrote the weights of doctor-she at step 100 to weights.npz.
        >>> np.load("weights.npz")["100/decoder/0/weights"].shape
        (2, 3, 3)

    Args:
        directory: the log directory, a path or URL.
        output: the file; its ending is the format.
        choice: what is exported.

    Raises:
        InvalidInput: the format is not known, or the choice leaves several runs or tags.
        NotLogged: something that is chosen is not there.
        UnreadableRecord: it is damaged.
    """
    if output.suffix not in (*ARRAYS, ".csv"):
        raise InvalidInput(
            f"the format of {output} is not known: give a file that ends in .npz, .safetensors or "
            ".csv."
        )
    store = opened(directory)
    runs = store.snapshot.runs
    run = _only("run", "--run", choice.run, runs)
    tag = _only("tag", "--tag", choice.tag, runs.get(run, {}))
    logged = store.steps(run, tag)
    probe = LoggedSteps(store, run, tag)
    all_steps = choice.what in ("metrics", "losses")
    steps = choice.steps or (tuple(logged) if all_steps else (max(logged),))
    locations = {step: store.find(run, tag, step) for step in steps}
    if choice.show != WEIGHT and choice.what != "weights":
        raise InvalidInput(
            f"--show {choice.show} stands in the place of weights: leave out --what {choice.what}."
        )
    place = {"run": run, "tag": tag, "what": choice.what, "show": choice.show}
    if choice.what == "metrics":
        write_metrics(output, place, store, locations)
    elif choice.what == "losses":
        write_losses(output, place, store, locations)
    else:
        found = (
            (step, *chosen)
            for step in steps
            for chosen in _layers(store.message(locations[step]), choice)
        )
        _write_layers(
            output,
            place,
            [
                _Part(probe, step, stack, layer, heads, choice.show)
                for step, stack, layer, heads in found
            ],
        )
    what = choice.what if choice.show == WEIGHT else "shares of what arrives"
    print(
        f"Wrote the {what} of {tag} at {'step' if len(steps) == 1 else 'steps'} "
        f"{', '.join(map(str, steps))} to {output}."
    )


def _write_layers(output: Path, place: Mapping[str, str], parts: list[_Part]) -> None:
    weights = place["what"] == "weights"
    if output.suffix == ".csv":
        if not weights:
            raise InvalidInput(
                "queries and keys are arrays, and no table: give a file that ends in .npz or "
                ".safetensors."
            )
        write_csv(
            output,
            (*PLACE, "query", "query_token", "key", "key_token", "weight"),
            _weight_rows(place, parts),
        )
    else:
        tokens = {f"{part.step}/{part.stack}": part.tokens() for part in parts}
        about = {**place, "heads": {part.name: part.heads for part in parts}, "tokens": tokens}
        named = (one for part in parts for one in (part.weights() if weights else part.queries()))
        ARRAYS[output.suffix](output, named, about)


@dataclass(frozen=True)
class _Part:
    """The chosen heads of one layer of one capture."""

    probe: LoggedSteps
    step: int
    stack: str
    layer: int
    heads: list[int]
    show: str

    @property
    def name(self) -> str:
        return f"{self.step}/{self.stack}/{self.layer}"

    def weights(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        each = [self.weights_of(head) for head in self.heads]
        yield f"{self.name}/weights", np.stack(each)

    def weights_of(self, head: int) -> Floats32:
        """float32 [queries, keys]."""
        return self.probe.weights(self.step, self.layer, head, stack=self.stack, show=self.show)

    def queries(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        for kind, read in (("query", self.probe.queries), ("key", self.probe.keys)):
            each = [read(self.step, self.layer, head, stack=self.stack) for head in self.heads]
            yield f"{self.name}/{kind}", np.stack(each)

    def tokens(self) -> dict[str, list[str]]:
        """Tokens of the queries and of the keys."""
        return {of: self.probe.tokens(self.step, self.stack, of=of) for of in ("queries", "keys")}


def _only(what: str, option: str, chosen: str | None, there: Mapping[str, Any]) -> str:
    """The chosen one, or the only one that there is.

    The store checks whether a chosen one is there.
    """
    if chosen is None and len(there) > 1:
        raise InvalidInput(
            f"there is more than one {what} ({', '.join(there)}): choose by {option}."
        )
    return next(iter(there), "") if chosen is None else chosen


def _layers(message: schema.Capture, choice: Choice) -> Iterator[tuple[str, int, list[int]]]:
    """(stack, layer, heads) that are chosen.

    Raises:
        NotLogged: one is not there.
    """
    for stack in message.stacks if choice.stack is None else [find_stack(message, choice.stack)]:
        for number in choice.layers or [layer.layer for layer in stack.layers]:
            layer = find_layer(stack, number)
            yield stack.name, number, list(choice.heads or layer.logged_heads or range(layer.heads))


def _weight_rows(place: Mapping[str, str], parts: list[_Part]) -> Iterator[list[Any]]:
    for part in parts:
        tokens = part.tokens()
        for head in part.heads:
            weights = part.weights_of(head)
            where = [place["run"], place["tag"], part.step, part.stack, part.layer, head]
            for query, key in zip(*np.nonzero(weights), strict=True):
                yield [
                    *where,
                    query,
                    tokens["queries"][query],
                    key,
                    tokens["keys"][key],
                    weights[query, key],
                ]
