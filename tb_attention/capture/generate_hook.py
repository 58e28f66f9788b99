"""Watches model.generate(): its options and what it returned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


class Generation:
    """The last generation, if no other forward pass came after it.

    running: generate() runs now. beams: it searches with beams, so that the rows of the batch
    change places between the steps. copies: how many texts it samples of each example. prompt:
    number of tokens that it was given. mask: [batch, prompt], 0 is padding. returned: [examples,
    tokens].
    """

    def __init__(self) -> None:
        self.running = False
        self.clear()

    def clear(self) -> None:
        """Forgets it."""
        self.beams, self.copies = False, 1
        self.prompt: int | None = None
        self.mask: torch.Tensor | None = None
        self.returned: torch.Tensor | None = None
        self._ends: frozenset[int] = frozenset()

    @contextmanager
    def watching(self, model: Any, prompt_is_given: bool) -> Iterator[None]:
        """Replaces `generate` of the model, until it is left.

        prompt_is_given: its inputs are the first tokens of what it returns.
        """
        original, own = model.generate, vars(model).get("generate")

        def generate(*args: Any, **options: Any) -> Any:
            self.clear()
            settings = options.get("generation_config") or getattr(model, "generation_config", None)

            def option(name: str) -> Any:
                return (
                    options[name]
                    if options.get(name) is not None
                    else getattr(settings, name, None)
                )

            self.beams, self.copies = (
                (option("num_beams") or 1) > 1,
                option("num_return_sequences") or 1,
            )
            if prompt_is_given:
                inputs = (*args[:1], options.get("inputs"), options.get("input_ids"))
                self.prompt = next(
                    (one.shape[1] for one in inputs if isinstance(one, torch.Tensor)), None
                )
                self.mask = options.get("attention_mask")
            self.running = True
            try:
                result = original(*args, **options)
            finally:
                self.running = False
            self.returned = getattr(result, "sequences", result)
            ends = option("eos_token_id")
            self._ends = frozenset([ends] if isinstance(ends, int) else ends or ())
            return result

        model.generate = generate
        try:
            yield
        finally:
            del model.generate
            if own is not None:
                model.generate = own

    def end(self, example: int, ids: tuple[int, ...]) -> int:
        """How many of the ids that were fed belong to the text that was returned, whose last token never is."""
        prompt, stop = self.prompt or 0, len(ids)
        if self.returned is not None and example < len(self.returned):
            returned = tuple(self.returned[example].tolist())
            same = next(
                (
                    place
                    for place, (one, other) in enumerate(zip(ids, returned, strict=False))
                    if one != other
                ),
                len(returned),
            )
            # Last there may be candidates that were not accepted. Some models return the generated
            # tokens only: then nothing is known.
            stop = min(same, max(len(returned) - 1, 1), stop) if same >= prompt else stop
        return next((place for place in range(prompt, stop) if ids[place] in self._ends), stop)
