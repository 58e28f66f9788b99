"""Names of files and directories as text that can be shown and sent."""

from __future__ import annotations


def shown_name(name: str) -> str:
    r"""The name, with bytes that are no UTF-8 as \xe9: what is shown, sent and looked up.

    Example:
        >>> shown_name(b"caf\xe9".decode("utf-8", "surrogateescape"))
        'caf\\xe9'
    """
    try:
        data = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a surrogate pair, which Windows and object stores allow
        data = name.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "backslashreplace")
