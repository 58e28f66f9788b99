"""Tokenizers of transformers: ids and offsets of texts, and the bytes of each token."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from tb_attention.capture.tokens.vocabulary import Encoded, Spelled

_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_SPACE = "\u2581"


class HuggingFaceVocabulary:
    """A tokenizer of transformers, fast or slow."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def encode(self, texts: tuple[str, ...], *, special: bool = True) -> Encoded:
        """Ids of a text or of a pair of texts; offsets where the tokenizer is fast.

        special: whether the tokenizer puts its special tokens around the text.
        """
        fast = bool(getattr(self._tokenizer, "is_fast", False))
        encoded = self._tokenizer(
            *texts, return_offsets_mapping=fast, verbose=False, add_special_tokens=special
        )
        return Encoded(tuple(encoded["input_ids"]), *_places(encoded, texts, fast))

    def spell(self, ids: Sequence[int]) -> Spelled:
        """What each token stands for."""
        return _of_ids(ids, self._tokenizer)


def _places(
    encoded: Any, texts: tuple[str, ...], fast: bool
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """First character of each token and the one past the last, in the joined texts; segments."""
    of_text = encoded.sequence_ids() if fast else ()
    # The offsets of the second text begin at 0 again.
    before = [len(texts[0]) + 1 if number == 1 else 0 for number in of_text]
    offsets = encoded["offset_mapping"] if fast else ()
    starts = tuple(start + more for (start, _), more in zip(offsets, before, strict=True))
    ends = tuple(end + more for (_, end), more in zip(offsets, before, strict=True))
    segments = tuple(encoded.get("token_type_ids", ()))
    if len(texts) == 2 and not any(segments):
        # What stands between the texts belongs to the first, what stands behind to the second.
        later = of_text.index(1) if 1 in of_text else len(of_text)
        segments = tuple(int(place >= later) for place in range(len(of_text)))
    return starts, ends, segments if any(segments) else ()


def _of_ids(ids: Sequence[int], tokenizer: Any) -> Spelled:
    added = getattr(tokenizer, "added_tokens_decoder", {})
    special = set(tokenizer.all_special_ids) | {
        token for token, what in added.items() if getattr(what, "special", False)
    }
    known = tokenizer.convert_ids_to_tokens(list(ids))
    pieces = [
        str(token) if piece is None else piece for token, piece in zip(ids, known, strict=True)
    ]
    spell, spaces = _speller(tokenizer), _spells_spaces(tokenizer)
    tokens = []
    for token, piece in zip(ids, pieces, strict=True):
        if token not in added:
            tokens.append(spell(piece))
        else:  # an added token is a text of its own, not made of pieces of the vocabulary
            tokens.append(
                (piece.replace(_SPACE, " ") if spaces and token not in special else piece).encode()
            )
    # A piece that is the same as its bytes says nothing more.
    shown = tuple(
        "" if piece.encode() == token else piece
        for piece, token in zip(pieces, tokens, strict=True)
    )
    return Spelled(tuple(tokens), shown, tuple(token in special for token in ids))


def _decoder_steps(tokenizer: Any) -> list[dict[str, Any]]:
    """The steps by which a fast tokenizer makes text of pieces; none for other tokenizers."""
    decoder = getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", None)
    if decoder is None:
        return []
    # Its pickled state is its JSON; the JSON of the whole tokenizer would hold the vocabulary too.
    steps = json.loads(decoder.__getstate__())
    return [steps, *steps.get("decoders", [])]


def _spells_spaces(tokenizer: Any) -> bool:
    """Whether spaces stand in the vocabulary as sentencepiece writes them."""
    steps = _decoder_steps(tokenizer)
    written = any(
        step["type"] == "Metaspace" or step.get("pattern") == {"String": _SPACE} for step in steps
    )
    return written or (not steps and hasattr(tokenizer, "sp_model"))


def _speller(tokenizer: Any) -> Callable[[str], bytes]:
    """A function that makes bytes of a piece of the vocabulary."""
    steps = {step["type"]: step for step in _decoder_steps(tokenizer)}
    if "ByteLevel" in steps or hasattr(tokenizer, "byte_decoder"):
        return _of_byte_level
    if _spells_spaces(tokenizer):
        return _of_sentencepiece
    if hasattr(tokenizer, "_utf_vocab_size"):  # of bytes, as ByT5's
        return _of_bytes
    if "WordPiece" in steps or hasattr(tokenizer, "wordpiece_tokenizer"):
        prefix = steps.get("WordPiece", {}).get("prefix", "##")
        return lambda piece: piece.removeprefix(prefix).encode()
    if "BPEDecoder" in steps:
        suffix = steps["BPEDecoder"]["suffix"]
        return lambda piece: piece.replace(suffix, " ").encode()
    return str.encode


def _of_sentencepiece(piece: str) -> bytes:
    byte = _BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]) if byte else piece.replace(_SPACE, " ").encode()


def _of_bytes(piece: str) -> bytes:
    """A letter stands for the byte of its number."""
    return piece.encode("latin-1" if len(piece) == 1 and piece < "\u0100" else "utf-8")


def _byte_alphabet() -> dict[str, int]:
    """The letters of byte-level BPE, letter -> byte.

    Printable Latin-1 stands for itself, the other bytes for U+0100 and on, in order.
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(0x100 + i): byte for i, byte in enumerate(others)
    }


_BYTES = _byte_alphabet()


def _of_byte_level(piece: str) -> bytes:
    """Letters outside of the alphabet, as in tokens added by hand, stand for themselves."""
    return b"".join(
        bytes([_BYTES[letter]]) if letter in _BYTES else letter.encode() for letter in piece
    )
