"""Log directories for tests of the reading side, by TensorBoard's own record writer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.summary import capture_events

WALL_TIME = 1.7e9
"""Seconds: when step 0 was written; step n came n seconds later."""


def capture(
    tokens: int = 6,
    *,
    layers: int = 2,
    heads: int = 4,
    key_heads: int = 2,
    neurons: int = 8,
    seed: int = 0,
    norms: bool = False,
) -> Capture:
    """A capture of a decoder with random queries and keys. norms: with lengths of values."""
    random = np.random.default_rng(seed)

    def vectors(count: int) -> np.ndarray:
        return random.standard_normal((count, tokens, neurons)).astype(np.float32)

    stack = {
        layer: AttentionLayer(
            query=vectors(heads),
            key=vectors(key_heads),
            scale=neurons**-0.5,
            module=f"h.{layer}",
            value_norms=np.linspace(0.1, 1, heads * tokens).reshape(heads, -1) if norms else None,
            projection=f"h.{layer}.out" if norms else "",
        )
        for layer in range(layers)
    }
    sequence = TokenSequence(
        tokens=tuple(b" t%d" % place for place in range(tokens)), ids=tuple(range(tokens))
    )
    return Capture("tiny", (sequence,), (Stack("decoder", stack),))


def events(
    step: int = 0,
    *,
    tag: str = "probe",
    session: str = "one",
    wall_time: float | None = None,
    of: Capture | None = None,
    files: int | None = None,
) -> list[event_pb2.Event]:
    """The events of one capture."""
    when = WALL_TIME + step if wall_time is None else wall_time
    return list(
        capture_events(
            of or capture(seed=step),
            tag=tag,
            step=step,
            wall_time=when,
            session=session,
            files=files,
        )
    )


def write(path: Path, *captured: Iterable[event_pb2.Event], append: bool = False) -> Path:
    """Writes the events to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab" if append else "wb") as file:
        writer = RecordWriter(file)
        for events_of_one in captured:
            for event in events_of_one:
                writer.write(event.SerializeToString())
    return path


def record_file(run: Path, number: int = 0) -> Path:
    """The path of a record file of the run."""
    return run / "plugins" / "attention" / f"attention.1700000000.host.1.{number}.tfrecord"
