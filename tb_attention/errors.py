"""The errors of tb_attention. Each message says what is wrong and what to do."""

from __future__ import annotations


class AttentionError(Exception):
    """Base of all errors that tb_attention raises on purpose; the message is meant for the user."""


class InvalidInput(AttentionError, ValueError):
    """An argument cannot be used: arrays that do not fit, a text too long, a wrong parameter."""


class NoAttention(AttentionError):
    """The model ran, but no attention layer was seen in it."""


class NotUnderstood(AttentionError):
    """Attention was seen that is not what its arguments say; nothing true can be shown of it."""


class NotLogged(AttentionError, LookupError):
    """An unknown run, tag, step, stack, layer or head: it is not in the log directory."""


class UnreadableRecord(AttentionError):
    """A record is damaged, or was written by a newer version."""


class Rewritten(UnreadableRecord):
    """A record is not the one that was found in its place: its file was written anew since."""


class LoggingFailed(AttentionError):
    """Something could not be logged. Raised only by a strict logger; otherwise it is a warning."""
