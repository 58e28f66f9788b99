"""Reads the texts that are followed over steps from the lines of a file."""

from __future__ import annotations

import re
from pathlib import Path

from tb_attention.errors import InvalidInput
from tb_attention.record.probes import Probe, Repeated, one_probe

_TAGGED = re.compile(r"(\S+):\s+(\S.*)")
_ANSWERS = re.compile(r"(.*\S)\s+=>\s+((?:(?!=>).)*?)\s+\|\s+((?:(?!=>).)*)")
_ANSWER = re.compile(r'"([^"]+)"|([^\s",]+)')


def read_probes(path: Path) -> dict[str, str | Repeated | Probe]:
    """Tags and their texts, of lines `tag: text`, or just `text`, whose tag is made of its words.

    Empty lines are left out. The line `repeated` is the built-in probe of that name; a text that is
    only that word has a tag before it. `text => she | he` compares two answers. A side may be
    several of them, with commas between, as in `she, her | he, him`. An answer is the next word, a
    space and what is written; "in quotes" it is what is written alone.

    Raises:
        InvalidInput: the file cannot be read, has no probes, has a tag twice, or answers that are
            none.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InvalidInput(
            f"the probes {path} cannot be read ({reason}): give a text file with a probe in each "
            "line."
        ) from error
    probes: dict[str, str | Repeated | Probe] = {}
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            tagged = _TAGGED.fullmatch(text)
            try:
                tag, probe = (
                    (tagged[1], _with_answers(tagged[2]))
                    if tagged
                    else one_probe(_with_answers(text))
                )
            except InvalidInput as error:
                raise InvalidInput(f"line {number} of {path}: {error}") from error
            if tag in probes:
                raise InvalidInput(
                    f"line {number} of {path} has the tag {tag} a second time: give it another "
                    "one, as in `other: text`."
                )
            probes[tag] = probe
    if not probes:
        raise InvalidInput(
            f"there is no probe in {path}: write one in each line, as in `doctor-she: The doctor "
            "asked the nurse.`."
        )
    return probes


def _with_answers(text: str) -> str | Probe:
    """A text, or a Probe where two sides of answers follow it."""
    parts = _ANSWERS.fullmatch(text)
    return Probe(parts[1], answers=(_side(parts[2]), _side(parts[3]))) if parts else text


def _side(written: str) -> tuple[str, ...]:
    found = [_ANSWER.fullmatch(each.strip()) for each in written.split(",")]
    if not all(found):
        raise InvalidInput(
            f"the answers {written!r} are none: write words with commas between, as in "
            "`The nurse said that => she, her | he, him`."
        )
    return tuple(each[1] or f" {each[2]}" for each in found if each)
