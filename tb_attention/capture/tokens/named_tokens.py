"""Tokens whose texts are given one by one, by `tokens=`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tb_attention.capture.tokens.vocabulary import Encoded, Spelled, Vocabulary
from tb_attention.errors import InvalidInput

Texts = Sequence[str | bytes]


class NamedTokens:
    """The texts of a model's tokens, of its encoder and its decoder where it has both."""

    def __init__(self, tokens: Texts | Mapping[str, Texts]) -> None:
        """tokens: of the only text; or "encoder" and "decoder" -> of these."""
        self._several = isinstance(tokens, Mapping)
        self._texts: dict[str, Texts] = dict(tokens) if isinstance(tokens, Mapping) else {}
        self._only = () if isinstance(tokens, Mapping) else tokens
        self._asked: str | None = None
        for texts in (*self._texts.values(), self._only):
            if isinstance(texts, str | bytes):
                raise InvalidInput(
                    "tokens are one text: give a list with one string for each token."
                )

    def of(self, name: str) -> Vocabulary:
        """Those of "encoder" or "decoder".

        Raises:
            InvalidInput: there is one list for both, or none for this one.
        """
        other = self._asked is not None and self._asked != name
        if name not in self._texts if self._several else other:
            raise InvalidInput(
                "the model has an encoder and a decoder, and tokens name those of one: give "
                'tokens={"encoder": [...], "decoder": [...]}.'
            )
        self._asked = name
        return _Named(self._texts[name] if self._several else self._only)


class _Named:
    """The tokens of one text."""

    def __init__(self, tokens: Texts) -> None:
        self._tokens = tuple(
            token if isinstance(token, bytes) else str(token).encode() for token in tokens
        )

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Always raises InvalidInput: names of tokens make no ids."""
        raise InvalidInput("tokens name token ids: give ids, or a tokenizer for the text.")

    def spell(self, ids: Sequence[int]) -> Spelled:
        """The texts that were given."""
        if len(ids) != len(self._tokens):
            raise InvalidInput(
                f"there are {len(self._tokens)} tokens for {len(ids)} token ids: give one for each."
            )
        return Spelled(self._tokens)
