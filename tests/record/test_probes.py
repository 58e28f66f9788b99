"""Probes as a user may write them."""

from __future__ import annotations

from typing import Any

import pytest

from tb_attention import Repeated
from tb_attention.errors import InvalidInput
from tb_attention.record.probes import probes_of, tag_of


def test_a_list_is_texts_tagged_texts_and_the_repeated_probe() -> None:
    probes = probes_of(
        [
            "The doctor asked. She",
            ("other", "The nurse"),
            "repeated",
            ("a-word", "repeated"),
            ("ids", [1, 2]),
        ]
    )
    assert probes == {
        "the-doctor-asked-she": "The doctor asked. She", "other": "The nurse",
        "repeated": Repeated(), "a-word": "repeated", "ids": [1, 2],
    }  # fmt: skip
    assert probes_of([Repeated(tokens=5)]) == {"repeated": Repeated(tokens=5)}


def test_in_a_mapping_repeated_is_a_text_like_any_other() -> None:
    assert probes_of({"word": "repeated", "probe": Repeated(seed=1)}) == {
        "word": "repeated",
        "probe": Repeated(seed=1),
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("The doctor", "give a dict of tags and texts, or a list of texts"),
        (Repeated(), "give a dict of tags and texts, or a list of texts"),
        (3, "give a dict of tags and texts, or a list of texts"),
        (["same", "same"], "the tag same is there twice"),
        (["repeated", "repeated"], "the tag repeated is there twice"),
        ([("a", "b", "c")], r'a text, \(tag, text\), or "repeated"'),
        ([[1, 2]], r'a text, \(tag, text\), or "repeated"'),
    ],
)
def test_what_is_no_probe(given: Any, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        probes_of(given)


def test_a_tag_of_a_long_text_is_its_first_words() -> None:
    assert tag_of("word " * 100) == "-".join(["word"] * 8)
    assert tag_of("x" * 100) == "x" * 40
    assert tag_of("?!") == "probe"
