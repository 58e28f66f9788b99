"""Passes that belong together: those of one generation, and those that continue each other."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from tb_attention.capture.streams.caches import caches_in
from tb_attention.capture.streams.frames import Frame, tensors_in
from tb_attention.capture.streams.generate_hook import Generation, same_tokens
from tb_attention.capture.streams.stream import Stream

_KEPT = 4
"""Runs that are kept for a caller who continues several by turns, while he has their caches."""


class Pass:
    """One forward pass that the caller made. top: the outermost module that he called."""

    def __init__(self, top: Frame) -> None:
        self.top, self.streams = top, list[Stream]()

    def add(self, stream: Stream) -> None:
        """A stream goes on in it."""
        if stream not in self.streams:
            self.streams.append(stream)


class Run:
    """Passes that belong together.

    Attributes:
        generation: where generate() made the last of them.
        open: how many of them have not ended.
        passes: in their order.
    """

    def __init__(self) -> None:
        self.open = 0
        self.untold = set[str]()
        """Towers of images or sounds of which it is not known to which text they belong."""
        self.generation: Generation | None = None
        self.passes: list[Pass] = []
        self._outputs: list[weakref.ref[torch.Tensor]] = []

    @property
    def streams(self) -> list[Stream]:
        """The streams in the order in which they began."""
        return list(dict.fromkeys(one for each in self.passes for one in each.streams))

    def gave(self, output: Any) -> None:
        """Keeps the output of a pass, which may be an input of a later one."""
        self._outputs = [known for known in self._outputs if known() is not None]
        self._outputs += [weakref.ref(one) for one in tensors_in(output)]

    def continues(self, given: Mapping[str, Any]) -> bool:
        """Whether a pass with these arguments goes on from one of this run."""
        caches = caches_in(given)
        if any(one.caches.holds(cache) for one in self.streams for cache in caches):
            return True
        known = [one for each in self._outputs if (one := each()) is not None]
        return any(one is tensor for tensor in tensors_in(given) for one in known)

    @property
    def alive(self) -> bool:
        """Whether it may be continued."""
        return self.open > 0 or any(one.caches.alive for one in self.streams)

    def main(self) -> Stream | None:
        """The stream that the generation is of; of other runs the last one."""
        if self.generation is not None and self.streams:
            return max(self.streams, key=self._agreement)
        return next(iter(reversed(self.passes[-1].streams)), None)

    def _agreement(self, stream: Stream) -> tuple[int, int, int, int]:
        """How well a stream agrees with what was generated: tokens that are the same first."""
        example, rows = next(((e, r) for e, r in stream.rows.items() if r), (0, (0,)))
        ids, alike = stream.fed.all_ids(rows[0]), 0
        if self.generation is not None and ids:
            prompt = self.generation.prompt(stream, ids, self.first(stream))
            new = self.generation.new(example, ids, prompt) or ()
            alike = same_tokens(ids[prompt:], new)
        return alike, stream.fed.passes, stream.fed.tokens, len(stream.calls)

    def first(self, stream: Stream) -> int:
        """How many tokens its tower was fed first."""
        return next(one for one in self.streams if one.tower is stream.tower).fed.first

    def counting(self) -> list[Pass]:
        """The passes over the text of the generation; else those over the text of the last pass."""
        main = self.main()
        texts = self.passes[-1].streams if self.generation is None or main is None else [main]
        return [one for one in self.passes if set(one.streams) & set(texts)] or self.passes[-1:]

    def shown(self) -> list[Stream]:
        """The streams of these passes, and of towers that were called by themselves.

        Such as an encoder.
        """
        counting = self.counting()
        towers = {one.tower for each in counting for one in each.streams}
        alone = [
            one for one in self.passes if not any(each.tower in towers for each in one.streams)
        ]
        found = list(dict.fromkeys(one for each in (*alone, *counting) for one in each.streams))
        for tower in {one.tower for one in found}:
            mine = [one for one in found if one.tower is tower]
            # An image that is looked at anew with each token, say.
            if len(mine) > 1 and len(mine) >= len(counting) > 1:
                found = [one for one in found if one.tower is not tower or one is mine[-1]]
        return found

    def silent(self) -> list[Stream]:
        """The shown streams of towers that were not seen to attend."""
        return [one for one in self.shown() if not one.calls]


class Runs:
    """All runs that were seen, the last one at the end."""

    def __init__(self) -> None:
        self._all: list[Run] = []

    def __bool__(self) -> bool:
        return bool(self._all)

    def __iter__(self) -> Iterator[Run]:
        return reversed(self._all)

    @property
    def last(self) -> Run:
        """The run that counts."""
        return self._all[-1]

    def begin(self, top: Frame, generation: Generation | None) -> Run:
        """A pass begins."""
        known = (
            run
            for run in reversed(self._all)
            if (generation is not None and run.generation is generation) or run.continues(top.given)
        )
        run = next(known, None) or Run()
        run.generation = generation  # the last one counts, where one goes on from another
        return self.raised(run)

    def raised(self, run: Run) -> Run:
        """Makes the run the last one, and returns it."""
        self._all = [*(one for one in self._all if one is not run), run]
        return run

    def drop(self, run: Run) -> None:
        """Forgets the run."""
        self._all = [one for one in self._all if one is not run]

    def prune(self) -> None:
        """Forgets the runs that nobody can continue."""
        before = [one for one in self._all[:-1] if one.alive]
        self._all = [*before[-_KEPT:], self._all[-1]]
