"""Divides the attention calls of a model of one's own into stacks, by Lineage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tb_attention.capture.streams.call import Call
from tb_attention.capture.streams.lineage import Sources
from tb_attention.capture.streams.roles import Unit


class _Calls:
    """The calls in their order, with those that each goes on from."""

    def __init__(self) -> None:
        self.of: dict[int, Call] = {}
        self.before: dict[int, tuple[int, ...]] = {}

    def add(self, number: int, call: Call) -> Call:
        """Adds a call; returns it as cross attention if its keys are those of another text."""
        before = self.before[number] = self._directly_before(call)
        if before:
            cross = bool(call.asked) and not set(before) & set(self._numbers(call.asked))
        elif call.asks:
            cross = bool(call.asked) and not call.asks & call.asked
        else:  # queries that are parameters
            cross = bool(call.asked)
        if cross and not call.place.cached:
            call = replace(call, place=replace(call.place, cross=True))
        self.of[number] = call
        return call

    def beside(self, numbers: Sequence[int]) -> bool:
        """Whether these calls go on from the same ones, as attention side by side does."""
        begins = {self.before[number] for number in numbers}
        names = {self.of[number].name for number in numbers}
        parents = {name.rpartition(".")[0] for name in names}
        once = len(names) == len(numbers)
        return once and len(begins) == 1 and (begins != {()} or len(parents) == 1)

    def _directly_before(self, call: Call) -> tuple[int, ...]:
        """The calls over as many tokens that its queries were made of.

        But for those behind others of these.
        """
        mine = [n for n in self._numbers(call.asks) if self.of[n].queries == call.queries]
        behind = {n: set(self._numbers(self.of[n].asks | self.of[n].asked)) for n in mine}
        return tuple(one for one in mine if not any(one in behind[other] for other in mine))

    def _numbers(self, sources: Sources) -> list[int]:
        return sorted(number for kind, number in sources if kind == "call" and number in self.of)


def units_of_tensors(calls: Sequence[Call]) -> list[Unit]:
    """The stacks: a layer is in that of the layers that its queries were made of.

    A stack begins where there was none before, and where two towers meet.
    """
    known = _Calls()
    stacks: list[list[int]] = []
    for call in calls:
        if (number := call.number) is None:
            continue
        known.add(number, call)
        before = [stack for stack in stacks if any(one in stack for one in known.before[number])]
        if len(before) > 1 and known.beside(known.before[number]):
            first, *others = before
            first += [one for other in others for one in other]
            stacks = [stack for stack in stacks if not any(stack is other for other in others)]
            before = [first]
        if len(before) != 1:
            before = [[]]
            stacks += before
        before[0].append(number)
    return [unit for stack in stacks for unit in _of_stack(sorted(stack), known.of)]


def _of_stack(stack: Sequence[int], calls: Mapping[int, Call]) -> list[Unit]:
    both = (
        [calls[one] for one in stack if calls[one].place.cross == cross] for cross in (False, True)
    )
    return [Unit(mine, calls[stack[0]]) for mine in both if mine]
