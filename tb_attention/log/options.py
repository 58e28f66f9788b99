"""What may be chosen when attention is logged; AttentionLogger says what each option means."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal, TypedDict

from tb_attention.errors import InvalidInput
from tb_attention.record.scalars import check_names


class Options(TypedDict, total=False):
    """The options of AttentionLogger that the callbacks of training frameworks take too.

    It says what they mean.
    """

    layers: Collection[int] | None
    heads: Collection[int] | None
    float32: bool
    scalars: Collection[str]
    inline: bool
    sync: bool
    queue_size: int
    when_full: Literal["block", "drop"]
    strict: bool


def check_options(
    every: int = 1,
    *,
    layers: Collection[int] | None = None,
    heads: Collection[int] | None = None,
    scalars: Collection[str] = (),
    queue_size: int = 8,
    when_full: str = "block",
    **_: Any,
) -> None:
    """Raises InvalidInput for options of AttentionLogger that cannot be used with any model."""
    if every < 1:
        raise InvalidInput(
            f"every is {every}: give the number of steps between two captures, 1 or more."
        )
    for name, numbers in (("layers", layers), ("heads", heads)):
        if numbers is not None and (not numbers or any(number < 0 for number in numbers)):
            raise InvalidInput(
                f"{name} are {sorted(numbers)}: give numbers from 0 on, or None for all."
            )
    if queue_size < 1:
        raise InvalidInput(
            f"queue_size is {queue_size}: at least one capture must be able to wait."
        )
    if when_full not in ("block", "drop"):
        raise InvalidInput(f'when_full is {when_full!r}: it is "block" or "drop".')
    check_names(scalars)
