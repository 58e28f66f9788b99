"""The tokens of a text, a chat or token ids, with the bytes that each stands for."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tb_attention.capture.tokens.chat import chat_text, role_spans
from tb_attention.capture.tokens.other_tokenizers import vocabulary_of
from tb_attention.capture.tokens.vocabulary import Encoded, Spelled
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import DECODER, TokenSequence


def sequence_of(text_or_ids: Any, tokenizer: Any = None, *, name: str = DECODER) -> TokenSequence:
    """The tokens of a text, of a pair of texts, of a chat, or of token ids.

    Args:
        text_or_ids: a text; a pair of texts; messages of a chat (`[{"role": ..., "content": ...}]`,
            which go through the tokenizer's chat template, and end with the prompt for an answer
            unless the last message is one); or ids [T] or [1, T] (list, numpy or torch).
        tokenizer: see `vocabulary_of`. Ids without one are shown as their numbers. Offsets are
            there for a text and a fast tokenizer of transformers.
        name: "decoder" or "encoder".

    Raises:
        InvalidInput: a text is empty or has no tokenizer, or ids have the wrong kind or shape.
    """
    if isinstance(text_or_ids, str):
        return _of_text((text_or_ids,), tokenizer, name)
    if _is_chat(text_or_ids):
        return _of_chat(text_or_ids, tokenizer, name)
    if (
        isinstance(text_or_ids, tuple | list)
        and len(text_or_ids) == 2
        and all(isinstance(one, str) for one in text_or_ids)
    ):
        return _of_text(tuple(text_or_ids), tokenizer, name)
    ids = _plain_ids(text_or_ids)
    vocabulary = vocabulary_of(tokenizer, name)
    if vocabulary is None:
        return TokenSequence(tokens=tuple(str(token).encode() for token in ids), name=name, ids=ids)
    return _sequence(name, Encoded(ids), vocabulary.spell(ids))


def _of_text(
    texts: tuple[str, ...], tokenizer: Any, name: str, *, special: bool = True
) -> TokenSequence:
    vocabulary = vocabulary_of(tokenizer, name)
    if vocabulary is None:
        raise InvalidInput(
            "a text needs a tokenizer: give tokenizer=AutoTokenizer.from_pretrained(...), or token "
            "ids instead of the text."
        )
    if not all(texts):
        raise InvalidInput("the text is empty: give at least one token.")
    try:
        "".join(texts).encode()
    except UnicodeEncodeError as error:
        where = f"at character {error.start}"
        raise InvalidInput(
            f"the text has half of a surrogate pair {where}, which is no Unicode: remove it."
        ) from error
    try:
        encoded = vocabulary.encode(texts, special=special)
    except InvalidInput:
        raise
    except Exception as error:  # tokenizers raise what they like
        raise InvalidInput(f"the tokenizer does not take the text ({error}).") from error
    if not encoded.ids:
        raise InvalidInput("the tokenizer makes no token of the text: give a longer text.")
    return _sequence(name, encoded, vocabulary.spell(encoded.ids), "\n".join(texts))


def _of_chat(messages: Sequence[Mapping[str, Any]], tokenizer: Any, name: str) -> TokenSequence:
    text = chat_text(messages, tokenizer)
    # The template has written the special tokens already.
    sequence = _of_text((text,), tokenizer, name, special=False)
    return sequence.with_spans(role_spans(messages, sequence, tokenizer))


def _is_chat(given: Any) -> bool:
    return (
        isinstance(given, list | tuple)
        and len(given) > 0
        and all(isinstance(one, Mapping) and "role" in one for one in given)
    )


def _sequence(name: str, encoded: Encoded, spelled: Spelled, text: str = "") -> TokenSequence:
    return TokenSequence(
        tokens=spelled.tokens,
        name=name,
        text=text,
        pieces=spelled.pieces,
        ids=encoded.ids,
        starts=encoded.starts,
        ends=encoded.ends,
        special=spelled.special,
        segments=encoded.segments,
    )


def _plain_ids(given: Any) -> tuple[int, ...]:
    """Ids [T] or [1, T] of any kind as Python integers."""
    listed = given.tolist() if hasattr(given, "tolist") else given
    if isinstance(listed, Iterable):
        listed = list(listed)
        if listed and isinstance(listed[0], list | tuple):
            if len(listed) > 1:
                raise InvalidInput(f"there are {len(listed)} examples: give one, such as ids[0].")
            listed = listed[0]
        if not listed:
            raise InvalidInput("there are no token ids: give at least one.")
        try:
            return tuple(operator.index(token) for token in listed)
        except TypeError:
            pass
        if all(isinstance(token, float) for token in listed):
            raise InvalidInput(
                "token ids are integers, and these are floating numbers: convert them, as with "
                "ids.long()."
            )
    raise InvalidInput(
        f"a text or token ids are needed, not {type(given).__name__}: give a str, or integers "
        "[tokens] or [1, tokens]."
    )
