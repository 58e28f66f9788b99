"""Probes as a user may write them."""

from __future__ import annotations

from typing import Any

import pytest

from tb_attention import Probe, Repeated
from tb_attention.errors import InvalidInput
from tb_attention.record.probes import as_probe, probes_of, tag_of


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


def test_a_probe_with_answers_stands_wherever_a_probe_does() -> None:
    nurse = Probe("The nurse said that", answers=(" she", (" he", " they")))
    of_ids, repeated = Probe([1, 2]), Probe(Repeated(), answers=("a", "b"), at=-1)
    assert probes_of([nurse, ("ids", of_ids), repeated]) == {
        "the-nurse-said-that": nurse, "ids": of_ids, "repeated": repeated,
    }  # fmt: skip
    assert probes_of({"nurse": nurse}) == {"nurse": nurse}
    with pytest.raises(InvalidInput, match=r"give \(tag, Probe"):
        probes_of([of_ids])
    with pytest.raises(InvalidInput, match="give a dict of tags and texts"):
        probes_of(nurse)


def test_whatever_is_logged_is_a_probe() -> None:
    assert (as_probe("text").text, as_probe([1, 2], [3]).decoder) == ("text", [3])
    probe = Probe("text", answers=("a", "b"), labels="other")
    assert as_probe(probe) is probe
    with_decoder = as_probe(probe, "words")
    assert (with_decoder.decoder, with_decoder.labels) == ("words", "other")
    with pytest.raises(InvalidInput, match="decoder is given, and the Probe has one too"):
        as_probe(with_decoder, "others")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"answers": " she"}, r"answers are ' she': give two sides, such as \(\" she\", \" he\"\)"),
        ({"answers": (" she",)}, "give two sides"),
        ({"answers": (" she", " he", " they")}, "give two sides"),
        ({"answers": {" she", " he"}}, "give two sides"),
        ({"answers": (" she", ())}, r"a side of the answers is \(\): give a text, or several"),
        ({"answers": (" she", "")}, "a side of the answers is ''"),
        ({"answers": (" she", [1, 2])}, r"a side of the answers is \[1, 2\]"),
        ({"at": 3}, "at is 3, the place of an answer: give answers"),
        ({"answers": ("a", "b"), "at": "end"}, "at is 'end': give the index of a token"),
        ({"answers": ("a", "b"), "at": True}, "at is True: give the index"),
        ({"text": Probe("text")}, "the text of a Probe is another Probe"),
    ],
)
def test_what_is_no_probe_with_answers(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        Probe(**{"text": "The nurse said that", **given})


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
