"""What of a text is predicted: which token, at which place of the logits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tb_attention.capture.tokens.sequence import sequence_of
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import TokenSequence


@dataclass(frozen=True)
class Targets:
    """The predicted tokens of a text.

    Attributes:
        tokens: their places in the text.
        ids: which token each of them is.
        shift: how many places before a token its prediction stands: 1, or 0 where masks are filled.
        length: number of all tokens of the text.
    """

    tokens: tuple[int, ...]
    ids: tuple[int, ...]
    shift: int
    length: int


def next_tokens(sequence: TokenSequence) -> Targets:
    """Every token but the first of each document."""
    documents = sequence.documents or (0,) * len(sequence)
    tokens = tuple(
        place for place in range(1, len(sequence)) if documents[place] == documents[place - 1]
    )
    return Targets(tokens, tuple(sequence.ids[place] for place in tokens), 1, len(sequence))


def masked_tokens(
    sequence: TokenSequence, labels: Any, tokenizer: Any, mask: int | None
) -> Targets:
    """The tokens that are masked.

    Args:
        sequence: the text with masks.
        labels: the text without, or its ids; ids below 0 are not predicted.
        tokenizer: for a text.
        mask: id of the mask token; None: where the two differ.

    Raises:
        InvalidInput: the two have different lengths, or nothing is masked.
    """
    ids = _ids(labels, tokenizer, sequence.name)
    if len(ids) != len(sequence):
        raise InvalidInput(
            f"labels have {len(ids)} tokens and the text {len(sequence)}: give one mask for each "
            "token that is left out."
        )
    pairs = list(zip(sequence.ids, ids, strict=True))
    masked = [given == mask if mask is not None else given != label for given, label in pairs]
    tokens = tuple(place for place, so in enumerate(masked) if so and ids[place] >= 0)
    if not tokens:
        raise InvalidInput(
            "no token of the text is masked, so that its labels say nothing: put the mask token "
            "in the place of some tokens."
        )
    return Targets(tokens, tuple(ids[place] for place in tokens), 0, len(sequence))


def mask_id(model: Any, tokenizer: Any) -> int | None:
    """Id of the mask token; None where none is known."""
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    known = (
        getattr(source, "mask_token_id", None)
        for source in (tokenizer, getattr(model, "config", None))
    )
    return next((token for token in known if isinstance(token, int)), None)


def _ids(labels: Any, tokenizer: Any, name: str) -> Sequence[int]:
    is_text = isinstance(labels, str) or any(isinstance(one, str) for one in labels)
    # Ids may be below 0, which no tokenizer can spell.
    return sequence_of(labels, tokenizer if is_text else None, name=name).ids
