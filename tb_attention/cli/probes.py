"""Reads the texts that are followed over steps from the lines of a file."""

from __future__ import annotations

import re
from pathlib import Path

from tb_attention.errors import InvalidInput
from tb_attention.record.probes import Repeated, one_probe

_TAGGED = re.compile(r"(\S+):\s+(\S.*)")


def read_probes(path: Path) -> dict[str, str | Repeated]:
    """Tags and their texts, of lines `tag: text`, or just `text`, whose tag is made of its words.

    Empty lines are left out. The line `repeated` is the built-in probe of that name; a text that is
    only that word has a tag before it.

    Raises:
        InvalidInput: the file cannot be read, has no probes, or has a tag twice.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InvalidInput(
            f"the probes {path} cannot be read ({reason}): give a text file with a probe in each "
            "line."
        ) from error
    probes: dict[str, str | Repeated] = {}
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            tagged = _TAGGED.fullmatch(text)
            tag, probe = (tagged[1], tagged[2]) if tagged else one_probe(text)
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
