"""Effects as they are stored: in the description of a capture, and among its head metrics."""

from __future__ import annotations

from collections.abc import Iterable

from tb_attention import schema
from tb_attention.attention.dtypes import Floats32
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.errors import InvalidInput
from tb_attention.record.capture import Capture
from tb_attention.record.effect_misfit import effects_misfit
from tb_attention.record.effects import Answers, Cut, Effect, HeadPlace, Row


def effect_message(effect: Effect) -> schema.Effect:
    """What the description says of an effect; those of single heads are head metrics."""
    message = schema.Effect(
        number=effect.number,
        value=effect.value,
        replace=effect.replace,
        controls=map(_place, effect.controls),
        cuts=[
            schema.Cut(
                name=cut.name, heads=map(_place, cut.heads), value=cut.value, losses=cut.losses
            )
            for cut in effect.cuts
        ],
    )
    if effect.answers is not None:
        message.first.extend(effect.answers.first)
        message.second.extend(effect.answers.second)
        message.at = effect.answers.at
    return message


def check_effects(capture: Capture) -> None:
    """Checks that the effects are of the heads and tokens that the capture has.

    Raises:
        InvalidInput: they are not.
    """
    message = schema.Capture(effects=map(effect_message, capture.effects))
    heads: dict[Row, int] = {}
    for sequence in capture.sequences:
        message.sequences.add(name=sequence.name, tokens=sequence.tokens)
    for stack in capture.stacks:
        heads |= {(stack.name, number): layer.heads for number, layer in stack.layers.items()}
        layers = (schema.Layer(layer=n, heads=each.heads) for n, each in stack.layers.items())
        message.stacks.add(name=stack.name, layers=layers)
    if misfit := next(effects_misfit(message), ""):
        raise InvalidInput(f"the effects do not fit the capture: {misfit}.")
    of_heads = (one for effect in capture.effects for one in (effect.exact, effect.estimate))
    for row, values in (item for one in of_heads for item in one.items()):
        if row in heads and len(values) != heads[row]:
            raise InvalidInput(
                f"{len(values)} effects of the heads of layer {row[1]} of {row[0]}, which has "
                f"{heads[row]}: give one for each head, NaN where it was not measured."
            )


def stored_effect(message: schema.Effect) -> Effect:
    """The effect that a description says, without those of single heads."""
    answers = Answers(tuple(message.first), tuple(message.second), message.at)
    return Effect(
        number=message.number,  # type: ignore[arg-type]
        value=message.value,
        replace=message.replace,  # type: ignore[arg-type]
        controls=_stored_places(message.controls),
        cuts=tuple(
            Cut(cut.name, _stored_places(cut.heads), cut.value, tuple(cut.losses))
            for cut in message.cuts
        ),
        answers=answers if message.first else None,
    )


def fill_effects(head_metrics: Floats32, effects: Iterable[Effect], row: Row) -> None:
    """Writes the effects of the heads of a layer into its head metrics [heads, metrics]."""
    for effect in effects:
        for name, values in (("", effect.exact), ("_estimate", effect.estimate)):
            if row in values:
                column = METRIC_NAMES.index(f"{effect.number}_effect{name}")
                head_metrics[:, column] = values[row]


def _stored_places(places: Iterable[schema.HeadPlace]) -> tuple[HeadPlace, ...]:
    return tuple(HeadPlace(place.stack, place.layer, place.head) for place in places)


def _place(place: HeadPlace) -> schema.HeadPlace:
    return schema.HeadPlace(stack=place.stack, layer=place.layer, head=place.head)
