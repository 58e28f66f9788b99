"""Tokenizers that are not of transformers, distinguished by what they can do."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tb_attention.capture.hf_tokenizer import HuggingFaceVocabulary
from tb_attention.capture.vocabulary import Encoded, Spelled, Vocabulary
from tb_attention.errors import InvalidInput

_SPACE = "\u2581"


def vocabulary_of(tokenizer: Any) -> Vocabulary | None:
    """Makes tokens of texts and texts of tokens; None without a tokenizer.

    Args:
        tokenizer: of transformers (or a processor that holds one), of the package tokenizers, as
            tiktoken or sentencepiece have it, a dict text -> id or id -> text, a list of texts, or
            anything with `decode`, and `encode` where texts are given.

    Raises:
        InvalidInput: it is anything else.
    """
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    if tokenizer is None or isinstance(tokenizer, NamedTokens):
        return tokenizer
    if hasattr(tokenizer, "convert_ids_to_tokens"):
        return HuggingFaceVocabulary(tokenizer)
    if hasattr(tokenizer, "id_to_token") and hasattr(tokenizer, "get_vocab"):
        from transformers import PreTrainedTokenizerFast  # wraps a tokenizer of tokenizers

        return HuggingFaceVocabulary(PreTrainedTokenizerFast(tokenizer_object=tokenizer))
    if hasattr(tokenizer, "decode_single_token_bytes"):
        return ByteVocabulary(tokenizer)
    if hasattr(tokenizer, "id_to_piece") or hasattr(tokenizer, "IdToPiece"):
        return PieceVocabulary(tokenizer)
    if isinstance(tokenizer, Mapping | list | tuple):
        return TableVocabulary(tokenizer)
    if hasattr(tokenizer, "decode"):
        return DecodingVocabulary(tokenizer)
    if hasattr(tokenizer, "from_pretrained"):
        return None  # of images or sound, as a Trainer hands it on
    raise InvalidInput(
        f"{type(tokenizer).__name__} is no tokenizer: give tokenizer= one of transformers, "
        "tokenizers, tiktoken or sentencepiece, a dict of characters, or an object with encode and "
        "decode."
    )


class NamedTokens:
    """Tokens whose texts are given one by one, by `tokens=`."""

    def __init__(self, tokens: Sequence[str | bytes]) -> None:
        if isinstance(tokens, str | bytes):
            raise InvalidInput("tokens are one text: give a list with one string for each token.")
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


class ByteVocabulary:
    """As tiktoken has it: encode, and the bytes of a token."""

    def __init__(self, encoding: Any) -> None:
        self._encoding = encoding

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Ids and offsets; special tokens that stand in the text are taken as such."""
        try:
            return _encoded(texts, lambda text: self._encoding.encode(text, allowed_special="all"))
        except TypeError:  # one that looks like it and has no such option
            return _encoded(texts, self._encoding.encode)

    def spell(self, ids: Sequence[int]) -> Spelled:
        """The bytes of each token."""
        names = getattr(self._encoding, "special_tokens_set", ())
        special = {name.encode() for name in names}
        tokens = tuple(_spelled(self._encoding.decode_single_token_bytes, one) for one in ids)
        return Spelled(tokens, special=tuple(token in special for token in tokens))


class PieceVocabulary:
    """As sentencepiece has it: encode, and the piece of a token."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Ids, without offsets, because sentencepiece changes the text before it cuts it."""
        encode = getattr(self._processor, "encode", None) or self._processor.EncodeAsIds
        return _encoded(texts, encode)

    def spell(self, ids: Sequence[int]) -> Spelled:
        """A space where the piece has its sign for one, a byte where the piece is one."""
        processor = self._processor
        piece_of = getattr(processor, "id_to_piece", None) or processor.IdToPiece
        pieces = tuple(str(_called(piece_of, one)) for one in ids)
        is_control = getattr(processor, "is_control", None) or getattr(processor, "IsControl", None)
        is_byte = getattr(processor, "is_byte", None) or getattr(processor, "IsByte", None)
        tokens = []
        for one, piece in zip(ids, pieces, strict=True):
            byte = is_byte is not None and is_byte(one)
            tokens.append(
                bytes([int(piece[3:-1], 16)]) if byte else piece.replace(_SPACE, " ").encode()
            )
        shown = tuple(
            "" if piece.encode() == token else piece
            for piece, token in zip(pieces, tokens, strict=True)
        )
        special = () if is_control is None else tuple(bool(is_control(one)) for one in ids)
        return Spelled(tuple(tokens), shown, special)


class TableVocabulary:
    """A dict text -> id or id -> text, such as nanoGPT's stoi or itos, or a list of texts."""

    def __init__(self, table: Mapping[Any, Any] | Sequence[str]) -> None:
        pairs = list(table.items() if isinstance(table, Mapping) else enumerate(table))
        if all(isinstance(text, str | bytes) for text, _ in pairs):
            pairs = [(number, text) for text, number in pairs]
        if not pairs or not all(
            isinstance(text, str | bytes) and hasattr(number, "__index__") for number, text in pairs
        ):
            raise InvalidInput("a dict as tokenizer has texts and their ids, such as {'a': 0}.")
        self._texts = {operator.index(number): text for number, text in pairs}
        self._ids = {text: number for number, text in self._texts.items()}
        self._longest = max(len(text) for text in self._ids)

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """The longest text of the table at each place."""
        return _encoded(texts, self._cut)

    def spell(self, ids: Sequence[int]) -> Spelled:
        """The text of each token."""
        texts = [self._texts.get(one, str(one)) for one in ids]
        return Spelled(tuple(one if isinstance(one, bytes) else one.encode() for one in texts))

    def _cut(self, text: str) -> list[int]:
        found, place = [], 0
        while place < len(text):
            for size in range(min(self._longest, len(text) - place), 0, -1):
                if (number := self._ids.get(text[place : place + size])) is not None:
                    found.append(number)
                    place += size
                    break
            else:
                raise InvalidInput(
                    f"{text[place]!r} at character {place} of the text is not in the tokenizer's "
                    "table: give a text of its characters."
                )
        return found


class DecodingVocabulary:
    """Anything with `decode`, and `encode` where texts are given."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Ids, by its own `encode`."""
        if not hasattr(self._tokenizer, "encode"):
            name = type(self._tokenizer).__name__
            raise InvalidInput(f"a {name} has no encode: give token ids instead of the text.")
        return _encoded(texts, self._tokenizer.encode)

    def spell(self, ids: Sequence[int]) -> Spelled:
        """Each token by itself."""
        return Spelled(tuple(_spelled(self._decoded, one) for one in ids))

    def _decoded(self, one: int) -> Any:
        try:
            return self._tokenizer.decode([one])
        except TypeError:  # one that takes a single id
            return self._tokenizer.decode(one)


def _encoded(texts: tuple[str, ...], encode: Callable[[str], Any]) -> Encoded:
    """The ids of the texts, joined, with their segments where there are two."""
    ids: list[int] = []
    segments: list[int] = []
    for number, text in enumerate(texts):
        found = encode(text)
        found = getattr(found, "ids", found)
        found = found.tolist() if hasattr(found, "tolist") else list(found)
        ids += [int(one) for one in found]
        segments += [number] * len(found)
    return Encoded(tuple(ids), segments=tuple(segments) if len(texts) > 1 else ())


def _spelled(spell: Callable[[int], Any], one: int) -> bytes:
    text = _called(spell, one)
    return text if isinstance(text, bytes) else str(text).encode("utf-8", "replace")


def _called(spell: Callable[[int], Any], one: int) -> Any:
    """What `spell` returns for an id.

    Raises:
        InvalidInput: the tokenizer does not have the id.
    """
    try:
        return spell(one)
    except (LookupError, ValueError, OverflowError) as error:
        raise InvalidInput(
            f"token id {one} is not in the tokenizer's vocabulary: give the model's own tokenizer."
        ) from error
