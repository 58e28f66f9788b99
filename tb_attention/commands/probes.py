"""Texts that are followed over steps: the lines of a file go in, tag -> text comes out."""

from __future__ import annotations

import re
from pathlib import Path

from tb_attention.errors import InvalidInput

_TAGGED = re.compile(r"(\S+):\s+(\S.*)")
_LONGEST = 40
"""Characters of a tag that is made of a text."""


def read_probes(path: Path) -> dict[str, str]:
    """Tags and their texts: of lines `tag: text`, or just `text`, whose tag is then made of it. Empty lines are left out.

    Raises InvalidInput for a file that cannot be read or has no probes, and for a tag that is there twice.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InvalidInput(f"the probes {path} cannot be read ({reason}): give a text file with a probe in each line.") from error
    probes: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            tagged = _TAGGED.fullmatch(text)
            tag, text = (tagged[1], tagged[2]) if tagged else (tag_of(text), text)
            if tag in probes:
                raise InvalidInput(f"line {number} of {path} has the tag {tag} a second time: give it another one, as in `other: text`.")
            probes[tag] = text
    if not probes:
        raise InvalidInput(f"there is no probe in {path}: write one in each line, as in `doctor-she: The doctor asked the nurse.`.")
    return probes


def tag_of(text: str) -> str:
    """The first words of the text, in lower case and with hyphens."""
    words, tag = re.findall(r"\w+", text.lower()), ""
    for word in words:
        if tag and len(tag) + 1 + len(word) > _LONGEST:
            break
        tag = f"{tag}-{word}" if tag else word[:_LONGEST]
    return tag or "probe"
