"""Logs of GPT-2 small's shape, 12 layers of 12 heads, with random weights."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from tb_attention.attention import softmax
from tb_attention.record.summary import capture_events
from tests.support.logs import capture, record_file, write

LAYERS, HEADS, NEURONS = 12, 12, 64


def layers_of(tokens: int) -> int:
    """Long captures have few layers, so that they are soon made."""
    return LAYERS if tokens <= 1024 else 2


def logged(directory: Path, sizes: tuple[int, ...]) -> dict[int, np.ndarray]:
    """Logs captures of each size, short ones at three steps, and 48 layers of 25 heads.

    Returns what BertViz gets: size -> weights.
    """
    weights = {}
    for tokens in sizes:
        steps = range(3 if tokens <= 256 else 1)
        made = [
            capture(
                tokens,
                layers=layers_of(tokens),
                heads=HEADS,
                key_heads=HEADS,
                neurons=NEURONS,
                seed=step,
            )
            for step in steps
        ]
        events = (
            list(capture_events(each, tag="probe", step=step, wall_time=1.7e9, session="b"))
            for step, each in enumerate(made)
        )
        write(record_file(directory / f"t{tokens}"), *events)
        if tokens <= 512:
            # The newest step is what the tab opens with.
            weights[tokens] = np.stack(
                [softmax.weights(layer) for layer in made[-1].stacks[0].layers.values()]
            )
    large = capture(64, layers=48, heads=25, key_heads=25, neurons=16)
    write(
        record_file(directory / "large"),
        list(capture_events(large, tag="probe", step=0, wall_time=1.7e9, session="b")),
    )
    return weights


def tab(address: str, view: str, tokens: int) -> str:
    """The address at which a TensorBoard shows a view of the tab alone."""
    return (
        f"{address}data/plugin_entry.html?name=attention#attention"
        f"&p.attention.run=t{tokens}&p.attention.view={view}"
    )
