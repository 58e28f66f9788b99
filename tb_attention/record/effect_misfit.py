"""Checks that what a description says of effects fits the layers and tokens that it describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tb_attention import schema
from tb_attention.record.capture import DECODER
from tb_attention.record.effects import ANSWER, LOSS, UNITS


def effects_misfit(capture: schema.Capture) -> Iterator[str]:
    """What does not fit, in half sentences."""
    numbers = [effect.number for effect in capture.effects]
    for number in numbers:
        if number not in UNITS:
            yield f"it has effects on {number!r}, of {LOSS!r} and {ANSWER!r}"
    if len(set(numbers)) < len(numbers):
        yield "it has two effects on one number"
    heads = {
        (stack.name, layer.layer): layer.heads for stack in capture.stacks for layer in stack.layers
    }
    tokens = _output_tokens(capture)
    for effect in capture.effects:
        for what in _effect(effect, heads, tokens):
            yield f"effects on {effect.number!r}: {what}"


def _output_tokens(capture: schema.Capture) -> int:
    """How many tokens the output is of: those of the decoder, or else of the first sequence."""
    sequences = [each for each in capture.sequences if each.name == DECODER] or capture.sequences
    return len(sequences[0].tokens) if sequences else 0


def _effect(effect: schema.Effect, heads: dict[tuple[str, int], int], tokens: int) -> Iterator[str]:
    if effect.replace not in ("zero", "mean"):
        yield f"heads are replaced by {effect.replace!r}"
    yield from _places("controls", effect.controls, heads)
    for cut in effect.cuts:
        yield from _places(f"the cut {cut.name!r}", cut.heads, heads)
        if len(cut.losses) not in (0, tokens):
            yield f"the cut {cut.name!r} has {len(cut.losses)} losses of {tokens} tokens"
    if effect.number == LOSS and (effect.first or effect.second or effect.at):
        yield "it has answers"
    if effect.number == ANSWER and not (effect.first and effect.second):
        yield f"it compares {len(effect.first)} answers with {len(effect.second)}"
    if effect.number == ANSWER and not 0 <= effect.at < tokens:
        yield f"the answer is read at {effect.at}, of {tokens} tokens"


def _places(
    what: str, places: Iterable[schema.HeadPlace], heads: dict[tuple[str, int], int]
) -> Iterator[str]:
    """What of these heads is not there, or there twice: so they are no more than there are."""
    seen = set()
    for place in places:
        each = (place.stack, place.layer, place.head)
        if not 0 <= place.head < heads.get(each[:2], 0):
            yield f"{what} has head {place.head} of layer {place.layer} of {place.stack!r}"
        if each in seen:
            yield f"{what} has head {place.head} of layer {place.layer} of {place.stack!r} twice"
        seen.add(each)
