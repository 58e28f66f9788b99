"""A capture: the tokens and attention tensors of one forward pass of one example.

Made by tb_attention.capture (torch) or from plain arrays, and written by
tb_attention.record.summary as Summary values. Holds arrays of whatever library captured them; knows
no file, no TensorBoard and no model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput
from tb_attention.record.effects import Effect

DECODER, ENCODER, CROSS = "decoder", "encoder", "cross"


@dataclass(frozen=True)
class Span:
    """Tokens `first` to `last` (both included) of a sequence, such as those of a role in a chat."""

    name: str
    first: int
    last: int


OF_EACH_TOKEN = (
    "pieces",
    "ids",
    "starts",
    "ends",
    "special",
    "segments",
    "documents",
    "losses",
)
"""What a sequence has one of for each token, or none of where it is unknown."""


@dataclass(frozen=True)
class TokenSequence:
    """One sequence of T tokens; `tb_attention.Sequence` is this class.

    Example:
        >>> sequence = TokenSequence((b"The", b" doctor", b" asked"), ids=(464, 6253, 1965))
        >>> len(sequence), sequence.name
        (3, 'decoder')

    Args:
        tokens: the bytes that each token stands for; UTF-8, but one token may be a piece of a
            character.
        name: "decoder" or "encoder".
        text: the text that was tokenised; empty where only ids were given.
        pieces: the tokens as in the vocabulary ("Ġdoctor"). This and what follows up to `documents`
            has T entries, or none where it is unknown.
        ids: token ids.
        starts: first character of each token in `text`.
        ends: one past the last character of each token in `text`.
        special: whether each token is one of the tokenizer's special tokens.
        segments: of a pair of sentences, 0 is A and 1 is B.
        documents: of a sequence in which several are packed, the number of each one, from 0 on.
        prompt: number of tokens that were given, where the rest were generated; None where nothing
            was generated.
        spans: named runs of tokens, such as the roles of a chat.
        losses: the loss of each token in nats, -ln of the probability that the model gave it; NaN
            where it was not predicted, as the first one. T entries, or none where it is unknown.

    Raises:
        InvalidInput: an argument has another number of entries than there are tokens, or a span is
            outside of them.
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
    documents: tuple[int, ...] = ()
    prompt: int | None = None
    spans: tuple[Span, ...] = ()
    losses: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name in OF_EACH_TOKEN:
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
    """One stack of attention layers, and the sequences that it reads.

    Example:
        >>> layer = AttentionLayer(weights=np.eye(3)[None])
        >>> stack = Stack("decoder", {0: layer})
        >>> stack.layers[0].heads
        1

    Args:
        name: "decoder" (also of decoder-only models), "encoder" or "cross". Where layers have
            different numbers of tokens, as in an image pyramid, there are several: "encoder",
            "encoder 2".
        layers: 0-based index of a layer in its stack -> its tensors; a hybrid model has gaps.
        query_sequence: index in Capture.sequences of the tokens that attend.
        key_sequence: index in Capture.sequences of the tokens that are attended to.
    """

    name: str
    layers: dict[int, AttentionLayer]
    query_sequence: int = 0
    key_sequence: int = 0


@dataclass(frozen=True)
class Capture:
    """The tokens and every attention layer of one forward pass of one example.

    Example:
        >>> stack = Stack("decoder", {0: AttentionLayer(weights=np.eye(2)[None])})
        >>> capture = Capture("my model", (TokenSequence((b"The", b" doctor")),), (stack,))
        >>> capture.kind
        'probe'

    Args:
        model: name of the model, such as config.name_or_path or the class.
        sequences: the token sequences that the stacks refer to; one for decoder-only and
            encoder-only models.
        stacks: the attention stacks.
        kind: "probe" (a fixed text), "batch" (an example of the training batch) or "generation".
        notes: sentences about what is not in it, such as layers that were left out.
        effects: what the heads do to the output, one entry for each number that was measured.
    """

    model: str
    sequences: tuple[TokenSequence, ...]
    stacks: tuple[Stack, ...]
    kind: str = "probe"
    notes: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


def check_tokens(sequences: Sequence[TokenSequence], stacks: Iterable[Stack]) -> None:
    """Checks that every layer has as many queries and keys as there are tokens.

    Raises:
        InvalidInput: a layer has another number.
    """
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
    """The stacks with these layers only, or as they are for None.

    Raises:
        InvalidInput: a layer is not there.
    """
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
