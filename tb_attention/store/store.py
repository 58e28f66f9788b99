"""The captures of a log directory: finds them by names and numbers, and reads them when asked.

Thread-safe.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tb_attention import schema
from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import NotLogged, Rewritten, UnreadableRecord
from tb_attention.files.read import Files
from tb_attention.store.cache import ByteCache
from tb_attention.store.committed import Committed, MetricTable, OutputNumber, TokenLosses
from tb_attention.store.index import Index, Snapshot
from tb_attention.store.join import join_steps
from tb_attention.store.layers import find_stack, load_layer
from tb_attention.store.location import Location
from tb_attention.store.logdir import roots
from tb_attention.store.reader import Reader, open_capture, read_committed
from tb_attention.store.sessions import Steps

CACHED = 256 << 20
"""Bytes of descriptions and tensors that are kept, unless another number is given."""

_logger = logging.getLogger(__name__)


class Indexed(Protocol):
    """What knows the captures: an Index, or a part of one (tb_attention.store.chosen)."""

    @property
    def snapshot(self) -> Snapshot:
        """What the last refresh found."""

    def files(self, location: Location) -> Files:
        """The file system that holds the capture."""

    def doubt(self, location: Location) -> None:
        """Says that a file does not hold what was found in it."""


class Store:
    """The captures of a log directory, with their tensors and head metrics as they were logged.

    What was read is kept, up to a number of bytes. Names and numbers are as a user may give them,
    wrong ones too.

    Example:
        >>> store = Store.open("runs")
        >>> location = store.find("gpt2", "doctor-she", 100)
        >>> store.layer(location, "decoder", 0).heads
        2

    Args:
        index: knows the captures; see `Store.open`.
        cached: bytes of descriptions and tensors that are kept.
    """

    def __init__(self, index: Indexed, cached: int = CACHED) -> None:
        self._index = index
        self._cache = ByteCache(cached)

    @classmethod
    def open(cls, logdir: str) -> Store:
        """The captures below a log directory, as they are now.

        Example:
            >>> store = Store.open("runs")
            >>> list(store.steps("gpt2", "doctor-she"))
            [0, 100]

        Args:
            logdir: path or URL of the log directory.

        Returns:
            A store whose `snapshot` lists runs, tags and steps, and what cannot be shown.
        """
        index = Index(roots(logdir, None))
        index.refresh()
        return cls(index)

    @property
    def index(self) -> Indexed:
        """What knows its captures."""
        return self._index

    @property
    def snapshot(self) -> Snapshot:
        """What the last refresh of the index found."""
        return self._index.snapshot

    def steps(self, run: str, tag: str) -> Steps:
        """The captures of a tag.

        Args:
            run: name of the run, as TensorBoard shows it.
            tag: name of the tag.

        Returns:
            step -> location, ascending.

        Raises:
            NotLogged: there is no such run or tag.
        """
        tags = self._index.snapshot.runs.get(run)
        if tags is None:
            raise NotLogged(f"There is no run {_short(run)} in the log directory.")
        if tag not in tags:
            raise NotLogged(f"The run {_short(run)} has no tag {_short(tag)}.")
        return tags[tag]

    def find(self, run: str, tag: str, step: int) -> Location:
        """The capture of one step.

        Args:
            run: name of the run, as TensorBoard shows it.
            tag: name of the tag.
            step: the step.

        Raises:
            NotLogged: there is no such run, tag or step.
        """
        steps = self.steps(run, tag)
        if step not in steps:
            raise NotLogged(
                f"The tag {_short(tag)} of the run {_short(run)} has no step {step}; "
                f"it has {_listed(list(steps), step)}."
            )
        return steps[step]

    def head_metrics(self, steps: Steps) -> MetricTable:
        """Head metrics of several steps.

        Args:
            steps: the captures, as `Store.steps` returns them.

        Returns:
            Values float32 [steps, rows, heads, metrics], NaN where not defined or not readable,
            with the names of the axes.
        """
        committed = [self._committed(location) for location in steps.values()]
        return join_steps([each.metrics if each else None for each in committed])

    def output_numbers(self, steps: Steps) -> list[tuple[OutputNumber, ...]]:
        """The numbers of the output that were measured, such as the loss of the text.

        Args:
            steps: the captures, as `Store.steps` returns them.

        Returns:
            Those of each step, in its order; none where none were measured, or not readable.
        """
        committed = [self._committed(location) for location in steps.values()]
        return [each.numbers if each else () for each in committed]

    def token_losses(self, steps: Steps) -> list[TokenLosses | None]:
        """What the model loses at each token of the text.

        Args:
            steps: the captures, as `Store.steps` returns them.

        Returns:
            Those of each step, in its order; None where not measured, or not readable.
        """
        committed = [self._committed(location) for location in steps.values()]
        return [each.losses if each else None for each in committed]

    def message(self, location: Location) -> schema.Capture:
        """The description of a capture, as it was logged.

        Raises:
            UnreadableRecord: it is damaged.
        """
        return self._open(location).message

    def layer(
        self,
        location: Location,
        stack: str | None,
        layer: int,
        head: int | None = None,
        *,
        keep: bool = True,
    ) -> AttentionLayer:
        """A layer with its tensors as they were stored (float16, float32), or one head of it.

        Args:
            location: the capture.
            stack: name of the stack; None: the first one.
            layer: number of the layer in its stack.
            head: the query head; None: all.
            keep: whether tensors are kept in memory; False where so much is read once that it would
                drive out all else.

        Raises:
            NotLogged: there is no such stack, layer or head.
            UnreadableRecord: the capture is damaged.
        """
        reader = self._open(location)
        with self._noticing(location):
            return load_layer(
                reader,
                find_stack(reader.message, stack),
                layer,
                head,
                self._tensor if keep else Reader.read,
            )

    def tensor(self, location: Location, name: str) -> Numbers:
        """A tensor of a capture by its name, as it was stored.

        Args:
            location: the capture.
            name: name of the tensor, see tb_attention.record.tfrecord.
        """
        reader = self._open(location)
        with self._noticing(location):
            return reader.read(name)

    @contextmanager
    def _noticing(self, location: Location) -> Iterator[None]:
        """Lets the index read a file again that is not what it was."""
        try:
            yield
        except (Rewritten, OSError):
            self._index.doubt(location)
            raise

    def _open(self, location: Location) -> Reader:
        def make() -> Reader:
            return open_capture(self._index.files(location), location)

        with self._noticing(location):
            return self._cache.get(
                (location.path, location.version), make, lambda reader: reader.size
            )

    def _tensor(self, reader: Reader, name: str) -> Numbers:
        key = (reader.location.path, reader.location.version, name)
        return self._cache.get(key, lambda: reader.read(name), lambda array: array.nbytes)

    def _committed(self, location: Location) -> Committed | None:
        """None where they cannot be read: one damaged capture must not hide all other steps."""

        def make() -> Committed | None:
            try:
                with self._noticing(location):
                    return read_committed(self._index.files(location), location)
            except (UnreadableRecord, OSError) as error:
                _logger.warning(
                    "attention: no head metrics of step %d of %r: %s",
                    location.step,
                    location.tag,
                    error,
                )
                return None

        key = (location.path, location.version, None)
        return self._cache.get(key, make, lambda made: 1000 + (made.size if made else 0))


def _short(name: str) -> str:
    return repr(name if len(name) <= 100 else name[:100] + "…")


def _listed(steps: list[int], near: int, most: int = 12) -> str:
    """All steps, or those nearest to one of them."""
    if len(steps) <= most:
        return ", ".join(map(str, steps))
    nearest = sorted(sorted(steps, key=lambda step: abs(step - near))[:most])
    return (
        f"{len(steps):,} steps from {steps[0]} to {steps[-1]}, "
        f"such as {', '.join(map(str, nearest))}"
    )
