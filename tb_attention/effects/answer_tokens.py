"""The answers that are compared, as tokens of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tb_attention.capture.tokens.other_tokenizers import vocabulary_of
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import TokenSequence
from tb_attention.record.effects import Answers

Side = str | Sequence[str]
"""An answer, or several whose probabilities are summed."""


@dataclass(frozen=True)
class AnswerTokens:
    """Two sides, each with the ids of its answers.

    Attributes:
        answers: their texts, and the token whose prediction is read.
        first: ids of the first side.
        second: ids of the second side.
    """

    answers: Answers
    first: tuple[int, ...]
    second: tuple[int, ...]


def answer_tokens(
    answers: tuple[Side, Side],
    at: int | None,
    sequence: TokenSequence,
    tokenizer: Any,
    *,
    mask: int | None = None,
    fills: bool = False,
) -> AnswerTokens:
    """The answers as tokens.

    Args:
        answers: the two sides.
        at: the token whose prediction is read; None: the last one, or the masked one.
        sequence: the text.
        tokenizer: of the model.
        mask: id of the mask token.
        fills: whether the model fills masks.

    Raises:
        InvalidInput: an answer is no single token, there are no two sides, or `at` is outside of
            the text.
    """
    if not isinstance(answers, Sequence) or isinstance(answers, str) or len(answers) != 2:
        raise InvalidInput(
            f'answers are {answers!r:.100}: give two sides, such as (" she", " he"); a side may be '
            "several texts."
        )
    texts = [(side,) if isinstance(side, str) else tuple(side) for side in answers]
    for side in texts:
        if not side or not all(isinstance(one, str) for one in side):
            raise InvalidInput(f"a side of the answers is {side!r:.100}: give a text, or several.")
    first, second = (tuple(_token(one, sequence.name, tokenizer) for one in side) for side in texts)
    if both := set(first) & set(second):
        same = next(text for text, token in zip(texts[0], first, strict=True) if token in both)
        raise InvalidInput(f"the answer {same!r} is on both sides: give different ones.")
    place = _place(at, sequence, mask, fills)
    return AnswerTokens(Answers(texts[0], texts[1], place), first, second)


def _place(at: int | None, sequence: TokenSequence, mask: int | None, fills: bool) -> int:
    count = len(sequence)
    if at is not None:
        if not -count <= at < count:
            raise InvalidInput(
                f"at is {at}, and the text has {count} tokens: give 0 to {count - 1}."
            )
        return at % count
    if not fills:
        return count - 1
    masked = [place for place, token in enumerate(sequence.ids) if token == mask]
    if len(masked) != 1:
        found = "no mask token" if not masked else f"{len(masked)} mask tokens"
        raise InvalidInput(
            f"the text has {found}, and the model fills masks: put one in the place of the answer, "
            "or give at=, the place of a token."
        )
    return masked[0]


def _token(text: str, name: str, tokenizer: Any) -> int:
    """The one token of a text."""
    vocabulary = vocabulary_of(tokenizer, name)
    if vocabulary is None:
        raise InvalidInput("answers are texts, which need a tokenizer: give tokenizer=.")
    if not text:
        raise InvalidInput("an answer is empty: give the text of one token.")

    def ids_of(one: str) -> tuple[int, ...]:
        return vocabulary.encode((one,), special=False).ids

    ids = ids_of(text)
    if len(ids) == 1 and ids[0] != getattr(tokenizer, "unk_token_id", None):
        return ids[0]
    if len(ids) == 1:
        raise InvalidInput(f"the tokenizer has no token for the answer {text!r}: give another one.")
    other = text[1:] if text.startswith(" ") else f" {text}"
    spelled = ", ".join(repr(one.decode(errors="replace")) for one in vocabulary.spell(ids).tokens)
    hint = (
        f"give {other!r}, which is one token"
        if other and len(ids_of(other)) == 1
        else "give its first token, or another word; most words begin with a space"
    )
    raise InvalidInput(f"the answer {text!r} is {len(ids)} tokens ({spelled}), not one: {hint}.")
