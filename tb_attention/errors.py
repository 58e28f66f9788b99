"""The errors of tb_attention. Each message says what is wrong and what to do."""

from __future__ import annotations


class AttentionError(Exception):
    """Base of all errors that tb_attention raises on purpose; the message is meant for the user."""


class InvalidInput(AttentionError, ValueError):
    """What the caller gave cannot be used.

    Arrays that do not fit each other, a text that is too long, a wrong parameter.
    """


class NoAttention(AttentionError):
    """The model ran, but no attention layer was seen in it."""


class NotLogged(AttentionError, LookupError):
    """What was asked for is not in the log directory.

    An unknown run, tag, step, stack, layer or head.
    """


class UnreadableRecord(AttentionError):
    """A record is damaged, or was written by a newer version."""


class LoggingFailed(AttentionError):
    """Something could not be logged. Raised only by a strict logger; otherwise it is a warning."""
