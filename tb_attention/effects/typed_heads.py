"""The heads of each type, by their head metrics on the captured text."""

from __future__ import annotations

import numpy as np
import torch

from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.head_types import TYPES, type_masks
from tb_attention.attention.measure import measure_layer
from tb_attention.attention.repeated_tokens import OF_REPEATS, shows_repeats
from tb_attention.effects.places import Places
from tb_attention.record.capture import Capture


def typed_heads(capture: Capture, places: Places) -> dict[str, tuple[int, ...]]:
    """Name of a type -> numbers of the heads that have it; types without heads are left out.

    Where too little of the text comes again, no head has a type of repeats.
    """
    masks = np.zeros(len(places), np.uint16)
    stacks = {stack.name: stack for stack in capture.stacks}
    for one in places.layers:
        name, index = one.row
        stack = stacks[name]
        aligned = stack.query_sequence == stack.key_sequence
        ids = capture.sequences[stack.key_sequence].ids
        with torch.autocast("cpu", enabled=False):  # which the caller may have on
            values, _ = measure_layer(stack.layers[index], ids, aligned=aligned)
        if not shows_repeats(ids):
            values[:, [METRIC_NAMES.index(metric) for metric in OF_REPEATS]] = np.nan
        masks[one.where] = type_masks(values, METRIC_NAMES)
    found = {
        kind.name: tuple(np.flatnonzero(masks >> bit & 1).tolist())
        for bit, kind in enumerate(TYPES)
    }
    return {name: heads for name, heads in found.items() if heads}
