"""Probes: the fixed inputs that are followed over the steps, each under a tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tb_attention.errors import InvalidInput

REPEATED = "repeated"
"""Stands in a list of probes for the built-in probe, and is its tag."""

_LONGEST = 40
"""Characters of a tag that is made of a text."""

Probes = Mapping[str, Any] | Iterable[Any]
"""Tag -> probe; or a list of texts, of (tag, probe), and of the word "repeated".

A probe is a text, token ids, Repeated(), or a Probe, which has more than its text. The tag of a
text without one is made of its first words. In a mapping and behind a tag the word "repeated" is a
text like any other.
"""

Side = str | Sequence[str]
"""One side of the answers that are compared: a text, or several, whose probabilities are summed."""


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


@dataclass(frozen=True, eq=False)
class Probe:
    """A text with two answers that are compared, or with what else is needed to measure effects.

    The answer is the difference of the logits of the two sides: how much likelier the first is than
    the second. It is logged at every step, and is in the Scalars tab as `attention/<tag>/answer`.

    Example:
        >>> nurse = Probe("The nurse said that", answers=(" she", " he"))
        >>> either = Probe("The nurse said that", answers=((" she", " her"), (" he", " him")))

    Args:
        text: a text, a pair of texts, token ids, Repeated(), or tensors of the model.
        answers: the two sides. Each is a text of one token, which begins with a space where the
            next word does, or several of them, whose probabilities are summed; None: no answer is
            measured.
        at: index of the token whose prediction is the answer; None: the last one, or the mask of a
            model that fills masks. Below 0 it counts from the end.
        labels: of a model that fills masks, the text without masks, or its ids: its loss is that of
            the masked tokens.
        decoder: text or ids that the decoder of an encoder-decoder model reads.

    Raises:
        InvalidInput: the answers are no two sides of texts, or `at` is there without answers.
    """

    text: Any
    answers: tuple[Side, Side] | None = None
    at: int | None = None
    labels: Any = None
    decoder: Any = None

    def __post_init__(self) -> None:
        if isinstance(self.text, Probe):
            raise InvalidInput("the text of a Probe is another Probe: give its text.")
        if self.answers is not None:
            _check_answers(self.answers)
        if self.at is not None and self.answers is None:
            raise InvalidInput(
                f'at is {self.at!r}, the place of an answer: give answers, such as (" she", " he").'
            )
        if self.at is not None and (isinstance(self.at, bool) or not isinstance(self.at, int)):
            raise InvalidInput(f"at is {self.at!r}: give the index of a token.")


def as_probe(given: Any, decoder: Any = None) -> Probe:
    """What is logged, as a Probe.

    Args:
        given: a probe in any form.
        decoder: what the decoder reads, where it is given beside the probe.

    Raises:
        InvalidInput: the decoder's text is given twice.
    """
    if not isinstance(given, Probe):
        return Probe(given, decoder=decoder)
    if decoder is None:
        return given
    if given.decoder is not None:
        raise InvalidInput("decoder is given, and the Probe has one too: give one of them.")
    return replace(given, decoder=decoder)


def probes_of(given: Probes) -> dict[str, Any]:
    """Tag -> probe, in the order given.

    Raises:
        InvalidInput: an item is no probe, or a tag is there twice.
    """
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, str | Repeated | Probe) or not isinstance(given, Iterable):
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
    if isinstance(item, Probe):
        if isinstance(item.text, str):
            return tag_of(item.text), item
        if isinstance(item.text, Repeated):
            return REPEATED, item
        raise InvalidInput(
            "a Probe in a list has no text that its tag could be made of: give (tag, Probe(...))."
        )
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str):
        return item
    raise InvalidInput(
        f'a probe in a list is a text, (tag, text), or "{REPEATED}", not {item!r:.100}.'
    )


def _check_answers(answers: Any) -> None:
    if isinstance(answers, str) or not isinstance(answers, Sequence) or len(answers) != 2:
        raise InvalidInput(
            f'answers are {answers!r:.100}: give two sides, such as (" she", " he"); a side may be '
            "several texts."
        )
    for side in answers:
        texts = [side] if isinstance(side, str) else side
        plain = isinstance(texts, Sequence) and all(isinstance(one, str) for one in texts)
        if not plain or not texts or not all(texts):
            raise InvalidInput(f"a side of the answers is {side!r:.100}: give a text, or several.")


def tag_of(text: str) -> str:
    """The first words of the text, in lower case and with hyphens."""
    words, tag = re.findall(r"\w+", text.lower()), ""
    for word in words:
        if tag and len(tag) + 1 + len(word) > _LONGEST:
            break
        tag = f"{tag}-{word}" if tag else word[:_LONGEST]
    return tag or "probe"
