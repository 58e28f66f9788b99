"""Thumbnails of all heads of a stack: as they were logged, with something left out, or arriving.

All but the first are made from the weights, some rows of a layer at a time.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

import numpy as np
import numpy.typing as npt

from tb_attention.answers.answer import Arrays
from tb_attention.answers.jobs import Job, JobState, Work
from tb_attention.answers.left_out import LeftOut
from tb_attention.answers.pool import Pool
from tb_attention.answers.resting import resting_tokens
from tb_attention.answers.show import WEIGHT, shown
from tb_attention.answers.slow import SlowAnswers
from tb_attention.answers.threads import in_threads
from tb_attention.attention import softmax
from tb_attention.attention.dtypes import Numbers
from tb_attention.attention.thumbnails import SIZE, bins, encode
from tb_attention.record.tfrecord import thumbnails_tensor
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def answer_thumbnails(store: Store, location: Location, stack: str | None) -> Arrays:
    """`thumbnails` uint8 [layers, heads, rows, columns] of a stack, as they were logged."""
    found = find_stack(store.message(location), stack)
    layers = [layer.layer for layer in found.layers]
    thumbnails = store.tensor(location, thumbnails_tensor(location.tag, found.name))
    return Arrays({"thumbnails": thumbnails}, {"layers": layers})


NAMES = ("thumbnails", "renormalised")
"""What is made where tokens are hidden: one pass over the weights makes both."""


def ask_thumbnails(
    slow: SlowAnswers,
    location: Location,
    stack: str | None,
    left_out: LeftOut,
    show: str = WEIGHT,
) -> JobState:
    """`thumbnails` uint8 [layers, heads, rows, columns] with something left out, so far.

    Who hides tokens often divides by what remains next: the answer to that is made as well.
    """
    hides = left_out.first != "show"
    asked = replace(left_out, first="hide") if hides else left_out
    state = slow.ask(begin_thumbnails, location, stack, asked, show)
    thumbnails = state.value.arrays[NAMES[left_out.first == "renormalise"]]
    return replace(state, value=Arrays({NAMES[0]: thumbnails}, state.value.metadata))


def begin_thumbnails(
    store: Store, location: Location, stack: str | None, left_out: LeftOut, show: str = WEIGHT
) -> Job:
    """Fills `thumbnails` uint8 [layers, heads, rows, columns]; layers not made yet are 0.

    Where tokens are hidden, `renormalised` too: what they are if rows are divided by what remains.
    """
    capture = store.message(location)
    found = find_stack(capture, stack)
    layers = [layer.layer for layer in found.layers]
    heads = max((layer.heads for layer in found.layers), default=0)
    resting = resting_tokens(store, location) if left_out.rests else {}
    ways = [left_out]
    if left_out.first == "hide":
        ways.append(replace(left_out, first="renormalise"))
    arrays: dict[str, Numbers] = {
        name: np.zeros((len(layers), heads, 0, 0), np.uint8) for name in NAMES[: len(ways)]
    }
    filling = Lock()

    def fill(place: int, made: npt.NDArray[np.uint8]) -> None:
        """made: [ways, heads, rows, columns]."""
        with filling:
            for name, cells in zip(arrays, made, strict=True):
                if arrays[name].size == 0:
                    arrays[name] = np.zeros((len(layers), heads, *cells.shape[1:]), np.uint8)
                arrays[name][place, : len(cells)] = cells

    def pool(place: int) -> Work:
        number = layers[place]
        layer = shown(store.layer(location, found.name, number, None), show)
        rests = resting.get((found.name, number), ())
        kept = [way.kept(capture, found, layer, rests) for way in ways]
        rows, columns = (bins(tokens) for tokens in kept[0].shape(layer))
        pooled = Pool(layer, rows, columns, kept)
        for block in softmax.raised_blocks(layer, softmax.cached_rows(layer), with_scores=False):
            pooled.add(block)
            done = (block.start + block.raised.shape[1]) / layer.queries
            if done == 1:
                fill(place, encode(pooled.results()))
            yield done

    work = in_threads(map(pool, range(len(layers))), len(layers))
    return Job(Arrays(arrays, {"layers": layers}), work, len(ways) * len(layers) * heads * SIZE**2)
