"""What of the effects of heads is measured; imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tb_attention.errors import InvalidInput


@dataclass(frozen=True, kw_only=True)
class Effects:
    """How the effects of heads on the output are measured, wherever attention is logged.

    One forward and one backward pass estimate the effects of all heads (Michel et al. 2019); the
    largest of the whole model, the largest of every layer, and random heads as controls are then
    cut one by one, which is exact.

    Example:
        >>> Effects(heads=8, controls=8)
        Effects(heads=8, controls=8, exact='largest', replace='zero', seed=0)

    Args:
        heads: number of heads of the largest estimates that are cut, of the whole model; the head
            of the largest estimate of every layer is cut too.
        controls: number of heads that are drawn at random among the others and cut.
        exact: "largest", or "all": every head is cut.
        replace: what a head that is cut gives: "zero", or its "mean" over the tokens of the text,
            which keeps what it adds whatever it sees.
        seed: of the random heads.
    """

    heads: int = 16
    controls: int = 16
    exact: Literal["largest", "all"] = "largest"
    replace: Literal["zero", "mean"] = "zero"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, number in (("heads", self.heads), ("controls", self.controls)):
            if number < 0:
                raise InvalidInput(f"{name} of Effects is {number}: give 0 or more.")
        if self.exact not in ("largest", "all"):
            raise InvalidInput(f'exact of Effects is {self.exact!r}: it is "largest" or "all".')
        if self.replace not in ("zero", "mean"):
            raise InvalidInput(f'replace of Effects is {self.replace!r}: it is "zero" or "mean".')


def effects_of(given: Effects | bool | None) -> Effects | None:
    """The option as it was given: True means the defaults, False and None nothing.

    Raises:
        InvalidInput: it is something else.
    """
    if given is True:
        return Effects()
    if given is False or given is None:
        return None
    if isinstance(given, Effects):
        return given
    raise InvalidInput(f"effects is {given!r:.100}: give True, or Effects(...).")
