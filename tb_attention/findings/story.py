"""A finding as a story: a headline, the head and the steps to look at, and how strong it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tb_attention.attention.head_metrics import METRICS
from tb_attention.attention.head_types import TYPES
from tb_attention.findings.births import BORN, DIED
from tb_attention.findings.cut_effect import cut_effect
from tb_attention.findings.finding import Finding, raised
from tb_attention.findings.history import History
from tb_attention.findings.measured import Measured

WARNING = 2.0
"""What goes wrong comes before all else."""

STANDS = 0.5
"""What is so at a step counts half of what came about between two."""

RESTS = 0.5
"""A head that rests on one token, or looks at the token itself, counts half: it links no two."""

_AT_REST = ("first_token", "resting", "self")
"""Metrics of such heads."""

_SHARES = tuple(metric.name for metric in METRICS if metric.scale == "share")
_LABELS = {metric.name: metric.label for metric in METRICS}
_TYPE_OF = {kind.metric: kind.name for kind in TYPES}


@dataclass(frozen=True)
class Story:
    """What to show of a finding.

    Attributes:
        finding: what was found.
        headline: one sentence for a newcomer, of measured numbers.
        detail: what that does to the output, or the numbers behind it; may be empty.
        head: (layer, head) to look at; None where whole layers are meant.
        metric: a head metric that is defined for this head and text; None: none is.
        before: a logged step at which it was not so; None where there is none.
        after: the logged step at which it is.
        strength: how much changed or is so, 0 to 1, and the share of the output that goes with it,
            0 to 1; 2 more where something goes wrong.
        lesson: name of what explains it: a head type, or the kind of the finding.
        query: a query token to look at, where it shows at one.
        key: likewise, a key token.
        label: what the metric is called; empty where there is none.
        values: the metric of the head before and after; None where it is not known.
    """

    finding: Finding
    headline: str
    detail: str
    head: tuple[int, int] | None
    metric: str | None
    before: int | None
    after: int
    strength: float
    lesson: str
    query: int | None = None
    key: int | None = None
    label: str = ""
    values: tuple[float | None, float | None] = (None, None)

    @property
    def addition(self) -> str:
        """The sentence of the finding without the head and steps, as another story adds it."""
        _, _, said = self.finding.sentence.partition(": ")
        said = said.partition(" between steps")[0]
        return f"{raised(said)}." if said else ""


def story(finding: Finding, history: History, measured: Measured | None) -> Story:
    """The story of a finding.

    Args:
        finding: of the stack of `history`.
        history: head metrics of the steps at which the text is the same.
        measured: what was measured of the output, where it was.
    """
    head = finding.heads[0] if finding.heads else None
    before, after = _steps(finding, history)
    metric = _metric(finding, history, head, before, after)
    effect = cut_effect(finding, history, measured)
    size = finding.size or _size(history, head, metric, before, after)
    if finding.metric in _AT_REST:
        size *= RESTS
    strength = size + (effect.share if effect else 0.0)
    if finding.level == "warning":
        strength += WARNING
    details = [effect.sentence if effect else "", finding.detail]
    return Story(
        finding,
        finding.headline or finding.sentence,
        " ".join(filter(None, details)),
        head,
        metric,
        before,
        after,
        round(strength, 6),
        _lesson(finding),
        finding.query,
        finding.key,
        _LABELS[metric] if metric else "",
        (_value(history, metric, head, before), _value(history, metric, head, after)),
    )


def _steps(finding: Finding, history: History) -> tuple[int | None, int]:
    """The steps before and after: those at which it shows best, else the first logged one."""
    steps = finding.shows or finding.steps
    if len(steps) > 1:
        return steps[0], steps[-1]
    first = history.steps[0]
    return (first if first < steps[0] else None), steps[0]


def _metric(
    finding: Finding,
    history: History,
    head: tuple[int, int] | None,
    before: int | None,
    after: int,
) -> str | None:
    """The metric of the finding, else the share that changed most, or is largest, of the head."""
    if finding.metric is not None and _defined(history, finding.metric, head, after):
        return finding.metric
    sizes = {
        name: _size(history, head, name, before, after)
        for name in _SHARES
        if _defined(history, name, head, after)
    }
    return max(sizes, key=lambda name: sizes[name]) if sizes else None


def _defined(history: History, metric: str, head: tuple[int, int] | None, step: int) -> bool:
    return bool(np.isfinite(_of(history, metric, head, step)).any())


def _of(history: History, metric: str, head: tuple[int, int] | None, step: int) -> np.ndarray:
    """The metric of a head at a step, or of all heads: float32."""
    of_all: np.ndarray = history.of(metric)[list(history.steps).index(step)]
    if head is None:
        return of_all
    return np.asarray(of_all[list(history.layers).index(head[0]), head[1]])


def _value(
    history: History, metric: str | None, head: tuple[int, int] | None, step: int | None
) -> float | None:
    """The metric of the head at a step, as far as it is known."""
    if metric is None or head is None or step is None:
        return None
    value = float(_of(history, metric, head, step))
    return round(value, 6) if math.isfinite(value) else None


def _size(
    history: History,
    head: tuple[int, int] | None,
    metric: str | None,
    before: int | None,
    after: int,
) -> float:
    """How far a share of a head changed, or half of what it is where nothing was before."""
    if metric not in _SHARES or head is None:
        return 0.0
    now = float(_of(history, metric, head, after))
    then = math.nan if before is None else float(_of(history, metric, head, before))
    changed = abs(now - then)
    size = STANDS * now if math.isnan(changed) else changed
    return min(max(size, 0.0), 1.0) if math.isfinite(size) else 0.0


def _lesson(finding: Finding) -> str:
    if finding.kind in (BORN, DIED, "score changed") and finding.metric is not None:
        return _TYPE_OF[finding.metric]
    return finding.kind
