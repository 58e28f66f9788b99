"""What hardly changed and what looks alike, by Jensen-Shannon distances of heads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tb_attention.findings.finding import Finding, Kind, heads_named, layers_named, listed, number
from tb_attention.findings.history import History, sorted_by
from tb_attention.findings.patterns import dead, first_token

UNMOVED = ALIKE = 0.05
"""Below this mean distance a layer hardly moved, and two heads of a layer look alike.

Rounding to float16 alone makes 0.0005.
"""

EXCEPTION, FEW = 0.1, 0.25
"""Of a layer that hardly moved, this share of the heads may have moved by EXCEPTION or more."""


def hardly_moved(history: History, distances: npt.NDArray[np.floating]) -> Iterator[Finding]:
    """Layers whose heads are at the last step where they were at the first, but for a few of them.

    distances: [layers, heads], between the two steps.
    """
    if len(history.steps) < 2:
        return
    means, moved = np.full(len(distances), np.nan), np.zeros(distances.shape, bool)
    for row, of_heads in enumerate(distances):
        known = np.isfinite(of_heads)
        apart = known & (np.nan_to_num(of_heads) >= EXCEPTION)
        if apart.sum() <= FEW * known.sum():
            moved[row] = apart
        if (rest := known & ~moved[row]).any():
            means[row] = of_heads[rest].mean()
    still = np.flatnonzero(means < UNMOVED)
    if not len(still):
        return
    layers = tuple(int(history.layers[int(row)]) for row in still)
    every = len(still) == np.isfinite(means).sum()
    steps = history.steps[0], history.steps[-1]
    all_layers = ", as all layers" if every and len(still) > 1 else ""
    apart = np.array([place for place in np.argwhere(moved) if place[0] in still], int)
    heads = history.heads(sorted_by(apart, distances)) if len(apart) else ()
    named = heads_named(heads, history.stack, several=False) if heads else ""
    exceptions = f", except {named[0].lower()}{named[1:]}" if heads else ""
    of_rest = " of the others" if heads else ""
    sentence = (
        f"{layers_named(layers, history.stack, several=history.several)} hardly moved between "
        f"steps {steps[0]:,} and {steps[1]:,}{exceptions} "
        f"(mean distance{of_rest} {number(float(means[still].mean()))}{all_layers})."
    )
    yield Finding("hardly moved", sentence, history.stack, layers, (), steps)


def alike(history: History, row: int, distances: npt.NDArray[np.floating]) -> Iterator[Finding]:
    """Heads of the layer in this row that look the same at the last step, except idle ones.

    distances: [heads, heads] at the last step.
    """
    layer, step = int(history.layers[row]), history.steps[-1]
    idle = {
        head
        for finding in (*dead(history), *first_token(history))
        for at, head in finding.heads
        if at == layer
    }
    with np.errstate(invalid="ignore"):
        near = distances < ALIKE
    left = [head for head in range(len(distances)) if head not in idle]
    while left:
        # Near to its first head, not to something near: chains of small steps reach far.
        group = [head for head in left if head == left[0] or near[left[0], head]]
        left = [head for head in left if head not in group]
        if len(group) > 1:
            heads = tuple((layer, head) for head in group)
            distance = max(float(distances[group[0], head]) for head in group[1:])
            which = listed([str(head) for head in group])
            where = layers_named([layer], history.stack, several=history.several)
            sentence = (
                f"{where} heads {which} look the same{history.when(step)} "
                f"(distance {number(distance)})."
            )
            yield Finding("alike", sentence, history.stack, (layer,), heads, (step,))


KINDS = (
    Kind(
        "hardly moved",
        "the mean distance of a layer's heads between the first and the last step is below "
        f"{UNMOVED:g}, without those of {EXCEPTION:g} or more where they are at most {FEW:g} of "
        "the layer's heads, which are named",
        hardly_moved,
        of="change",
    ),
    Kind(
        "alike",
        f"two heads of a layer are at the last step nearer to each other than {ALIKE:g}; "
        "not heads that are reported as first token or dead",
        alike,
        of="layer",
    ),
)
