"""Watches model.generate(): its options and what it returned."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any

import torch

from tb_attention.capture.calls.patching import replacing
from tb_attention.capture.streams.stream import Stream

Ids = tuple[int, ...]


class Generation:
    """One call of generate().

    Attributes:
        beams: whether it searches with beams, so that the rows of the batch change places between
            the steps.
        copies: number of texts that it samples of each example.
        mask: [batch, prompt], 0 is padding.
        returned: [examples, tokens].
    """

    def __init__(self, settings: Any, args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        """settings: of the model; options of the call precede them."""
        self._settings, self._options = options.get("generation_config") or settings, options
        self.beams = (self._option("num_beams") or 1) > 1
        self.copies: int = self._option("num_return_sequences") or 1
        given = (*args[:1], options.get("inputs"), options.get("input_ids"))
        ids = (one for one in given if isinstance(one, torch.Tensor) and one.ndim == 2)
        self.ids = next((one for one in ids if not one.is_floating_point()), None)
        self.mask = options.get("attention_mask")
        self.returned: torch.Tensor | None = None

    def _option(self, name: str) -> Any:
        """An option that is given as None is meant."""
        if name in self._options:
            return self._options[name]
        return getattr(self._settings, name, None)

    def ended(self, result: Any) -> None:
        """Keeps what generate() returned."""
        returned = getattr(result, "sequences", result)
        self.returned = returned if isinstance(returned, torch.Tensor) else None

    def prompt(self, stream: Stream, ids: Ids, first: int) -> int:
        """Number of ids of the stream that were given, where the rest were generated.

        first: number of ids in its first pass.
        """
        embeddings = self._options.get("inputs_embeds")
        if self.ids is not None and not stream.decodes:
            given = tuple(self.ids[0].tolist())
            if any(ids[: len(given)] == tuple(one.tolist()) for one in self.ids):
                return len(given)
        elif isinstance(embeddings, torch.Tensor) and not stream.decodes:
            return int(embeddings.shape[1])
        return first

    def new(self, example: int, ids: Ids, prompt: int) -> Ids | None:
        """The tokens that were generated; None where the returned ones do not show which."""
        if self.returned is None or example >= len(self.returned):
            return None
        returned = tuple(self.returned[example].tolist())
        # Of a prompt of embeddings it returns the new tokens only, as some models always do.
        return returned[prompt:] if returned[:prompt] == ids[:prompt] else returned

    def end(self, example: int, ids: Ids, prompt: int) -> int:
        """How many of the ids that were fed belong to the text that was returned.

        The last token of that text is never fed.
        """
        stop, new = len(ids), self.new(example, ids, prompt)
        if new is not None and (same := same_tokens(ids[prompt:], new)):
            # Last there may be candidates that were not accepted.
            stop = min(prompt + min(same, max(len(new) - 1, 0)), stop)
        elif new is not None and len(new) == 1:
            stop = prompt
        ends = self._option("eos_token_id")
        ends = [ends] if isinstance(ends, int) else ends or ()
        return next((place for place in range(prompt, stop) if ids[place] in ends), stop)


def same_tokens(one: Ids, other: Ids) -> int:
    """How many tokens are the same at the beginning."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


class GenerateHook:
    """Keeps the calls of generate() that run, of each thread."""

    def __init__(self) -> None:
        self._running: dict[int, list[Generation]] = {}

    @property
    def running(self) -> Generation | None:
        """The one that the caller made in this thread, or None."""
        return next(iter(self._running.get(threading.get_ident(), ())), None)

    @property
    def nested(self) -> bool:
        """Whether the model generates inside of its own generation, to guess what comes next."""
        return len(self._running.get(threading.get_ident(), ())) > 1

    @contextmanager
    def watching(self, model: Any) -> Iterator[None]:
        """Replaces `generate` of the model, until it is left.

        In its class: a copy of the model that is made meanwhile would have what is replaced in the
        model itself, for ever.
        """
        kind = type(model)
        in_class = "generate" not in vars(model) and isinstance(
            inspect.getattr_static(kind, "generate", None), FunctionType
        )
        holder = kind if in_class else model

        def replace(restore: ExitStack) -> None:
            original, own = holder.generate, vars(holder).get("generate")

            @functools.wraps(original)
            def generate(*args: Any, **options: Any) -> Any:
                if in_class and args[0] is not model:
                    return original(*args, **options)
                given = args[1:] if in_class else args
                with self._generates(Generation(_settings(model), given, options)) as generation:
                    result = original(*args, **options)
                generation.ended(result)
                return result

            restore.callback(_put_back, holder, own)
            holder.generate = generate

        with replacing(replace):
            yield

    @contextmanager
    def _generates(self, generation: Generation) -> Iterator[Generation]:
        running = self._running.setdefault(threading.get_ident(), [])
        running.append(generation)
        try:
            yield generation
        finally:
            running.remove(generation)


def _settings(model: Any) -> Any:
    return getattr(model, "generation_config", None)


def _put_back(holder: Any, own: Any) -> None:
    del holder.generate
    if own is not None:
        holder.generate = own
