"""What the heads of a finding do to the output, in a sentence with its control."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tb_attention.attention.head_types import TYPES
from tb_attention.findings.births import BORN
from tb_attention.findings.finding import Finding, counted, effect_size, lowered
from tb_attention.findings.history import History
from tb_attention.findings.measured import TIMES, Measured, heads_of
from tb_attention.findings.repetition import loss_on_repetition
from tb_attention.record.effects import LOSS, Cut

_SAY_IT = ("matters", "hurts", "answer", "repetition", "stand-ins")
"""Kinds whose sentences tell the effect."""

_OF_HEADS = (BORN, "kinds of heads", "score changed", "changed most", "dead")
"""Kinds that say what heads look at, beside which stands what they do."""

_TYPE_OF = {kind.metric: kind.name for kind in TYPES}


@dataclass(frozen=True)
class CutEffect:
    """What cutting heads does to the loss.

    Attributes:
        sentence: with what random heads do.
        nats: how much the loss changes, or the difference of the logits of two answers; 0 where
            random heads do as much.
    """

    sentence: str
    nats: float

    @property
    def share(self) -> float:
        """Which share of the probability of the right token goes with the heads, 0 to 1.

        In the geometric mean over the tokens: a loss that rises by n nats leaves exp(-n) of it.
        """
        return 1 - math.exp(-abs(self.nats)) if math.isfinite(self.nats) else 0.0


def cut_effect(finding: Finding, history: History, measured: Measured | None) -> CutEffect | None:
    """What the heads of a finding do to the loss; None where nothing of it was measured."""
    if measured is None:
        return None
    if finding.kind in _SAY_IT:
        return CutEffect("", _said(finding, history, measured))
    if finding.kind not in _OF_HEADS or LOSS not in measured.effects:
        return None
    together = finding.kind in (BORN, "kinds of heads")
    of_type = _of_type(finding, history, measured) if together else None
    return of_type or _of_one(finding, history, measured)


def _said(finding: Finding, history: History, measured: Measured) -> float:
    """The size of the effect that the sentence of the finding tells already."""
    if finding.kind == "repetition":
        known = _of_type(finding, history, measured)
        return known.nats if known else 0.0
    if finding.kind == "stand-ins":
        cuts = (cut for cut, _ in measured.cuts(LOSS) if cut.name == "redundant")
        return next(cuts).value - measured.effects[LOSS].value
    layer, head = finding.heads[0]
    return float(
        history.of(str(finding.metric))[_place(history, measured)][
            list(history.layers).index(layer), head
        ]
    )


def _place(history: History, measured: Measured) -> int:
    return list(history.steps).index(measured.step)


def _of_type(finding: Finding, history: History, measured: Measured) -> CutEffect | None:
    """What all heads of the type do together, as many random heads beside them."""
    name = _TYPE_OF.get(finding.metric or "")
    for cut, control in measured.cuts(LOSS):
        heads = heads_of(history, cut)
        if cut.name != name or control is None or not set(finding.heads) & set(heads):
            continue
        what, change, random = _changes(measured, cut, control)
        if not math.isfinite(change) or not math.isfinite(random):
            continue
        same = set(heads) == set(finding.heads)
        who = ("it" if len(heads) == 1 else "them") if same else _all_of(len(heads), name)
        count = len(control.heads)
        by_chance = "a random head" if count == 1 else f"{counted(count)} random heads"
        stands_out = abs(change) >= TIMES * abs(random)
        beside = f"; without {by_chance} it {_moves(random)}"
        if not stands_out and change * random > 0:
            beside = f", but without {by_chance} it {_moves(random)} as well"
        sentence = (
            f"Without {who} the loss {what} {_moves(change)}{history.when(measured.step)}{beside}."
        )
        return CutEffect(sentence, change if stands_out else 0.0)
    return None


def _all_of(count: int, name: str) -> str:
    noun = f"{name.replace(' ', '-')} head"
    if count < 3:
        return f"the {noun}" if count == 1 else f"both {noun}s"
    return f"all {counted(count)} {noun}s"


def _changes(measured: Measured, cut: Cut, control: Cut) -> tuple[str, float, float]:
    """On what the loss is, and how it changes without the heads, and without random ones."""
    whole, without, random = (
        loss_on_repetition(measured.ids, losses)
        for losses in (measured.losses, cut.losses, control.losses)
    )
    if whole is not None and without is not None and random is not None:
        return "on what repeats", without - whole, random - whole
    value = measured.effects[LOSS].value
    return "on this text", cut.value - value, control.value - value


def _of_one(finding: Finding, history: History, measured: Measured) -> CutEffect | None:
    """What the first head, which is shown, does alone, random heads beside it.

    Not the one of them that does most: of many heads one does much by chance.
    """
    layer, head = finding.heads[0]
    alone = float(measured.exact(history, LOSS)[list(history.layers).index(layer), head])
    least = measured.least(LOSS)
    if not math.isfinite(alone) or not math.isfinite(least):
        return None
    sentence = (
        f"Without {lowered(history.named(finding.heads[:1]))} the loss on this text "
        f"{_moves(alone)}{history.when(measured.step)} ({measured.controls(LOSS)})."
    )
    return CutEffect(sentence, alone if abs(alone) >= least else 0.0)


def _moves(change: float) -> str:
    if change == 0:
        return "stays as it is"
    return f"{'rises' if change > 0 else 'falls'} by {effect_size(abs(change))} nats"
