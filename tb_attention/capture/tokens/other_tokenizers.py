"""Tokenizers that are not of transformers, distinguished by what they can do."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from tb_attention.capture.tokens.decoding_vocabulary import DecodingVocabulary
from tb_attention.capture.tokens.hf_tokenizer import HuggingFaceVocabulary
from tb_attention.capture.tokens.named_tokens import NamedTokens
from tb_attention.capture.tokens.plain_vocabulary import encoded, spelled
from tb_attention.capture.tokens.table_vocabulary import TableVocabulary
from tb_attention.capture.tokens.vocabulary import Encoded, Spelled, Vocabulary
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import DECODER

_SPACE = "\u2581"


def vocabulary_of(tokenizer: Any, name: str = DECODER) -> Vocabulary | None:
    """Makes tokens of texts and texts of tokens; None without a tokenizer.

    Args:
        tokenizer: of transformers (or a processor that holds one), of the package tokenizers, as
            tiktoken or sentencepiece have it, a dict text -> id or id -> text, a list of texts, or
            anything with `decode`, and `encode` where texts are given.
        name: "decoder" or "encoder", whose tokens these are.

    Raises:
        InvalidInput: it is anything else.
    """
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    if tokenizer is None:
        return None
    if isinstance(tokenizer, NamedTokens):
        return tokenizer.of(name)
    if hasattr(tokenizer, "convert_ids_to_tokens"):
        return HuggingFaceVocabulary(tokenizer)
    if (backend := _of_tokenizers(tokenizer)) is not None:
        from transformers import PreTrainedTokenizerFast  # wraps a tokenizer of tokenizers

        return HuggingFaceVocabulary(PreTrainedTokenizerFast(tokenizer_object=backend))
    if hasattr(tokenizer, "decode_single_token_bytes"):
        return ByteVocabulary(tokenizer)
    if hasattr(tokenizer, "id_to_piece") or hasattr(tokenizer, "IdToPiece"):
        return PieceVocabulary(tokenizer)
    if isinstance(tokenizer, Mapping | list | tuple):
        return TableVocabulary(tokenizer)
    if hasattr(tokenizer, "decode"):
        return DecodingVocabulary(tokenizer)
    if hasattr(tokenizer, "get_itos"):  # a vocabulary of torchtext
        return TableVocabulary(tokenizer.get_itos())
    if hasattr(tokenizer, "from_pretrained"):
        return None  # of images or sound, as a Trainer hands it on
    raise InvalidInput(
        f"{type(tokenizer).__name__} is no tokenizer: give tokenizer= one of transformers, "
        "tokenizers, tiktoken or sentencepiece, a dict of characters, or an object with encode and "
        "decode."
    )


def _of_tokenizers(tokenizer: Any) -> Any:
    """The Tokenizer of the package tokenizers, which some classes of it hold; else None."""
    kind = getattr(sys.modules.get("tokenizers"), "Tokenizer", None)
    held = (tokenizer, getattr(tokenizer, "_tokenizer", None))
    return next((one for one in held if kind is not None and isinstance(one, kind)), None)


class ByteVocabulary:
    """As tiktoken has it: encode, and the bytes of a token."""

    def __init__(self, encoding: Any) -> None:
        self._encoding = encoding

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Ids and offsets; special tokens that stand in the text are taken as such."""
        try:
            return encoded(texts, lambda text: self._encoding.encode(text, allowed_special="all"))
        except TypeError:  # one that looks like it and has no such option
            return encoded(texts, self._encoding.encode)

    def spell(self, ids: Sequence[int]) -> Spelled:
        """The bytes of each token."""
        names = getattr(self._encoding, "special_tokens_set", ())
        special = {name.encode() for name in names}
        tokens = tuple(spelled(self._encoding.decode_single_token_bytes, ids))
        return Spelled(tokens, special=tuple(token in special for token in tokens))


class PieceVocabulary:
    """As sentencepiece has it: encode, and the piece of a token."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Ids, without offsets, because sentencepiece changes the text before it cuts it."""
        encode = getattr(self._processor, "encode", None) or self._processor.EncodeAsIds
        try:
            return encoded(texts, lambda text: encode(text, out_type=int))
        except TypeError:  # one that looks like it and has no such option
            return encoded(texts, encode)

    def spell(self, ids: Sequence[int]) -> Spelled:
        """A space where the piece has its sign for one, a byte where the piece is one."""
        processor = self._processor
        piece_of = getattr(processor, "id_to_piece", None) or processor.IdToPiece
        pieces = tuple(one.decode() for one in spelled(piece_of, ids))
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
