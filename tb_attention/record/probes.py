"""Probes: the fixed inputs that are followed over the steps, each under a tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tb_attention.errors import InvalidInput

REPEATED = "repeated"
"""Stands in a list of probes for the built-in probe, and is its tag."""

_LONGEST = 40
"""Characters of a tag that is made of a text."""

Probes = Mapping[str, Any] | Iterable[Any]
"""Tag -> probe; or a list of texts, of (tag, probe), and of the word "repeated".

A probe is a text, token ids, or Repeated(). The tag of a text without one is made of its first
words. In a mapping and behind a tag the word "repeated" is a text like any other.
"""


@dataclass(frozen=True)
class Repeated:
    """The built-in probe: random tokens of the model's own vocabulary, twice.

    Plain text cannot tell an induction head from an idle one, because little repeats in it; here
    all of the second half does. The tokens are all different within a half; special tokens are left
    out, and the first token that the tokenizer puts before a text stands in front.

    Example:
        >>> probes = {"repeated": Repeated(tokens=8), "doctor": "The doctor asked. She"}
        >>> probes["repeated"]
        Repeated(tokens=8, seed=0)

    Args:
        tokens: number of different tokens, each of which comes twice; None: 32, or as many as fit
            twice into the model's positions.
        seed: the same seed gives the same tokens.
    """

    tokens: int | None = None
    seed: int = 0


def probes_of(given: Probes) -> dict[str, Any]:
    """Tag -> probe, in the order given.

    Raises:
        InvalidInput: an item is no probe, or a tag is there twice.
    """
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, str | Repeated) or not isinstance(given, Iterable):
        raise InvalidInput(
            f"probes are {given!r:.100}: give a dict of tags and texts, or a list of texts."
        )
    probes: dict[str, Any] = {}
    for item in given:
        tag, probe = one_probe(item)
        if tag in probes:
            raise InvalidInput(
                f"the tag {tag} is there twice: give one of its probes another one, as in "
                f"('other', {probe!r:.40})."
            )
        probes[tag] = probe
    return probes


def one_probe(item: Any) -> tuple[str, Any]:
    """(tag, probe) of one item of a list."""
    if isinstance(item, Repeated) or item == REPEATED:
        return REPEATED, item if isinstance(item, Repeated) else Repeated()
    if isinstance(item, str):
        return tag_of(item), item
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
        return item
    raise InvalidInput(
        f'a probe in a list is a text, (tag, text), or "{REPEATED}", not {item!r:.100}.'
    )


def tag_of(text: str) -> str:
    """The first words of the text, in lower case and with hyphens."""
    words, tag = re.findall(r"\w+", text.lower()), ""
    for word in words:
        if tag and len(tag) + 1 + len(word) > _LONGEST:
            break
        tag = f"{tag}-{word}" if tag else word[:_LONGEST]
    return tag or "probe"
