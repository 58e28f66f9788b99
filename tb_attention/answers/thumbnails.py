"""Thumbnails of all heads of a stack: as they were logged, with something left out, or arriving.

All but the first are made from the weights, some rows of a layer at a time.
"""

from __future__ import annotations

import numpy as np

from tb_attention.answers.answer import Arrays
from tb_attention.answers.jobs import Job, Work
from tb_attention.answers.left_out import LeftOut
from tb_attention.answers.pool import Pool
from tb_attention.answers.resting import resting_tokens
from tb_attention.answers.show import WEIGHT, shown
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


def begin_thumbnails(
    store: Store, location: Location, stack: str | None, left_out: LeftOut, show: str = WEIGHT
) -> Job:
    """Fills `thumbnails` uint8 [layers, heads, rows, columns]; layers not made yet are 0."""
    capture = store.message(location)
    found = find_stack(capture, stack)
    layers = [layer.layer for layer in found.layers]
    heads = max((layer.heads for layer in found.layers), default=0)
    resting = resting_tokens(store, location) if left_out.rests else {}
    arrays: dict[str, Numbers] = {"thumbnails": np.zeros((len(layers), heads, 0, 0), np.uint8)}

    def work() -> Work:
        for place, number in enumerate(layers):
            layer = shown(store.layer(location, found.name, number, None), show)
            kept = left_out.kept(capture, found, layer, resting.get((found.name, number), ()))
            rows, columns = (bins(tokens) for tokens in kept.shape(layer))
            pool = Pool(layer, rows, columns, kept)
            for block in softmax.raised_blocks(layer):
                pool.add(block)
                done = (block.start + block.raised.shape[1]) / layer.queries
                if done == 1:
                    made = encode(pool.result())
                    if place == 0:
                        shape = (len(layers), heads, *made.shape[1:])
                        arrays["thumbnails"] = np.zeros(shape, np.uint8)
                    arrays["thumbnails"][place, : layer.heads] = made
                yield (place + done) / len(layers)

    return Job(Arrays(arrays, {"layers": layers}), work(), len(layers) * heads * SIZE**2)
