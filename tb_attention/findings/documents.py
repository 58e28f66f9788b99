"""Documents that are packed into one sequence and see each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tb_attention.findings.finding import Finding, Kind, heads_named, number
from tb_attention.findings.history import History

LEAK = 0.001
"""A head leaks where its mean mass on another document is at least this; a mask leaves 0."""


def leak(history: History, mass: npt.NDArray[np.floating]) -> Iterator[Finding]:
    """Documents of the last step that attend to other documents of their sequence.

    Mass [layers, heads, documents, documents]: of each document's queries on each document's keys.
    """
    other = np.where(np.eye(mass.shape[-1], dtype=bool), np.nan, mass)
    leaks = np.nan_to_num(other, nan=0.0) >= LEAK
    pairs = np.argwhere(leaks.any(axis=(0, 1)))
    if not len(pairs):
        return
    with np.errstate(invalid="ignore"):
        means = [float(np.nanmean(mass[:, :, b, a])) for b, a in pairs]
    largest = int(np.argmax(means))
    b, a = (int(document) for document in pairs[largest])
    of_pair = np.nan_to_num(mass[:, :, b, a], nan=0.0)
    order = sorted(np.argwhere(of_pair >= LEAK).tolist(), key=lambda at: -of_pair[tuple(at)])
    heads = tuple((int(history.layers[row]), int(head)) for row, head in order)
    most = heads_named(heads[:1], history.stack, several=history.several).lower()
    more = len(pairs) - 1
    others = f" and {more} more {'pair' if more == 1 else 'pairs'} of documents" if more else ""
    sentence = (
        f"Document {b + 1} attends to document {a + 1} with mass {number(means[largest])}"
        f"{history.when(history.steps[-1])} (mean over all heads; most: {most}, "
        f"{number(float(of_pair[tuple(order[0])]))}){others}: documents that are packed into one "
        "sequence see each other."
    )
    layers = tuple(sorted({layer for layer, _ in heads}))
    yield Finding(
        "leak", sentence, history.stack, layers, heads, (history.steps[-1],), level="warning"
    )


KINDS = (
    Kind(
        "leak",
        "a head of the last step has a mean mass of at least "
        f"{LEAK:g} on another document of a packed sequence; documents are distinguished by "
        "positions that begin again at 0, or by seq_idx or cu_seq_lens",
        leak,
        of="documents",
    ),
)
