"""The tokens of one example in one stack: what is known of them, and what is shown of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tb_attention.capture.streams.embedded import UNKNOWN
from tb_attention.capture.streams.inputs import cut_sequence
from tb_attention.capture.tokens.labels import labels
from tb_attention.capture.tokens.sequence import sequence_of
from tb_attention.record.capture import TokenSequence

Given = Mapping[tuple[int, ...], TokenSequence]
"""Ids -> the tokens that are known by these ids, such as those of a text that was given."""


@dataclass(frozen=True, eq=False)
class Text:
    """The tokens of one example.

    Attributes:
        ids: token ids, UNKNOWN where there is none.
        kept: the tokens that are shown, without padding and what follows the end.
        prompt: how many of these were given, where the rest were generated.
        segments: of its tokens, or none.
        image: height and width, where the tokens are those of an image.
        config: of the stack.
        documents: as in TokenSequence.
    """

    ids: tuple[int, ...] = ()
    kept: slice = field(default_factory=lambda: slice(None))
    prompt: int | None = None
    segments: tuple[int, ...] = ()
    image: tuple[int, int] | None = None
    config: Any = None
    documents: tuple[int, ...] = ()

    def uncut(self) -> Text:
        """The same with its padding and what follows its end."""
        start = self.kept.indices(len(self.ids))[0]
        prompt = None if self.prompt is None else self.prompt + start
        return replace(self, kept=slice(None), prompt=prompt)

    def shown(
        self, count: int, name: str, tokenizer: Any, given: Given
    ) -> tuple[TokenSequence, slice]:
        """The tokens of a layer that has `count`, and which of the layer's these are."""
        if count != len(self.ids):
            return labels(name, count, self.image, self.config), slice(None)
        if all(token == UNKNOWN for token in self.ids):
            sequence = labels(name, count, self.image, self.config)
        else:
            sequence = self._spelled(name, tokenizer, given)
        if len(self.documents) == len(sequence):
            sequence = replace(sequence, documents=self.documents)
        return replace(cut_sequence(sequence, self.kept), prompt=self.prompt), self.kept

    def _spelled(self, name: str, tokenizer: Any, given: Given) -> TokenSequence:
        known = tuple(token for token in self.ids if token != UNKNOWN)
        sequence = given.get(self.ids) or sequence_of(known, tokenizer, name=name)
        if self.segments and not sequence.segments:
            sequence = replace(sequence, segments=self.segments)
        if len(known) == len(self.ids):
            return replace(sequence, name=name)
        # Tokens that were given as embeddings are labelled by their places.
        places, found = labels(name, len(self.ids)).tokens, iter(range(len(known)))
        which = [None if token == UNKNOWN else next(found) for token in self.ids]
        return TokenSequence(
            tuple(
                place if one is None else sequence.tokens[one]
                for one, place in zip(which, places, strict=True)
            ),
            name=name,
            pieces=_spread(sequence.pieces, which, ""),
            special=_spread(sequence.special, which, False),
        )


def _spread(known: tuple[Any, ...], which: list[int | None], other: Any) -> tuple[Any, ...]:
    return tuple(other if one is None else known[one] for one in which) if known else ()
