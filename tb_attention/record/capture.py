"""What one forward pass of one example gave.

Tokens, and the queries and keys of every attention layer.

Comes from tb_attention.capture (torch) or from plain arrays, and goes to tb_attention.record.summary,
which turns it into Summary values. Holds arrays of whatever library captured them; knows no file,
no TensorBoard and no model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput

DECODER, ENCODER, CROSS = "decoder", "encoder", "cross"


@dataclass(frozen=True)
class Span:
    """Tokens `first` to `last` (both included) of a sequence, such as those of a role in a chat."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class TokenSequence:
    """T tokens. The tuples have T entries, or none where the fact is unknown.

    name: "decoder" or "encoder". tokens: the bytes each token stands for (one may be a piece of a
    UTF-8 character). pieces: as in the vocabulary. starts, ends: character offsets in `text`.
    segments: 0 is sentence A, 1 is B. prompt: number of tokens that were given, where the rest were
    generated. spans: named runs of tokens, such as the roles of a chat.
    """

    tokens: tuple[bytes, ...]
    name: str = DECODER
    text: str = ""
    pieces: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    special: tuple[bool, ...] = ()
    segments: tuple[int, ...] = ()
    prompt: int | None = None
    spans: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        for name in ("pieces", "ids", "starts", "ends", "special", "segments"):
            length = len(getattr(self, name))
            if length not in (0, len(self.tokens)):
                raise InvalidInput(
                    f"{name} has {length} entries for {len(self.tokens)} tokens: give one for each "
                    "token, or none."
                )

        for span in self.spans:
            if not 0 <= span.first <= span.last < len(self.tokens):
                raise InvalidInput(
                    f"the span {span.name!r} has the tokens {span.first} to {span.last}: there are "
                    f"{len(self.tokens)}."
                )

    def __len__(self) -> int:
        return len(self.tokens)

    def with_spans(self, spans: tuple[Span, ...]) -> TokenSequence:
        """The same tokens with these spans."""
        return replace(self, spans=spans)


@dataclass(frozen=True)
class Stack:
    """One stack of attention layers: "decoder" (also of decoder-only models), "encoder" or "cross".

    Where layers have different numbers of tokens, as in an image pyramid, there are several:
    "encoder", "encoder 2".

    layers: 0-based index of a layer in its stack -> its tensors; a hybrid model has gaps.
    query_sequence, key_sequence: indices in Capture.sequences.
    """

    name: str
    layers: dict[int, AttentionLayer]
    query_sequence: int = 0
    key_sequence: int = 0


@dataclass(frozen=True)
class Capture:
    """The tokens and every attention layer of one forward pass of one example.

    kind: "probe", "batch" or "generation".
    """

    model: str
    sequences: tuple[TokenSequence, ...]
    stacks: tuple[Stack, ...]
    kind: str = "probe"


def check_tokens(sequences: Sequence[TokenSequence], stacks: Iterable[Stack]) -> None:
    """Raises InvalidInput for a layer with other numbers of queries or keys than tokens."""
    for stack in stacks:
        ends = (stack.query_sequence, stack.key_sequence)
        tokens = tuple(len(sequences[end]) for end in ends)
        for index, layer in stack.layers.items():
            if (layer.queries, layer.keys) != tokens:
                raise InvalidInput(
                    f"{stack.name} layer {index} has {layer.queries} queries and {layer.keys} "
                    f"keys, but there are {tokens[0]} and {tokens[1]} tokens: "
                    "give one token for each position."
                )


def chosen_layers(stacks: tuple[Stack, ...], layers: Collection[int] | None) -> tuple[Stack, ...]:
    """The stacks with these layers only. Raises InvalidInput for a layer that is not there."""
    if layers is None:
        return stacks
    there = {index for stack in stacks for index in stack.layers}
    if not layers or not there.issuperset(layers):
        raise InvalidInput(
            f"layers are {sorted(layers)}, the model has {sorted(there)}: choose among these, or "
            "None for all."
        )
    kept = (
        replace(stack, layers={i: layer for i, layer in stack.layers.items() if i in layers})
        for stack in stacks
    )
    return tuple(stack for stack in kept if stack.layers)
