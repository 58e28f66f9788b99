"""The screen: the effects of all heads, estimated from one forward and one backward pass."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from tb_attention.attention.dtypes import Floats32
from tb_attention.effects.gates import Gates, Means
from tb_attention.effects.model_run import ModelRun
from tb_attention.effects.numbers import Numbers, Outcome, outcome_of
from tb_attention.effects.places import Places
from tb_attention.record.effects import Row

_SCALE = 1024.0
"""What is differentiated is multiplied by this: gradients of half precision would vanish."""


@dataclass(frozen=True, eq=False)
class Screen:
    """What the pass without cuts gave.

    Attributes:
        outcome: its numbers.
        places: the heads that can be cut.
        estimates: number -> estimated effects of these heads, float32 [heads].
        means: of the outputs of heads, where these replace what is cut.
        unreached: layers whose heads cannot be cut, and why.
        failure: why there are no estimates; "" where there are.
        logits: number of logits of the text.
    """

    outcome: Outcome
    places: Places
    estimates: dict[str, Floats32]
    means: Means
    unreached: dict[Row, str]
    failure: str = ""
    logits: int = 0


def screen(
    run: ModelRun,
    numbers: Numbers,
    places: Places,
    replace: Literal["zero", "mean"],
) -> Screen:
    """One pass over the text without cuts, and one backward pass for each number.

    Michel et al. 2019: the effect of a head is about what the number changes by where its gate
    moves from 1 on, times -1.

    Args:
        run: the model.
        numbers: that are read.
        places: the heads.
        replace: what a head that is cut gives.
    """
    if not len(places):
        return _plain(run, numbers, places, replace)
    why = ""
    try:
        return _estimated(run, numbers, places, replace)
    except torch.OutOfMemoryError:
        why = "takes more memory than there is"
    except RuntimeError as error:
        why = f"fails ({str(error)[:200].rstrip('.')})"
    finally:
        run.end()
    # Not where the exception is known, which holds what the pass has made.
    return dataclasses.replace(_plain(run, numbers, places, replace), failure=why)


def _estimated(
    run: ModelRun, numbers: Numbers, places: Places, replace: Literal["zero", "mean"]
) -> Screen:
    gates = Gates(places, torch.ones(1, len(places), requires_grad=True), replace=replace)
    with torch.enable_grad():
        logits = run.logits(gates)[0]
        losses, answer = numbers.losses(logits), numbers.answer(logits)
        # The loss rises where a head that helps is cut; how much likelier an answer is falls.
        total = -losses.sum() / len(losses) if len(losses) else None
        named = (("loss", total), ("answer", answer))
        wanted = {name: one * _SCALE for name, one in named if one is not None}
    gradients = {
        name: torch.autograd.grad(one, gates.values, retain_graph=name != list(wanted)[-1])[0]
        for name, one in wanted.items()
    }
    unreached = gates.unreached()
    kept = [place for place, head in enumerate(places.heads) if head[:2] not in unreached]
    return Screen(
        outcome_of(losses, answer),
        places.without(unreached),
        {
            name: (one[0] / _SCALE).numpy()[kept].astype(np.float32)
            for name, one in gradients.items()
        },
        gates.means,
        unreached,
        logits=logits.numel(),
    )


def _plain(
    run: ModelRun, numbers: Numbers, places: Places, replace: Literal["zero", "mean"]
) -> Screen:
    gates = Gates(places, torch.ones(1, len(places)), replace=replace)
    logits = run.logits(gates)
    outcome = numbers.outcomes(logits)[0]
    unreached = gates.unreached()
    return Screen(
        outcome, places.without(unreached), {}, gates.means, unreached, logits=logits.numel()
    )
