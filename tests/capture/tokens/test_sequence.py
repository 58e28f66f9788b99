"""Tokens as bytes, against the tokenizers' own training texts and decoders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    pre_tokenizers,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from tb_attention.capture import sequence_of
from tb_attention.errors import InvalidInput
from tests.support.tokenizers import CORPUS, byte_level, sentencepiece, wordpiece

BYTE_LEVEL = byte_level()


@given(
    st.text(min_size=1).filter(
        lambda text: not any(0xD800 <= ord(letter) < 0xE000 for letter in text)
    )
)
@settings(deadline=None)
def test_the_bytes_of_byte_level_tokens_are_the_text(text: str) -> None:
    sequence = sequence_of(text, BYTE_LEVEL)
    assert b"".join(sequence.tokens) == text.encode()
    assert len(sequence.ids) == len(sequence.starts) == len(sequence.ends) == len(sequence)


def test_a_piece_of_a_character_keeps_its_real_bytes() -> None:
    sequence = sequence_of("ö 中", BYTE_LEVEL)
    assert b"".join(sequence.tokens) == "ö 中".encode()
    assert sequence.pieces[sequence.tokens.index(b"\xc3")] == "\u00c3", (
        "as in the vocabulary, where a letter is a byte"
    )


def test_pieces_offsets_and_special_tokens() -> None:
    sequence = sequence_of("the doctor  slept<|end|>", BYTE_LEVEL)
    assert sequence.tokens[1] == b" doctor"[: len(sequence.tokens[1])]
    assert sequence.pieces[0] == "", "a piece that is its own text is not repeated"
    assert sequence.pieces[1].startswith("Ġ")
    assert b"  " in sequence.tokens, "an added token is a text, not letters for bytes"
    assert sequence.special == (False,) * (len(sequence) - 1) + (True,)
    assert sequence.tokens[-1] == b"<|end|>"
    assert (sequence.starts[0], sequence.ends[0]) == (0, 3)
    assert sequence.text == "the doctor  slept<|end|>"


def test_sentencepiece() -> None:
    sequence = sequence_of("the dö", sentencepiece())
    assert b"".join(sequence.tokens) == "<s> the dö".encode()
    assert sequence.special == (True,) + (False,) * (len(sequence) - 1)
    assert b"\xc3" in sequence.tokens
    assert sequence.pieces[sequence.tokens.index(b"\xc3")] == "<0xC3>"


def test_wordpiece() -> None:
    sequence = sequence_of("the doctors café", wordpiece())
    assert sequence.tokens == (b"[CLS]", b"the", b"doctor", b"s", "café".encode(), b"[SEP]")
    assert sequence.pieces == ("", "", "", "##s", "", "")
    assert sequence.special == (True, False, False, False, False, True)
    assert (sequence.starts[3], sequence.ends[3]) == (10, 11)


def test_a_suffix_ends_a_word() -> None:
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.BPEDecoder()
    trainer = trainers.BpeTrainer(
        end_of_word_suffix="</w>", special_tokens=["<unk>"], show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    sequence = sequence_of(
        "the doctor", PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>")
    )
    assert b"".join(sequence.tokens) == b"the doctor "


def test_ids_alone_show_as_numbers() -> None:
    for given_ids in (
        [5, 70],
        (5, 70),
        np.array([5, 70]),
        torch.tensor([[5, 70]]),
        [[5, 70]],
        range(5, 71, 65),
    ):
        sequence = sequence_of(given_ids)
        assert (sequence.tokens, sequence.ids, sequence.text, sequence.pieces) == (
            (b"5", b"70"),
            (5, 70),
            "",
            (),
        )


def test_ids_with_a_tokenizer_show_as_texts() -> None:
    ids = BYTE_LEVEL("the doctor")["input_ids"]
    sequence = sequence_of([*ids, 10_000], BYTE_LEVEL)
    assert b"".join(sequence.tokens) == b"the doctor10000", (
        "an id outside of the tokenizer shows as its number"
    )
    assert (sequence.starts, sequence.text) == ((), "")


def test_wrong_inputs() -> None:
    wrong: list[tuple[Any, Any, str]] = [
        ("a text", None, "give tokenizer="),
        ("a text", object(), "give tokenizer="),
        ("", BYTE_LEVEL, "the text is empty"),
        ("half \ud800 pair", BYTE_LEVEL, "at character 5"),
        ([], None, "no token ids"),
        (torch.zeros(2, 3, dtype=torch.int64), None, "2 examples"),
        (torch.zeros(2), None, "integers"),
        (None, None, "not NoneType"),
        (torch.tensor(5), None, "integers"),
        ({"input_ids": [1]}, None, "integers"),
    ]
    for given_input, tokenizer, message in wrong:
        with pytest.raises(InvalidInput, match=message):
            sequence_of(given_input, tokenizer)


def test_a_text_of_which_nothing_is_left() -> None:
    tokenizer = Tokenizer(models.WordLevel({"a": 0}, unk_token="a"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    with pytest.raises(InvalidInput, match="makes no token"):
        sequence_of("  ", PreTrainedTokenizerFast(tokenizer_object=tokenizer))


def test_a_processor_holds_its_tokenizer() -> None:
    class Processor:
        tokenizer = BYTE_LEVEL

    assert sequence_of("the", Processor()) == sequence_of("the", BYTE_LEVEL)
