"""What several heads do together: those that do little alone, and those that carry repetition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tb_attention.attention.head_types import TYPES
from tb_attention.findings.finding import (
    Finding,
    Kind,
    at_most,
    effect_size,
    heads_counted,
    heads_noun,
    percent,
    raised,
)
from tb_attention.findings.history import History, layers_of
from tb_attention.findings.measured import LEAST, TIMES, Measured, heads_of
from tb_attention.findings.repetition import SAVED, saved_by_repetition
from tb_attention.record.effects import LOSS

SMALL = 0.001
"""Below this, in nats, a head does next to nothing to the loss."""

CARRIED = 0.05
"""Heads that carry less than this share of what repetition saves are no finding."""

CARRIED_TIMES = 2.0
"""And those that carry less than this many times what as many random heads do.

Among several random heads there may be one of the few that everything rests on: in SmolLM2-135M 7
induction heads carry 75 %, and 7 random ones, of which one is such a head, 28 %.
"""


def repetition(history: History, measured: Measured) -> Iterator[Finding]:
    """Heads of a type, and which share of what repetition saves is lost without them."""
    saved = saved_by_repetition(measured.ids, measured.losses)
    if saved is None or saved < SAVED:
        return
    for cut, control in measured.cuts(LOSS):
        left = saved_by_repetition(measured.ids, cut.losses)
        random = saved_by_repetition(measured.ids, control.losses) if control else None
        heads = heads_of(history, cut)
        if cut.name not in _NAMES or left is None or random is None or not heads:
            continue
        share, by_chance = 1 - left / saved, 1 - random / saved
        if not share >= max(CARRIED, CARRIED_TIMES * abs(by_chance)):
            continue
        one = len(heads) == 1
        noun = heads_noun(cut.name, one=one)
        carries = f"{'carries' if one else 'carry'} {_share(share)} of what repetition saves"
        by_chance_too = f"{_as_many(len(heads))}: {_share(max(0.0, by_chance))}"
        sentence = (
            f"{history.named(heads)}, {noun}{_born(history, measured, cut.name, heads)}, "
            f"{carries}, {effect_size(saved)} nats a token{history.when(measured.step)} "
            f"({by_chance_too})."
        )
        metric = TYPES[_NAMES[cut.name]].metric
        who = raised(heads_counted(heads, history.stack, several=history.several))
        saves = f"It saves {effect_size(saved)} nats a token; {by_chance_too}."
        finding = _finding("repetition", sentence, history, measured, heads, metric)
        yield replace(finding, headline=f"{who} {carries}.", detail=saves)


_NAMES = {kind.name: place for place, kind in enumerate(TYPES)}


def _share(share: float) -> str:
    return "all" if share >= 1 else percent(share)


def _as_many(count: int) -> str:
    return "a random head" if count == 1 else f"{count} random heads"


def _born(
    history: History, measured: Measured, name: str, heads: tuple[tuple[int, int], ...]
) -> str:
    """Since when they are of the type, as the sentence goes on; "" where not all were born."""
    now = list(history.steps).index(measured.step)
    born = {
        (int(history.layers[life.row]), life.head): life.born
        for life in history.lives
        if life.type == _NAMES[name]
        and (life.born or 0) <= now
        and (life.died is None or life.died > now)
    }
    steps = [born.get(head) for head in heads]
    known = sorted(history.steps[step] for step in steps if step is not None)
    if len(known) < len(heads):
        return ""
    if known[0] == known[-1]:
        return f" since step {known[0]:,}"
    return f" since steps {known[0]:,} to {known[-1]:,}"


def stand_ins(history: History, measured: Measured) -> Iterator[Finding]:
    """Heads that do little one by one and much together."""
    if LOSS not in measured.effects:
        return
    whole, exact = measured.effects[LOSS].value, measured.exact(history, LOSS)
    for cut, control in measured.cuts(LOSS):
        heads = heads_of(history, cut)
        if cut.name != "redundant" or len(heads) < 2:
            continue
        rows = [list(history.layers).index(layer) for layer, _ in heads]
        alone = [abs(float(exact[row, head])) for row, (_, head) in zip(rows, heads, strict=True)]
        together = cut.value - whole
        random = 0.0 if control is None else abs(control.value - whole)
        if not abs(together) >= max(TIMES * sum(alone), TIMES * random, measured.least(LOSS)):
            continue
        beside = (
            measured.controls(LOSS)
            if control is None
            else f"{_as_many(len(control.heads))}: {effect_size(random)}"
        )
        sentence = (
            f"{history.named(heads)} stand in for each other: one by one they change the loss by "
            f"{at_most(max(alone))} nats, without all of them it "
            f"{'rises' if together > 0 else 'falls'} by {effect_size(abs(together))}"
            f"{history.when(measured.step)} ({beside})."
        )
        yield _finding("stand-ins", sentence, history, measured, heads, "loss_effect")


def next_to_nothing(history: History, measured: Measured) -> Iterator[Finding]:
    """Heads that hardly change the loss at any step, and what cutting them all together does."""
    exact = history.of("loss_effect")
    steps = np.isfinite(exact).any(axis=(1, 2))
    if not steps.any():
        return
    # A comparison with NaN is false: a head counts where it was cut at every one of these steps.
    heads = history.heads(np.argwhere((np.abs(exact[steps]) < SMALL).all(axis=0)))
    if not heads:
        return
    count, one = int(steps.sum()), len(heads) == 1
    when = history.when(measured.step)
    if count > 1:
        every = count == len(history.steps)
        when = " at every logged step" if every else f" at each of {count} steps"
    who = history.named(heads) if one else f"{len(heads)} heads"
    sentence = (
        f"{who} {'changes' if one else 'change'} the loss on this text by less than {SMALL:g} nats"
        f"{'' if one else ' each'}{when}: {'a candidate' if one else 'candidates'} to prune"
        f"{_together(history, measured, heads)}."
    )
    yield _finding("next to nothing", sentence, history, measured, heads, "loss_effect")


def _together(history: History, measured: Measured, heads: tuple[tuple[int, int], ...]) -> str:
    """What cutting all of them does, as the sentence goes on; "" where that was not measured."""
    for cut, _ in measured.cuts(LOSS):
        if cut.name != "small" or len(cut.heads) < 2:
            continue
        change = cut.value - measured.effects[LOSS].value
        same = set(heads_of(history, cut)) == set(heads) and len(cut.heads) == len(heads)
        all_of = (
            "cut all together"
            if same
            else f"the {len(cut.heads)} that do so{history.when(measured.step)}, cut all together,"
        )
        # One by one they sum to less than this.
        if abs(change) < max(LEAST[LOSS], len(cut.heads) * SMALL):
            return f"; {all_of} they change it by {effect_size(abs(change))}"
        verb = "raise" if change > 0 else "lower"
        return (
            f", but {all_of} they {verb} it by {effect_size(abs(change))}"
            f"{_stand_ins_named(history, measured)}"
        )
    return ""


def _stand_ins_named(history: History, measured: Measured) -> str:
    """Which of them stand in for each other, as the sentence goes on; "" where none were found."""
    for cut, _ in measured.cuts(LOSS):
        heads = heads_of(history, cut)
        if cut.name == "redundant" and len(heads) > 1:
            named = history.named(heads)
            return f": {named[0].lower()}{named[1:]} stand in for each other"
    return ""


def _finding(
    kind: str,
    sentence: str,
    history: History,
    measured: Measured,
    heads: tuple[tuple[int, int], ...],
    metric: str,
) -> Finding:
    return Finding(kind, sentence, history.stack, layers_of(heads), heads, (measured.step,), metric)


KINDS = (
    Kind(
        "repetition",
        "in a text that is a passage and its repetitions, which saves at least "
        f"{SAVED:g} nats a token, at least {CARRIED:g} of that is lost without the heads of a type "
        f"together, and {CARRIED_TIMES:g} times what is lost without as many random heads",
        repetition,
        of="effects",
    ),
    Kind(
        "stand-ins",
        f"heads cut together change the loss by {TIMES:g} times what they do one by one in all, "
        f"{TIMES:g} times what as many random heads do, and as much as a head that matters",
        stand_ins,
        of="effects",
    ),
    Kind(
        "next to nothing",
        f"the head was cut at every step at which that was done, and changed the loss by less than "
        f"{SMALL:g} nats; with what cutting all of them together does",
        next_to_nothing,
        of="effects",
    ),
)
