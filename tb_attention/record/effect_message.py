"""Effects as they are stored: in the description of a capture, and among its head metrics."""

from __future__ import annotations

from collections.abc import Iterable

from tb_attention import schema
from tb_attention.attention.dtypes import Floats32
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.record.effects import Effect, HeadPlace, Row


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


def fill_effects(head_metrics: Floats32, effects: Iterable[Effect], row: Row) -> None:
    """Writes the effects of the heads of a layer into its head metrics [heads, metrics]."""
    for effect in effects:
        for name, values in (("", effect.exact), ("_estimate", effect.estimate)):
            if row in values:
                column = METRIC_NAMES.index(f"{effect.number}_effect{name}")
                head_metrics[:, column] = values[row]


def _place(place: HeadPlace) -> schema.HeadPlace:
    return schema.HeadPlace(stack=place.stack, layer=place.layer, head=place.head)
