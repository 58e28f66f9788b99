"""What each neuron of a head contributes to the scores, and what the head weighs, as functions of the distance of query and key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.softmax import row_blocks
from tb_attention.attention.theil_sen import Line, fit_line
from tb_attention.errors import InvalidInput

Floats = npt.NDArray[np.float64]

AXES = ("linear", "log")
"""What a line is fitted against.

The distance in tokens, or log2(1 + distance), so that a slope is per doubling.
"""


@dataclass(frozen=True)
class Distances:
    """One head by distance: the query's position less the key's, `first`, `first` + 1 ....

    Negative where later keys are seen.

    pairs: float64 [distances], how many pairs see each other at each. contributions: float64
    [neurons, distances], the mean of query[i, n] * key[j, n] * scale over these pairs. weights:
    float64 [distances], the mean weight. NaN where there is no pair.
    """

    first: int
    pairs: Floats
    contributions: Floats
    weights: Floats

    @property
    def scores(self) -> Floats:
        """float64 [distances]: the mean of q.k * scale, which is the sum over all neurons.

        NaN where there are none.
        """
        sums: Floats = self.contributions.sum(axis=0)
        return sums if len(self.contributions) else np.full_like(self.weights, np.nan)

    def line(self, values: Floats, axis: str = "linear") -> Line:
        """The robust line of `values` [distances] against the distance.

        Against its size where keys on both sides are seen.
        """
        places = np.abs(np.arange(self.first, self.first + len(self.pairs), dtype=np.float64))
        return fit_line(np.log2(1 + places) if axis == "log" else places, self.pairs, values)


def by_distance(layer: AttentionLayer) -> Distances:
    """Means over all pairs of a layer with one head that see each other.

    No neurons where only weights are known.

    Goes along the diagonals for the contributions and through blocks of rows for the weights:
    memory grows with tokens x neurons.
    """
    if layer.heads != 1:
        raise InvalidInput(f"distances are of one head; this layer has {layer.heads}.")
    start = layer.query_start
    first = 0 if layer.causal else start - layer.keys + 1
    last = layer.queries - 1 + start
    query, key = vectors(layer)
    allowed = _allowed(layer)
    pairs = np.zeros(last - first + 1)
    contributions = np.full((query.shape[1], len(pairs)), np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        for place, distance in enumerate(range(first, last + 1)):
            above = max(0, distance - start)
            below = max(above, min(layer.queries, layer.keys + distance - start))
            q, k = query[above:below], key[above + start - distance : below + start - distance]
            if allowed is not None:
                seen = np.diagonal(allowed, start - distance)
                q, k = q[seen], k[seen]
            pairs[place] = len(q)
            if len(q):
                contributions[:, place] = np.einsum("in,in->n", q, k) * (layer.scale / len(q))
        weights = _weights(layer, first, len(pairs)) / np.where(pairs == 0, np.nan, pairs)
    return Distances(first, pairs, contributions, weights)


def strongest(lines: list[Line]) -> npt.NDArray[np.int32]:
    """Neurons by |slope| * r2, largest first: how steep, as far as it is a line at all.

    Those without a line come last.
    """
    strength = np.array([abs(line.slope) * line.r2 for line in lines])
    return np.argsort(np.where(np.isnan(strength), np.inf, -strength), kind="stable").astype(
        np.int32
    )


def common_share(vectors: Floats) -> float | None:
    """How far the vectors [tokens, neurons] are one and the same.

    Squared length of their mean / mean of their squared lengths.

    1 where all are equal, near 0 where they point everywhere. None where there is none, or it is
    not finite.
    """
    if vectors.size == 0:
        return None
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        share = float(np.sum(vectors.mean(axis=0) ** 2) / np.mean(np.sum(vectors**2, axis=1)))
    return share if np.isfinite(share) else None


def vectors(layer: AttentionLayer) -> tuple[Floats, Floats]:
    """Query [queries, neurons] and key [keys, neurons] of a layer with one head, as float64.

    No neurons where only weights are known.
    """
    if layer.weights is not None:
        return np.zeros((layer.queries, 0)), np.zeros((layer.keys, 0))
    return layer.query[0].astype(np.float64), layer.key[0].astype(np.float64)


def _allowed(layer: AttentionLayer) -> npt.NDArray[np.bool_] | None:
    """Which keys each query may see, [queries, keys]: what mask and bias let be seen.

    None where there is neither.
    """
    allowed = None if layer.mask is None else np.asarray(layer.mask[0], bool)
    if layer.bias is not None:
        finite = np.asarray(layer.bias[0]) != -np.inf
        allowed = finite if allowed is None else allowed & finite
    return allowed


def _weights(layer: AttentionLayer, first: int, distances: int) -> Floats:
    """float64 [distances]: the sums of the weights."""
    sums = np.zeros(distances)
    for top, _, block in row_blocks(layer):
        for row, values in enumerate(block[0], start=top + layer.query_start - first):
            width = min(len(values), row + 1)
            sums[row - width + 1 : row + 1] += values[:width][::-1]
    return sums
