"""What the views ask: runs, one capture, head metrics over steps, thumbnails, weights, neurons, one row.

Comes in: names and numbers as a user may give them, wrong ones too. Goes out: JSON values, or numpy
arrays and JSON about them. Raises NotLogged for what is not there, InvalidInput for what cannot be
asked, UnreadableRecord for what is damaged. Thread-safe.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from tb_attention import attend, schema
from tb_attention.attend import AttentionLayer
from tb_attention.errors import InvalidInput, NotLogged, UnreadableRecord
from tb_attention.store.answer import Arrays
from tb_attention.store.cache import ByteCache
from tb_attention.store.capture_file import Location
from tb_attention.store.describe import describe
from tb_attention.store.index import Index, Steps
from tb_attention.store.join import join_steps
from tb_attention.store.layers import find_layer, find_stack, load_layer
from tb_attention.store.left_out import PLAIN, LeftOut
from tb_attention.store.neurons import distances, step_numbers
from tb_attention.store.pool import pool
from tb_attention.store.reader import Array, HeadMetrics, Reader, open_capture, read_head_metrics
from tb_attention.store.threads import one_thread
from tb_attention.summary import VERSION

CACHED = 256 << 20
"""Bytes of descriptions and tensors that are kept."""

LARGEST = 1 << 30
"""Bytes: a larger answer is refused, because it would take the memory of TensorBoard and of the browser."""

DTYPES: dict[str, np.dtype[Any]] = {
    "float32": np.dtype("<f4"),
    "float16": np.dtype("<f2"),
    "uint8": np.dtype("u1"),
}
"""How weights may be asked for; uint8 holds round(255 * sqrt(weight))."""

_logger = logging.getLogger(__name__)


class Store:
    """Answers from the files that the index knows; what was read is kept, up to CACHED bytes."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._cache = ByteCache(CACHED)

    def runs(self, *, loading: bool = False) -> dict[str, Any]:
        """All runs, tags and steps of the last refresh. loading: another one is under way."""
        snapshot = self._index.snapshot
        runs = [
            {"run": run, "tags": [_tag(tag, steps) for tag, steps in tags.items()]}
            for run, tags in snapshot.runs.items()
        ]
        return {
            "version": VERSION,
            "loading": loading,
            "runs": runs,
            "problems": [vars(problem) for problem in snapshot.problems],
        }

    def steps(self, run: str, tag: str) -> Steps:
        """The captures of a tag."""
        tags = self._index.snapshot.runs.get(run)
        if tags is None:
            raise NotLogged(f"There is no run {_short(run)} in the log directory.")
        if tag not in tags:
            raise NotLogged(f"The run {_short(run)} has no tag {_short(tag)}.")
        return tags[tag]

    def find(self, run: str, tag: str, step: int) -> Location:
        """The capture of one step."""
        steps = self.steps(run, tag)
        if step not in steps:
            raise NotLogged(f"The tag {_short(tag)} of the run {_short(run)} has no step {step}.")
        return steps[step]

    def capture(self, run: str, location: Location) -> dict[str, Any]:
        """The description of a capture.

        Tokens, stacks, and how the weights of each layer follow.
        """
        return describe(run, self._open(location))

    def metrics(self, steps: Steps) -> Arrays:
        """`steps` int32 [S], float64 if one does not fit.

        `metrics` float32 [S, rows, heads, metrics], NaN where not defined.
        """
        joined = self.head_metrics(steps)
        return Arrays(
            {"steps": step_numbers(steps), "metrics": joined.values},
            {"names": joined.names, "rows": joined.rows},
        )

    def head_metrics(self, steps: Steps) -> HeadMetrics:
        """The same, with the names of its axes."""
        return join_steps([self._head_metrics(location) for location in steps.values()])

    def thumbnails(self, location: Location, stack: str | None) -> Arrays:
        """`thumbnails` uint8 [layers, heads, rows, columns] of a stack, as they were logged."""
        reader = self._open(location)
        found = find_stack(reader.message, stack)
        layers = [layer.layer for layer in found.layers]
        thumbnails = reader.read(f"{location.tag}/{found.name}/thumbnails")
        if thumbnails.ndim != 4 or len(thumbnails) != len(layers):
            raise UnreadableRecord(
                f"The thumbnails of step {location.step} do not fit their description."
            )
        return Arrays({"thumbnails": thumbnails}, {"layers": layers})

    def pooled(
        self,
        location: Location,
        stack: str | None,
        layer: int,
        head: int | None,
        dtype: str,
        block: int,
        left_out: LeftOut = PLAIN,
    ) -> Arrays:
        """`weights` [heads, rows, columns] of cells of block x block tokens.

        The mean over the queries of the sum over the keys.
        """
        message = self._open(location).message
        found = self.layer(location, stack, layer, head)
        kept = left_out.kept(message, find_stack(message, stack), found.queries, found.keys)
        rows, columns = (np.arange(tokens) // block for tokens in kept.shape(found))
        _refuse_large((found.heads, len(rows) // block + 1, len(columns) // block + 1), "float32")
        cells = pool(found, rows, columns, kept)
        return Arrays(
            {"weights": square_roots(cells) if dtype == "uint8" else cells.astype(DTYPES[dtype])}
        )

    def weights(
        self,
        location: Location,
        stack: str | None,
        layer: int,
        head: int | None,
        dtype: str = "float32",
    ) -> Arrays:
        """`weights` [heads, queries, keys] of a layer, or of one head of it."""
        found = self.layer(location, stack, layer, head)
        shape = (found.heads, found.queries, found.keys)
        _refuse_large(shape, dtype)
        weights = np.zeros(shape, DTYPES[dtype])
        with one_thread():
            for start, _, block in attend.row_blocks(found):
                weights[:, start : start + block.shape[1], : block.shape[2]] = (
                    square_roots(block) if dtype == "uint8" else block
                )
        return Arrays({"weights": weights})

    def neurons(self, location: Location, stack: str | None, layer: int, head: int) -> Arrays:
        """`query` float32 [queries, neurons] and `key` float32 [keys, neurons] of a head."""
        message = find_layer(find_stack(self._open(location).message, stack), layer)
        if message.weights_only:
            raise NotLogged(
                f"Only the weights of layer {layer} were logged, because the model does not give queries and keys: "
                "they have no neurons to show."
            )
        found = self.layer(location, stack, layer, head)
        arrays = {
            "query": found.query[0].astype(np.float32),
            "key": found.key[0].astype(np.float32),
        }
        return Arrays(
            arrays, {"scale": found.scale, "key_head": head // (message.heads // message.key_heads)}
        )

    def row(
        self, location: Location, stack: str | None, layer: int, query: int, head: int | None
    ) -> Arrays:
        """`weights` and `scores` float32 [heads, keys] of one query.

        No scores where only weights were logged.
        """
        found = self.layer(location, stack, layer, head)
        if not 0 <= query < found.queries:
            raise NotLogged(
                f"There are the queries 0 to {found.queries - 1}, and no query {query}."
            )
        rows = slice(query, query + 1)
        with one_thread():
            arrays = {"weights": attend.weights(found, rows=rows)[:, 0]}
            if found.weights is None:
                arrays["scores"] = attend.scores(found, rows=rows)[:, 0]
        return Arrays(arrays)

    def message(self, location: Location) -> schema.Capture:
        """The description of a capture, as it was logged."""
        return self._open(location).message

    def distances(
        self, location: Location, stack: str | None, layer: int, head: int, axis: str
    ) -> Arrays:
        """What each neuron of a head contributes, and what the head weighs, by distance.

        See store/neurons.py.
        """
        return distances(self.layer(location, stack, layer, head), axis)

    def layer(
        self,
        location: Location,
        stack: str | None,
        layer: int,
        head: int | None = None,
        *,
        keep: bool = True,
    ) -> AttentionLayer:
        """A layer with its tensors, or one head of it.

        keep: False where so much is read once that it would drive out all else.
        """
        reader = self._open(location)
        return load_layer(
            reader,
            find_stack(reader.message, stack),
            layer,
            head,
            self._tensor if keep else Reader.read,
        )

    def _open(self, location: Location) -> Reader:
        def make() -> Reader:
            return open_capture(self._index.files(location), location)

        return self._cache.get((location.path, location.version), make, lambda reader: reader.size)

    def _tensor(self, reader: Reader, name: str) -> Array:
        key = (reader.location.path, reader.location.version, name)
        return self._cache.get(key, lambda: reader.read(name), lambda array: array.nbytes)

    def _head_metrics(self, location: Location) -> HeadMetrics | None:
        """None where they cannot be read: one damaged capture must not hide all other steps."""

        def make() -> HeadMetrics | None:
            try:
                return read_head_metrics(self._index.files(location), location)
            except (UnreadableRecord, OSError) as error:
                _logger.warning(
                    "attention: no head metrics of step %d of %r: %s",
                    location.step,
                    location.tag,
                    error,
                )
                return None

        key = (location.path, location.version, None)
        return self._cache.get(key, make, lambda made: 1000 + (made.values.nbytes if made else 0))


def _refuse_large(shape: tuple[int, ...], dtype: str) -> None:
    size = int(np.prod(shape, dtype=np.int64)) * DTYPES[dtype].itemsize
    if size > LARGEST:
        raise InvalidInput(
            f"These weights take {size / 1e9:.1f} GB, more than the {LARGEST / 1e9:.1f} GB that are answered at once: "
            "ask for one head, or for dtype=uint8, or for cells of several tokens (block)."
        )


def square_roots(weights: Array) -> Array:
    """Weights as uint8: round(255 * sqrt(weight)), so that small weights stay visible.

    NaN becomes 0.
    """
    bounded = np.fmin(np.fmax(weights, 0), 1)
    rounded: Array = np.rint(255 * np.sqrt(bounded)).astype(np.uint8)
    return rounded


def _tag(tag: str, steps: Steps) -> dict[str, Any]:
    return {
        "tag": tag,
        "steps": list(steps),
        "wall_times": [location.wall_time for location in steps.values()],
        "versions": [location.version for location in steps.values()],
    }


def _short(name: str) -> str:
    return repr(name if len(name) <= 100 else name[:100] + "…")
