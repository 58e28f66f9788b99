"""Contributions of neurons to the scores, and weights, by the distance of query and key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_attention.attention.dtypes import Booleans, Floats64
from tb_attention.attention.layer import AttentionLayer
from tb_attention.attention.softmax import row_blocks
from tb_attention.attention.theil_sen import Line, binned, fit_line
from tb_attention.errors import InvalidInput

AXES = ("linear", "log")
"""What a line is fitted against: the distance in tokens, or log2(1 + distance).

With "log" a slope is per doubling of the distance.
"""

CLEAR = 0.8
"""Share of the variance that a line must explain for its neurons to be named."""

TURNS = 0.25
"""Of its range, how far a curve may come back for its neurons to be named."""

STRETCHES = 8
"""Means of which a curve is made to see whether it comes back; single distances are too noisy."""

RARE = 0.02
"""Distances with less than this share of the most frequent one's pairs are not drawn."""


@dataclass(frozen=True)
class ByDistance:
    """One head by distance: the query's position less the key's.

    Distances are `first`, `first` + 1 ...; they are negative where later keys are seen.

    Attributes:
        first: the smallest distance, in tokens.
        pairs: float64 [distances], number of pairs that see each other.
        contributions: float64 [neurons, distances], the mean of query[i, n] * key[j, n] * scale
            over these pairs; NaN where there is no pair.
        weights: float64 [distances], the mean weight; NaN where there is no pair.
    """

    first: int
    pairs: Floats64
    contributions: Floats64
    weights: Floats64

    @property
    def scores(self) -> Floats64:
        """Mean of q.k * scale, the sum over all neurons: float64 [distances].

        NaN where there is no pair, or only weights are known.
        """
        sums: Floats64 = self.contributions.sum(axis=0)
        return sums if len(self.contributions) else np.full_like(self.weights, np.nan)

    def line(self, values: Floats64, axis: str = "linear") -> Line:
        """The robust line of `values` [distances] against the distance.

        Where keys on both sides are seen, against the size of the distance.
        """
        places = self._sizes
        return fit_line(np.log2(1 + places) if axis == "log" else places, self.pairs, values)

    def turns_back(self, values: Floats64, line: Line) -> float:
        """How far `values` [distances] come back against their line, as a share of their range.

        Of the means over STRETCHES stretches of equal width, without RARE distances: 0 where they
        only fall, or only rise, as the line does; 1 where they come all the way back. NaN where
        there is no line, or nothing to compare.
        """
        often = self.pairs >= RARE * self.pairs.max(initial=0.0)
        _, _, means = binned(self._sizes[often], self.pairs[often], values[often], STRETCHES)
        if not line.slope or not np.isfinite(line.slope) or len(means) < 3:
            return float("nan")
        along = means * np.sign(line.slope)
        spread = float(along.max() - along.min())
        back = float((np.maximum.accumulate(along) - along).max())
        return back / spread if spread > 0 else float("nan")

    def joined(self) -> Floats64:
        """The contributions of rotary partners together: float64 [neurons / 2, distances].

        Rotary embedding turns neuron i with neuron i + neurons / 2 (as in Llama, Qwen, Mistral,
        Gemma): together they depend on the distance alone, each by itself on the place in the text
        as well.
        """
        half = len(self.contributions) // 2
        sums: Floats64 = self.contributions[:half] + self.contributions[half:]
        return sums

    @property
    def _sizes(self) -> Floats64:
        """The sizes of the distances."""
        return np.abs(np.arange(self.first, self.first + len(self.pairs), dtype=np.float64))


def by_distance(layer: AttentionLayer) -> ByDistance:
    """Means over all pairs of query and key that see each other, of a layer with one head.

    Without neurons where only weights are known. Goes along the diagonals for the contributions and
    through blocks of rows for the weights: memory grows with tokens x neurons.

    Raises:
        InvalidInput: the layer has several heads.
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
    return ByDistance(first, pairs, contributions, weights)


def has_partners(layer: AttentionLayer) -> bool:
    """Whether its neurons are turned in pairs, and so belong together two by two."""
    return layer.rotary and layer.weights is None and layer.query.shape[-1] % 2 == 0


def strongest(lines: list[Line]) -> npt.NDArray[np.int32]:
    """Curves by |slope| * r2, largest first; those without a line come last: int32 [curves].

    |slope| is how steep the line is, and r2 how well it describes the values.
    """
    strength = np.array([abs(line.slope) * line.r2 for line in lines])
    return np.argsort(np.where(np.isnan(strength), np.inf, -strength), kind="stable").astype(
        np.int32
    )


def is_clear(line: Line, turns_back: float) -> bool:
    """Whether a curve follows its line, and does not come back: its neurons may be named."""
    return line.r2 >= CLEAR and line.slope != 0 and turns_back <= TURNS


def common_share(vectors: Floats64) -> float | None:
    """How much of the vectors is common to all: |mean vector|^2 / mean of |vector|^2.

    Args:
        vectors: [tokens, neurons].

    Returns:
        1 where all vectors are equal, near 0 where they point everywhere; None where there are
        none, or the share is not finite.
    """
    if vectors.size == 0:
        return None
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        share = float(np.sum(vectors.mean(axis=0) ** 2) / np.mean(np.sum(vectors**2, axis=1)))
    return share if np.isfinite(share) else None


def vectors(layer: AttentionLayer) -> tuple[Floats64, Floats64]:
    """Query [queries, neurons] and key [keys, neurons] of a layer with one head, as float64.

    Without neurons where only weights are known.
    """
    if layer.weights is not None:
        return np.zeros((layer.queries, 0)), np.zeros((layer.keys, 0))
    return layer.query[0].astype(np.float64), layer.key[0].astype(np.float64)


def _allowed(layer: AttentionLayer) -> Booleans | None:
    """Which keys mask and bias let each query see, bool [queries, keys]; None without either."""
    allowed = None if layer.mask is None else np.asarray(layer.mask[0], bool)
    if layer.bias is not None:
        finite = np.asarray(layer.bias[0]) != -np.inf
        allowed = finite if allowed is None else allowed & finite
    return allowed


def _weights(layer: AttentionLayer, first: int, distances: int) -> Floats64:
    """Sums of the weights: float64 [distances]."""
    sums = np.zeros(distances)
    for top, _, block in row_blocks(layer):
        for row, values in enumerate(block[0], start=top + layer.query_start - first):
            width = min(len(values), row + 1)
            sums[row - width + 1 : row + 1] += values[:width][::-1]
    return sums
