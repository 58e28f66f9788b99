"""Tokenizers as people have them: what a reader sees as tokens, whatever package they are from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, ViTImageProcessor

from tb_attention import AttentionLogger
from tb_attention.answers.capture import answer_capture
from tb_attention.capture import sequence_of
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Span
from tb_attention.store.store import Store

TEXT = "to be or not"
LETTERS = {letter: number for number, letter in enumerate(sorted(set(TEXT)))}
WORDS = ["<s>", "to", "be", "or", "not", " "]


def of_words() -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens(["<s>"])
    return tokenizer


class LikeTiktoken:
    """Bytes, with the methods of tiktoken.Encoding."""

    special_tokens_set = frozenset({"<|end|>"})

    def encode(self, text: str, *, allowed_special: Any = frozenset()) -> list[int]:
        assert allowed_special == "all"
        if text.endswith("<|end|>"):
            return [*text.removesuffix("<|end|>").encode(), 256]
        return list(text.encode())

    def decode_single_token_bytes(self, token: int) -> bytes:
        if token > 256:
            raise KeyError(token)
        return b"<|end|>" if token == 256 else bytes([token])


class LikeSentencePiece:
    """With the methods of sentencepiece.SentencePieceProcessor, old names too."""

    PIECES = ("<s>", "▁to", "▁be", "<0xC3>")

    def EncodeAsIds(self, text: str) -> list[int]:
        return [self.PIECES.index(f"▁{word}") for word in text.split()]

    def IdToPiece(self, token: int) -> str:
        return self.PIECES[token]

    def is_control(self, token: int) -> bool:
        return token == 0

    def is_byte(self, token: int) -> bool:
        return token == 3


class OnlyDecodes:
    def decode(self, ids: list[int]) -> str:
        return "".join("abc"[one] for one in ids)


class OneIdAtATime:
    def encode(self, text: str) -> np.ndarray:
        return np.array(["abc".index(letter) for letter in text])

    def decode(self, one: int) -> str:
        return "abc"[int(one)] if not isinstance(one, list) else self.fail()

    def fail(self) -> str:
        raise TypeError("a single id")


def test_a_tokenizer_of_the_package_tokenizers() -> None:
    sequence = sequence_of(TEXT, of_words())
    assert sequence.tokens == (b"to", b"be", b"or", b"not")
    assert sequence.ids == (1, 2, 3, 4)
    assert sequence.starts == (0, 3, 6, 9)
    assert sequence_of([0, 1], of_words()).special == (True, False)


def test_one_that_gives_bytes() -> None:
    sequence = sequence_of("dö<|end|>", LikeTiktoken())
    assert sequence.tokens == (b"d", b"\xc3", b"\xb6", b"<|end|>")
    assert sequence.special == (False, False, False, True)
    with pytest.raises(InvalidInput, match="token id 300 is not in the tokenizer's vocabulary"):
        sequence_of([300], LikeTiktoken())


def test_one_that_gives_pieces() -> None:
    assert sequence_of("to be", LikeSentencePiece()).tokens == (b" to", b" be")
    sequence = sequence_of([0, 1, 3], LikeSentencePiece())
    assert sequence.tokens == (b"<s>", b" to", b"\xc3")
    assert sequence.pieces == ("", "▁to", "<0xC3>")
    assert sequence.special == (True, False, False)


@pytest.mark.parametrize(
    "table",
    [
        LETTERS,
        {number: letter for letter, number in LETTERS.items()},
        sorted(LETTERS),
        {letter.encode().decode(): np.int64(number) for letter, number in LETTERS.items()},
    ],
    ids=["text to id", "id to text", "list", "numpy ids"],
)
def test_a_table_of_characters(table: Any) -> None:
    sequence = sequence_of(TEXT, table)
    assert b"".join(sequence.tokens).decode() == TEXT
    assert sequence.ids == tuple(LETTERS[letter] for letter in TEXT)
    assert sequence_of([LETTERS["b"], 99], table).tokens == (b"b", b"99")
    with pytest.raises(InvalidInput, match="'x' at character 1 of the text is not in the"):
        sequence_of("bx", table)


def test_a_table_takes_its_longest_text() -> None:
    assert sequence_of("abca", {"a": 0, "b": 1, "c": 2, "abc": 3}).ids == (3, 0)


def test_anything_that_decodes() -> None:
    assert sequence_of([0, 2, 1], OnlyDecodes()).tokens == (b"a", b"c", b"b")
    assert sequence_of("cab", OneIdAtATime()).tokens == (b"c", b"a", b"b")
    with pytest.raises(InvalidInput, match="OnlyDecodes has no encode: give token ids"):
        sequence_of("abc", OnlyDecodes())
    with pytest.raises(InvalidInput, match="token id 7 is not in the tokenizer's vocabulary"):
        sequence_of([7], OnlyDecodes())


@pytest.mark.parametrize("tokenizer", [3, object(), {}, {"a": "b"}, {1: 2}])
def test_what_is_no_tokenizer(tokenizer: Any) -> None:
    with pytest.raises(InvalidInput, match=r"is no tokenizer|a dict as tokenizer has"):
        sequence_of([1], tokenizer)


def test_a_processor_of_images_names_no_tokens() -> None:
    assert sequence_of([1, 2], ViTImageProcessor()).tokens == (b"1", b"2")


def test_a_pair_of_texts_has_segments() -> None:
    assert sequence_of(("to", "be"), LETTERS).segments == (0, 0, 1, 1)


TEMPLATE = (
    "{% for m in messages %}<s> {{ m.role }} {{ m.content | trim }} {% endfor %}"
    "{% if add_generation_prompt %}<s> assistant{% endif %}"
)
SAID = [
    {"role": "user", "content": " to be "},
    {"role": "assistant", "content": "or"},
    {"role": "user", "content": "not to be"},
]


def of_chat() -> PreTrainedTokenizerFast:
    words = ["<s>", "user", "assistant", "to", "be", "or", "not"]
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>")
    made.chat_template = TEMPLATE
    return made


def test_a_chat_goes_through_its_template_and_keeps_who_says_what() -> None:
    sequence = sequence_of(SAID, of_chat())
    words = [token.decode() for token in sequence.tokens]
    assert " ".join(words) == ("<s> user to be <s> assistant or <s> user not to be <s> assistant")
    assert sequence.spans == (Span("user", 2, 3), Span("assistant", 6, 6), Span("user", 9, 11))
    # After an answer nothing more is asked for.
    assert sequence_of(SAID[:2], of_chat()).tokens[-1] == b"or"


def test_a_chat_without_a_template_is_refused() -> None:
    for tokenizer in (None, LETTERS, PreTrainedTokenizerFast(tokenizer_object=of_words())):
        with pytest.raises(InvalidInput, match="need a tokenizer with a chat template"):
            sequence_of(SAID, tokenizer)
    bad = of_chat()
    bad.chat_template = "{{ raise_exception('roles must alternate') }}"
    with pytest.raises(InvalidInput, match=r"does not take these messages .*roles must alternate"):
        sequence_of(SAID, bad)


@pytest.fixture(scope="module")
def model() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=16,
        n_positions=32,
        n_embd=16,
        n_layer=1,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    return GPT2LMHeadModel(config).eval()


def logged(directory: Path, tag: str = "t") -> list[dict[str, Any]]:
    store = Store.open(str(directory))
    found: list[dict[str, Any]] = answer_capture(store, ".", store.find(".", tag, 0))["sequences"]
    return found


def test_names_of_tokens_instead_of_a_tokenizer(tmp_path: Path, model: GPT2LMHeadModel) -> None:
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(model, [1, 2, 3], tag="t", step=0, tokens=["one", b"two", "drei"])
        with logger.capture(model, tag="c", step=0, tokens=["x", "y"]), torch.no_grad():
            model(torch.tensor([[4, 5]]))
        with pytest.raises(InvalidInput, match="there are 2 tokens for 3 token ids"):
            logger.log(model, [1, 2, 3], tag="t", step=1, tokens=["one", "two"])
        with pytest.raises(InvalidInput, match="give ids, or a tokenizer for the text"):
            logger.log(model, "text", tag="t", step=1, tokens=["one"])
    assert logged(tmp_path)[0]["tokens"] == ["one", "two", "drei"]
    assert logged(tmp_path, "c")[0]["tokens"] == ["x", "y"]


def test_roles_are_stored_and_served(tmp_path: Path, model: GPT2LMHeadModel) -> None:
    with AttentionLogger(tmp_path, strict=True) as logger:
        logger.log(model, SAID, tag="t", step=0, tokenizer=of_chat())
    assert logged(tmp_path)[0]["spans"][1] == {"name": "assistant", "first": 6, "last": 6}


def test_generate_with_a_table_of_characters(tmp_path: Path, model: GPT2LMHeadModel) -> None:
    ids = torch.tensor([sequence_of("to", LETTERS).ids])
    with AttentionLogger(tmp_path, strict=True) as logger:
        with logger.capture(model, tag="t", step=0, tokenizer=LETTERS):
            out = model.generate(ids, max_new_tokens=3, do_sample=False, eos_token_id=None)
    tokens = logged(tmp_path)[0]["tokens"]
    texts = {number: letter for letter, number in LETTERS.items()}
    assert tokens == [texts.get(one, str(one)) for one in out[0, :-1].tolist()]
