"""The parameters of a request: text and numbers, or InvalidInput with a sentence.

The only reader of a request's query.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import parse_qsl

from tb_attention.errors import InvalidInput

_INTEGER = re.compile("-?[0-9]{1,18}")


class Parameters:
    """The parameters of one request.

    Nothing of them becomes a path: they are looked up in the index.
    """

    def __init__(self, query: bytes) -> None:
        """query: the part of the URL behind the question mark, still encoded."""
        try:
            pairs = parse_qsl(
                query.decode(), keep_blank_values=True, errors="strict", max_num_fields=50
            )
        except ValueError as error:
            raise InvalidInput(
                "The parameters of the URL are no UTF-8 text, or too many."
            ) from error
        self._values = dict(pairs)
        self._repeated = {name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1}

    def text(self, name: str) -> str:
        """A parameter that must be there."""
        value = self.optional_text(name)
        if value is None:
            raise InvalidInput(f"The parameter {name} is missing.")
        return value

    def optional_text(self, name: str) -> str | None:
        """A parameter, or None where it is not there."""
        if name in self._repeated:
            raise InvalidInput(f"The parameter {name} is given more than once.")
        return self._values.get(name)

    def integer(self, name: str) -> int:
        """A whole number that must be there."""
        return _integer(name, self.text(name))

    def optional_integer(self, name: str) -> int | None:
        """A whole number, or None where it is not there."""
        value = self.optional_text(name)
        return None if value is None else _integer(name, value)

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """One of the choices; the default where the parameter is not there."""
        value = self.optional_text(name)
        if value is not None and value not in choices:
            raise InvalidInput(f"The parameter {name} must be one of {', '.join(choices)}.")
        return default if value is None else value


def _integer(name: str, value: str) -> int:
    if not _INTEGER.fullmatch(value):
        raise InvalidInput(f"The parameter {name} must be a whole number.")
    return int(value)
