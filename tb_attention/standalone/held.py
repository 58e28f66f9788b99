"""What a page holds: the answers that it cannot make itself, and the tensors of layers.

Weights, and what follows from them, the page makes of queries and keys itself (frontend/src/page).
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from tb_attention import schema
from tb_attention.answers.answer import Arrays
from tb_attention.answers.capture import answer_capture
from tb_attention.answers.curves import Curves, answer_curves
from tb_attention.answers.encoded import encoded
from tb_attention.answers.findings import begin_findings
from tb_attention.answers.jobs import Job
from tb_attention.answers.lessons import answer_lessons
from tb_attention.answers.logged_probe import others_of, probes_of
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.slow import at_once
from tb_attention.answers.stories import begin_stories
from tb_attention.answers.thumbnails import answer_thumbnails
from tb_attention.answers.types import answer_types
from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import AttentionError
from tb_attention.store.location import Location
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

VERSION = 1
"""Of the index; the page refuses another one."""

LEVEL = 6
"""Of gzip: level 9 takes four times as long for half a percent of queries and keys."""


def compressed(content: bytes) -> bytes:
    """The bytes as a part has them."""
    return gzip.compress(content, LEVEL, mtime=0)


@dataclass
class Held:
    """The parts of a page, and the index that says what each one is.

    Attributes:
        parts: bytes of answers, tensors and fonts, compressed by gzip.
        fonts: an entry for each file of the font: its `weight`, and the number of its `part`.
        answers: an entry for each answer: `route`, `query` and the number of its `part`, or a
            sentence, `problem`, where there is none.
        layers: an entry for each layer: its place, and the numbers of the parts with its `tensors`,
            its `mask` and its `bias` (null: none), or a `problem`.
    """

    parts: list[bytes] = field(default_factory=list)
    fonts: list[dict[str, int]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    layers: list[dict[str, Any]] = field(default_factory=list)
    _numbers: dict[Any, int] = field(default_factory=dict)

    def index(self) -> dict[str, Any]:
        """What the parts are, as JSON values."""
        return {
            "version": VERSION,
            "fonts": self.fonts,
            "answers": self.answers,
            "layers": self.layers,
        }

    def add(self, answer: Any) -> int:
        """Adds an answer as a part, and returns its number."""
        return self.add_bytes(encoded(answer))

    def add_bytes(self, content: bytes) -> int:
        """Adds a part, and returns its number."""
        self.parts.append(compressed(content))
        return len(self.parts) - 1

    def add_once(self, key: Any, make: Callable[[], Any]) -> int:
        """The number of the part of that key, which is made when it is first asked for."""
        if key not in self._numbers:
            self._numbers[key] = self.add(make())
        return self._numbers[key]

    def answer(self, route: str, make: Callable[[], Any], **query: str | int) -> None:
        """Adds an answer; one that cannot be made is a sentence in its place."""
        asked = {"route": route, "query": {name: str(value) for name, value in query.items()}}
        self.answers.append({**asked, **_or_problem(lambda: {"part": self.add(make())})})


def hold(
    store: Store,
    layers: Collection[int] | None = None,
    dtype: str | None = None,
    scalars: Callable[[str], Curves] = lambda run: Curves(),
) -> Held:
    """What a page of these captures holds.

    Args:
        store: the captures, all of which the page shows.
        layers: numbers of the layers whose tensors it holds; None: all.
        dtype: "float16" or "float32", of queries, keys and weights; None: as they are stored.
            Numbers that float16 cannot hold stay float32.
        scalars: the curves that the training of a run logged, where they can be read.
    """
    held = Held()
    held.answer("runs", partial(answer_runs, store))
    held.answer("lessons", answer_lessons)
    held.answer("stories", partial(_at_once, begin_stories, store, probes_of(store)))
    for run, tags in store.snapshot.runs.items():
        for tag, steps in tags.items():
            probe = {"run": run, "tag": tag}
            held.answer("metrics", partial(answer_metrics, store, steps), **probe)
            held.answer("types", partial(answer_types, store, steps), **probe)
            findings = partial(begin_findings, store, steps, others_of(store, run, tag))
            held.answer("findings", partial(_at_once, findings), **probe)
            curves = partial(_curves, store, run, steps, scalars)
            held.answer("curves", curves, **probe)
            for step, location in steps.items():
                _Capture(held, store, location, {**probe, "step": step}, dtype).hold(layers)
    return held


def _at_once(begin: Callable[..., Job], *arguments: Any) -> Any:
    return at_once(begin(*arguments))


def _curves(store: Store, run: str, steps: Steps, scalars: Callable[[str], Curves]) -> Any:
    return answer_curves(store, run, steps, scalars(run))


@dataclass(frozen=True)
class _Capture:
    """One capture, of which a page is to hold something."""

    held: Held
    store: Store
    location: Location
    place: dict[str, Any]
    dtype: str | None

    def hold(self, layers: Collection[int] | None) -> None:
        answer = partial(answer_capture, self.store, self.place["run"], self.location)
        self.held.answer("capture", answer, **self.place)
        for stack in self._stacks():
            thumbnails = partial(answer_thumbnails, self.store, self.location, stack.name)
            self.held.answer("thumbnails", thumbnails, **self.place, stack=stack.name)
            for layer in stack.layers:
                if layers is None or layer.layer in layers:
                    where = {**self.place, "stack": stack.name, "layer": layer.layer}
                    parts = _or_problem(partial(self._layer, stack.name, layer))
                    self.held.layers.append({**where, **parts})

    def _stacks(self) -> Iterable[schema.Stack]:
        """None where the capture cannot be read, which its answer says."""
        try:
            return self.store.message(self.location).stacks
        except (AttentionError, OSError):
            return ()

    def _layer(self, stack: str, message: schema.Layer) -> dict[str, int | None]:
        """The numbers of the parts of a layer; masks and biases of several layers are one part."""
        layer = self.store.layer(self.location, stack, message.layer, keep=False)
        parts: dict[str, int | None] = {"tensors": self.held.add(_tensors(layer, self.dtype))}
        for name, array in (("mask", layer.mask), ("bias", layer.bias)):
            number = getattr(message, name)
            key = (self.location.path, self.location.version, stack, name, number)
            shared = partial(_shared, name, array, self.dtype)
            parts[name] = None if array is None else self.held.add_once(key, shared)
        return parts


def _tensors(layer: AttentionLayer, dtype: str | None) -> Arrays:
    arrays = {"query": layer.query, "key": layer.key, "weights": layer.weights}
    made = {name: _stored(array, dtype) for name, array in arrays.items() if array is not None}
    if layer.value_norms is not None:
        made["value_norms"] = np.asarray(layer.value_norms, np.float32)
    return Arrays(made)


def _shared(name: str, array: Numbers, dtype: str | None) -> Arrays:
    return Arrays({name: _stored(array, dtype)})


def _stored(array: Numbers, dtype: str | None) -> Numbers:
    """Flags as bytes; numbers with the dtype, but float32 where float16 cannot hold them."""
    if array.dtype == bool:
        return array.astype(np.uint8)
    if dtype == "float16" and array.dtype != np.float16:
        largest = np.abs(np.where(np.isfinite(array), array, 0)).max(initial=0)
        return array.astype(np.float16) if largest <= np.finfo(np.float16).max else array
    return array.astype(np.float32) if dtype == "float32" else array


def _or_problem(make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return make()
    except AttentionError as error:
        return {"problem": str(error)}
    except OSError as error:
        return {"problem": f"A file of the log directory could not be read: {error.strerror}."}
