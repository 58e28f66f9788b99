"""Watches what the caller does with a model: one forward pass, or all of a generation.

Of several passes that do not continue each other by a key-value cache, the last one counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from tb_attention.capture.captured import Absent, captured
from tb_attention.capture.streams.pass_watcher import PassWatcher
from tb_attention.record.capture import Capture


class Passes(PassWatcher):
    """Sees forward passes and what generate() returned, and makes captures of it afterwards."""

    def __init__(self, model: torch.nn.Module, examples: Collection[int]) -> None:
        super().__init__(model, examples)
        self.absent: dict[int, Absent] = {}
        """Examples that are not in the batch."""

    def captures(
        self, tokenizer: Any = None, layers: Collection[int] | None = None
    ) -> dict[int, Capture]:
        """Example -> its capture, of those that are not `absent`.

        Raises what went wrong while the model ran.
        """
        found = {}
        for example in self.examples:
            try:
                found[example] = captured(self, example, tokenizer, layers)
            except Absent as error:
                self.absent[example] = error
        return found


@contextmanager
def watch_passes(model: torch.nn.Module, examples: Collection[int] = (0,)) -> Iterator[Passes]:
    """Watches what is done with `model` inside of the `with`, without changing it.

    The captures are made afterwards. A generation is stitched together over prompt and generated
    tokens, but for the last, which is never fed. Beam search, and models that only return weights,
    run once more over the whole.

    Args:
        model: the model that is run inside.
        examples: rows of the batch, or of what generate() returns.

    Yields:
        Passes, whose `captures` are asked for after the `with`.
    """
    passes = Passes(model, examples)
    with passes.watching():
        yield passes
