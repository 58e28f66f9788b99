"""How many tokens of a text come again, which types of repeats need.

Below a few, a score of repeats rests on next to nothing and makes no type.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tb_attention.attention.repeated_tokens import ENOUGH, OF_REPEATS
from tb_attention.errors import UnreadableRecord
from tb_attention.store.committed import MetricTable
from tb_attention.store.sessions import Steps
from tb_attention.store.store import Store

TRIED = 16
"""Last steps that are tried for a readable text: a thousand damaged ones would take seconds."""


def metrics_for_types(store: Store, steps: Steps) -> tuple[MetricTable, list[str]]:
    """The head metrics, and sentences about those that the text cannot show.

    Metrics of repeats are NaN where the text of a stack has too few.
    """
    metrics = store.head_metrics(steps)
    counts = {stack: count for stack, count in _repeats(store, steps).items() if count < ENOUGH}
    if not counts:
        return metrics, []
    values = metrics.values.copy()
    rows = [place for place, (stack, _) in enumerate(metrics.rows) if stack in counts]
    columns = [place for place, name in enumerate(metrics.names) if name in OF_REPEATS]
    values[np.ix_(range(len(values)), rows, range(values.shape[2]), columns)] = np.nan
    return replace(metrics, values=values), [_note(min(counts.values()))]


def _repeats(store: Store, steps: Steps) -> dict[str, int]:
    """Stack -> tokens that come again in its text at the last step that can be read.

    Not of cross attention, which has no repeats.
    """
    for location in reversed(list(steps.values())[-TRIED:]):
        try:
            message = store.message(location)
        except (UnreadableRecord, OSError):
            continue
        ids = {
            stack.name: message.sequences[stack.key_sequence].ids
            for stack in message.stacks
            if stack.query_sequence == stack.key_sequence
        }
        return {name: len(of_stack) - len(set(of_stack)) for name, of_stack in ids.items()}
    return {}


def _note(count: int) -> str:
    what = (
        "No token of this text comes twice"
        if count == 0
        else f"Only {count} token{'' if count == 1 else 's'} of this text come again"
    )
    what = what.replace("token of this text come again", "token of this text comes again")
    advice = 'log the probe "repeated", which repeats random tokens, to see them'
    return f"{what}, too few to call a head a duplicate token or an induction head: {advice}."
