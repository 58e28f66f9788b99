"""The corpus of the demo, its tokenizer and probes."""

from __future__ import annotations

from tb_attention.demo import text
from tb_attention.demo.corpus import Blocks, paragraphs, trained_tokenizer


def test_the_corpus_is_english_prose() -> None:
    texts = paragraphs()
    assert sum(map(len, texts)) > 100_000
    assert not any("\n" in each or "***" in each or "::=" in each for each in texts)


def test_words_of_the_probes_are_whole_tokens_and_both_variants_align() -> None:
    tokenizer = trained_tokenizer([*paragraphs(), *(10 * [*text.PROBES.values()])], text.VOCABULARY)
    she, he, passage = (tokenizer(each)["input_ids"] for each in text.PROBES.values())
    assert sum(a != b for a, b in zip(she, he, strict=True)) == 1
    assert "Ġdoctor" in tokenizer.convert_ids_to_tokens(she)
    assert 100 <= len(passage) <= text.TOKENS
    assert tokenizer.decode(passage) == text.PROBES["passage"]


def test_blocks_have_one_length_and_are_the_same_each_time() -> None:
    texts = paragraphs()[:50]
    tokenizer = trained_tokenizer(texts, 400)
    blocks = Blocks(texts, tokenizer, 32, 10)
    assert len(blocks) == 10
    assert {len(blocks[i]["input_ids"]) for i in range(10)} == {32}
    assert [blocks[i] for i in range(10)] == [
        Blocks(texts, tokenizer, 32, 10)[i] for i in range(10)
    ]
