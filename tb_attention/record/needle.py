"""Marks the needle of a generation: the piece of the prompt that the model is to find again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tb_attention.attention.needle import Needle
from tb_attention.record.capture import Capture, Span, TokenSequence

NEEDLE = "needle"
"""Name of its span in a TokenSequence."""


def mark_needle(capture: Capture, needle: str | Sequence[int]) -> Capture:
    """The capture with the span NEEDLE in the prompt of each generated text, where it first stands.

    A capture without it is as it was, with a sentence in its notes.

    Example:
        >>> tokens = TokenSequence((b"Key:", b" 42", b".", b" 42"), prompt=3)
        >>> mark_needle(Capture("my model", (tokens,), ()), "42").sequences[0].spans
        (Span(name='needle', first=1, last=1),)

    Args:
        capture: of a generation.
        needle: text, or token ids.
    """
    marked = [
        sequence if sequence.prompt is None else _marked(sequence, needle)
        for sequence in capture.sequences
    ]
    if any(span.name == NEEDLE for sequence in marked for span in sequence.spans):
        return replace(capture, sequences=tuple(marked))
    what = repr(needle) if isinstance(needle, str) else f"with the tokens {list(needle)}"
    why = (
        "is not in the prompt"
        if any(sequence.prompt is not None for sequence in marked)
        else "was given, but nothing was generated"
    )
    note = f"The needle {what} {why}: there is no retrieval score."
    return replace(capture, notes=(*capture.notes, note))


def needle_of(sequence: TokenSequence) -> Needle | None:
    """The needle of a generated text; None where it has none."""
    spans = [span for span in sequence.spans if span.name == NEEDLE]
    if sequence.prompt is None or not spans or not sequence.ids:
        return None
    return Needle(spans[0].first, spans[0].last, sequence.prompt)


def _marked(sequence: TokenSequence, needle: str | Sequence[int]) -> TokenSequence:
    found = (
        _by_characters(sequence, needle)
        if isinstance(needle, str)
        else _by_ids(sequence, list(needle))
    )
    spans = tuple(span for span in sequence.spans if span.name != NEEDLE)
    return sequence if found is None else sequence.with_spans((*spans, Span(NEEDLE, *found)))


def _by_ids(sequence: TokenSequence, needle: list[int]) -> tuple[int, int] | None:
    ids = list(sequence.ids[: sequence.prompt])
    for first in range(len(ids) - len(needle) + 1):
        if needle and ids[first : first + len(needle)] == needle:
            return first, first + len(needle) - 1
    return None


def _by_characters(sequence: TokenSequence, needle: str) -> tuple[int, int] | None:
    """By the text where it is known where each token stands in it, else by the tokens' bytes."""
    prompt = sequence.prompt or 0
    if sequence.text and sequence.starts and sequence.ends:
        starts, ends = sequence.starts[:prompt], sequence.ends[:prompt]
        begin, length = sequence.text.find(needle), len(needle)
    else:
        ends_of = [0]
        for token in sequence.tokens[:prompt]:
            ends_of.append(ends_of[-1] + len(token))
        starts, ends = tuple(ends_of[:-1]), tuple(ends_of[1:])
        wanted = needle.encode()
        begin, length = b"".join(sequence.tokens[:prompt]).find(wanted), len(wanted)
    if begin < 0 or not needle or begin + length > max(ends, default=0):
        return None
    inside = [
        place
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
        if start < begin + length and end > begin
    ]
    return (inside[0], inside[-1]) if inside else None
