"""Any object with `decode` as a tokenizer."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from tb_attention.capture.tokens.plain_vocabulary import encoded, spelled
from tb_attention.capture.tokens.vocabulary import Encoded, Spelled
from tb_attention.errors import InvalidInput

_BYTES = ("decode_bytes", "decode_single_token_bytes", "id_to_bytes")
"""What tokenizers call the function that has the bytes of tokens."""

_UNKNOWN = "\ufffd"
"""What stands for bytes that are no UTF-8."""


def _accepted(function: Any) -> Sequence[str]:
    """The names of its arguments; none of a function that does not say them."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()


class DecodingVocabulary:
    """Anything with `decode`, and `encode` where texts are given."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._options = {}
        if "skip_special_tokens" in _accepted(tokenizer.decode):
            self._options = {"skip_special_tokens": False}

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Ids, by its own `encode`."""
        if not hasattr(self._tokenizer, "encode"):
            name = type(self._tokenizer).__name__
            raise InvalidInput(f"a {name} has no encode: give token ids instead of the text.")
        return encoded(texts, self._tokenizer.encode)

    def spell(self, ids: Sequence[int]) -> Spelled:
        """Each token by itself."""
        return Spelled(tuple(spelled(self._of, ids)))

    def _of(self, one: int) -> str | bytes:
        """A part of a character has no text, but bytes, where the tokenizer says them."""
        try:
            text = self._decoded(one)
        except UnicodeDecodeError:
            text = _UNKNOWN
        found = self._bytes_of(one) if isinstance(text, str) and _UNKNOWN in text else None
        return text if found is None else found

    def _decoded(self, one: int) -> str | bytes:
        """By the form in which it takes ids."""
        for given in ([one], one, torch.tensor([one]), [[one]]):
            try:
                text = self._tokenizer.decode(given, **self._options)
            except (TypeError, AttributeError) as error:
                refused = error
                continue
            while isinstance(text, list | tuple) and len(text) == 1:
                (text,) = text
            if isinstance(text, str | bytes):
                return text
            refused = TypeError(f"it gives {text!r}")
        raise InvalidInput(
            f"the tokenizer's decode gives no text of token id {one} ({refused}): give an object "
            "whose decode([id]) is a string."
        )

    def _bytes_of(self, one: int) -> bytes | None:
        table = getattr(self._tokenizer, "vocab", None)
        if isinstance(table, Mapping) and isinstance(found := table.get(one), bytes):
            return found
        for name in _BYTES:
            if callable(function := getattr(self._tokenizer, name, None)):
                found = function([one] if name == "decode_bytes" else one)
                return found if isinstance(found, bytes) else None
        return None
