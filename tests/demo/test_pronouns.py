"""Sentences with pronouns."""

from __future__ import annotations

import random
import re

from tb_attention.demo import pronouns


def test_the_sentences_say_who_is_meant() -> None:
    choice = random.Random(3)
    for _ in range(200):
        said = pronouns.sentence(choice)
        pronoun = re.search(r"\b(She|He)\b", said)
        assert pronoun is not None
        does = pronouns.SHE if pronoun[0] == "She" else pronouns.HE
        (one,) = [person for person in does if person in said]
        assert said.endswith(f" {does[one]}.")
