"""Tokenizers in odd forms: what they return, what they take, and what they know of bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import ByteLevelBPETokenizer, Tokenizer, models, pre_tokenizers
from transformers import ByT5Tokenizer, CanineTokenizer, PreTrainedTokenizerFast

from tb_attention import AttentionLogger
from tb_attention.capture import NamedTokens, sequence_of
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Span
from tests.support.continued import llama
from tests.support.logged import captures_in
from tests.support.own_towers import bert
from tests.support.towers import bert2bert, sharp

AB = (b"a", b"b")
PARTS = (b"h", b"\xc3", b"\xa9")
"""The bytes of "hé", one by one."""


class Letters:
    """Ids are code points; says texts as `decode` is made."""

    def __init__(self, decode: Callable[[Any], Any], encode: Callable[[list[int]], Any] = list):
        self.decode, self._made = decode, encode

    def encode(self, text: str) -> Any:
        return self._made([ord(letter) for letter in text])


def _joined(ids: Any) -> str:
    return "".join(map(chr, ids))


FORMS: dict[str, Letters] = {
    "decode gives a list": Letters(lambda ids: [chr(one) for one in ids]),
    "decode takes a tensor": Letters(lambda ids: _joined(ids.tolist())),
    "decode takes a batch": Letters(lambda rows: ["".join(map(chr, row)) for row in rows]),
    "decode takes one id": Letters(chr),
    "decode gives bytes": Letters(lambda ids: bytes(ids)),
    "encode gives a tensor": Letters(_joined, lambda ids: torch.tensor([ids])),
    "encode gives a dict": Letters(_joined, lambda ids: {"input_ids": ids, "attention_mask": [1]}),
    "encode gives a batch": Letters(_joined, lambda ids: (tuple(ids),)),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_ids_and_texts(form: str) -> None:
    assert sequence_of("ab", FORMS[form]).tokens == AB
    assert sequence_of([97, 98], FORMS[form]).ids == (97, 98)


def test_special_tokens_are_not_skipped() -> None:
    class Skips:
        def decode(self, ids: list[int], skip_special_tokens: bool = True) -> str:
            texts = {1: "" if skip_special_tokens else "<s>", 97: "a"}
            return "".join(texts[one] for one in ids)

    assert sequence_of([1, 97], Skips()).tokens == (b"<s>", b"a")


class OfBytes:
    """As minbpe and nanochat: a part of a character is decoded to a sign for nothing."""

    def encode(self, text: str) -> list[int]:
        return list(text.encode())

    def decode(self, ids: list[int]) -> str:
        return bytes(ids).decode("utf-8", errors="replace")


class WithTable(OfBytes):
    def __init__(self) -> None:
        self.vocab = {number: bytes([number]) for number in range(256)}


class WithDecodeBytes(OfBytes):
    def decode_bytes(self, ids: list[int]) -> bytes:
        return bytes(ids)


class Strict(WithTable):
    def decode(self, ids: list[int]) -> str:
        return bytes(ids).decode()


@pytest.mark.parametrize("tokenizer", [WithTable(), WithDecodeBytes(), Strict(), ByT5Tokenizer()])
def test_parts_of_characters_are_bytes(tokenizer: Any) -> None:
    assert sequence_of("hé", tokenizer).tokens[:3] == PARTS


def test_a_part_of_a_character_whose_bytes_nobody_says() -> None:
    assert sequence_of("hé", OfBytes()).tokens == (b"h", *["\ufffd".encode()] * 2)


@pytest.mark.parametrize(
    "table",
    [
        {bytes([number]): number for number in range(256)},
        [bytes([number]) for number in range(256)],
        {bytes([number]): number for number in range(128, 256)} | {"h": 104},
    ],
    ids=["dict", "list", "with texts"],
)
def test_a_table_of_bytes(table: Any) -> None:
    assert sequence_of("hé", table).tokens == PARTS
    assert sequence_of("éh", table).ids == (0xC3, 0xA9, 104)


def test_a_table_that_was_json() -> None:
    table = json.loads(json.dumps({0: "a", 1: "b"}))
    assert sequence_of("ab", table).tokens == AB
    assert sequence_of([1], table).tokens == (b"b",)
    with pytest.raises(InvalidInput, match="'é' at character 1 of the text is not in the"):
        sequence_of("aé", table)


def test_other_classes_of_tokenizers() -> None:
    byte_level = ByteLevelBPETokenizer()
    byte_level.train_from_iterator(["to be or not"], vocab_size=300, show_progress=False)
    sequence = sequence_of("€", byte_level)
    assert b"".join(sequence.tokens) == "€".encode() and len(sequence) == 3
    assert sequence_of("hé", CanineTokenizer()).tokens[1:3] == (b"h", "é".encode())


class OfPieces:
    """A SentencePieceProcessor that was made to encode to pieces."""

    def encode(self, text: str, out_type: type = str) -> list[Any]:
        pieces = [f"▁{word}" for word in text.split()]
        return pieces if out_type is str else [len(piece) for piece in pieces]

    def id_to_piece(self, one: int) -> str:
        return "▁" + "a" * (one - 1)


def test_a_processor_that_encodes_to_pieces() -> None:
    assert sequence_of("a aa", OfPieces()).tokens == (b" a", b" aa")


def test_ids_that_only_the_padded_embeddings_have() -> None:
    class Few:
        def decode_single_token_bytes(self, one: int) -> bytes:
            return {5: b"a", 6: b"b"}[one]

    assert sequence_of([5, 97, 6], Few()).tokens == (b"a", b"97", b"b")
    with pytest.raises(InvalidInput, match="token id 97 is not in the tokenizer's vocabulary"):
        sequence_of([97, 98], Few())


def _fails(_: Any) -> Any:
    raise RuntimeError("boom")


@pytest.mark.parametrize(
    ("tokenizer", "sentence"),
    [
        (Letters(_fails), r"the tokenizer fails on token id 97 \(boom\)"),
        (Letters(_joined, _fails), r"does not take the text \(boom\)"),
        (Letters(_joined, lambda _: ["a", "b"]), "encode gives 'a' and no ids"),
        (Letters(lambda _: None), r"gives no text of token id 97 \(it gives None\)"),
    ],
)
def test_what_a_tokenizer_does_wrong_is_a_sentence(tokenizer: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        sequence_of("ab", tokenizer)


WORDS = ["<s>", "user", "assistant", "tool", "to", "be", "or", "not", "None"]
TEMPLATE = (
    "{% for m in messages %}<s> {{ m.role }} {% if m.tool_calls %}"
    "{{ m.tool_calls[0].function.name }}{% elif m.content is string %}{{ m.content }}{% else %}"
    "{% for part in m.content %}{{ part.text }}{% endfor %}{% endif %} {% endfor %}"
)


def of_chat() -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>")
    made.chat_template = TEMPLATE
    return made


CALL = {"type": "function", "function": {"name": "or", "arguments": {}}}

CHATS: dict[str, tuple[list[dict[str, Any]], tuple[Span, ...]]] = {
    "a tool is called": (
        [
            {"role": "user", "content": "to be"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "not"},
        ],
        (Span("user", 2, 3), Span("tool", 9, 9)),
    ),
    "words of the template": (
        [
            {"role": "user", "content": "user"},
            {"role": "assistant", "content": "assistant"},
            {"role": "user", "content": "or user"},
        ],
        (Span("user", 2, 2), Span("assistant", 5, 5), Span("user", 8, 9)),
    ),
    "the same again": (
        [{"role": role, "content": "to"} for role in ("user", "assistant", "user")],
        (Span("user", 2, 2), Span("assistant", 5, 5), Span("user", 8, 8)),
    ),
    "in parts": (
        [{"role": "user", "content": [{"type": "text", "text": "to be"}]}],
        (Span("user", 2, 3),),
    ),
    "nothing is said": (
        [{"role": "user", "content": ""}, {"role": "assistant", "content": "or"}],
        (Span("assistant", 4, 4),),
    ),
}


@pytest.mark.parametrize("name", CHATS)
def test_who_says_what(name: str) -> None:
    messages, spans = CHATS[name]
    assert sequence_of(messages, of_chat()).spans == spans


def test_who_says_what_without_offsets() -> None:
    tokenizer = CanineTokenizer()
    tokenizer.chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    sequence = sequence_of([{"role": "user", "content": "né user"}], tokenizer)
    assert not sequence.starts and sequence.spans == (Span("user", 6, 12),)


def test_tokens_of_an_encoder_and_a_decoder(tmp_path: Path) -> None:
    model = sharp(bert2bert())
    both = {"encoder": ["a", "b", "c"], "decoder": ["x", "y", "z"]}
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(model, [5, 6, 7], decoder=[8, 9, 10], tag="t", step=0, tokens=both)
        for wrong in (["a", "b", "c"], {"encoder": ["a", "b", "c"]}):
            with pytest.raises(InvalidInput, match=r"give tokens=\{\"encoder\": \[\.\.\.\], \"dec"):
                logger.log(model, [5, 6, 7], decoder=[8, 9, 10], tag="t", step=1, tokens=wrong)
        logger.log(sharp(bert()), [5, 6], tag="one", step=0, tokens=["a", "b"])
    found = {tag: message.sequences for tag, _, message, _ in captures_in(tmp_path)}
    assert [list(one.tokens) for one in found["t"]] == [[b"a", b"b", b"c"], [b"x", b"y", b"z"]]
    assert list(found["one"][0].tokens) == [b"a", b"b"]


def test_tokens_that_are_one_text_are_refused() -> None:
    for wrong in ("abc", {"encoder": ["a"], "decoder": "b"}):
        with pytest.raises(InvalidInput, match="tokens are one text: give a list"):
            NamedTokens(wrong)


def test_as_many_tokens_as_the_padded_text_has(tmp_path: Path) -> None:
    given = {"input_ids": torch.tensor([[5, 6, 0]]), "attention_mask": torch.tensor([[1, 1, 0]])}
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(llama(), given, tag="t", step=0, tokens=["a", "b", "pad"])
        with pytest.raises(InvalidInput, match="there are 2 tokens for 3 token ids"):
            logger.log(llama(), given, tag="t", step=1, tokens=["a", "b"])
    (message,) = (message for _, _, message, _ in captures_in(tmp_path))
    assert list(message.sequences[0].tokens) == [b"a", b"b"]
