"""Sums over the keys of every row, of which head metrics are made.

They are added up over blocks of rows, so that no T x T array is kept. The time of logging is spent
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from array_api_compat import array_namespace, device

from tb_attention.attention.key_sums import KeySums
from tb_attention.attention.layer import Array, AttentionLayer
from tb_attention.attention.needle import Needle, NeedleHits
from tb_attention.attention.repeated_tokens import RepeatedTokens
from tb_attention.attention.softmax import Block, scores, support

LOCAL = 4
"""Reach of the sum `local`, in tokens."""

Sums = npt.NDArray[np.float64]


class RowSums:
    """Sums over the weights p of each row of one layer: `add` every block, then read.

    All are float64 [heads, queries], and NaN where not known. The ones from `distance` on need
    queries and keys that are the same tokens (`aligned`), the last two token ids besides.

    Attributes:
        mass: sum of p.
        first: p[i, 0].
        entropy: -sum p ln p, in nats.
        top: largest p.
        top_score: largest score before the softmax; NaN where only weights are known.
        support: number of keys that may be seen.
        arriving: sum of p n, with the lengths n of the values; NaN where these are not known.
        distance: sum of p |i - j|, in tokens.
        own: p[i, i].
        previous: p[i, i - 1].
        local: sum of p over |i - j| <= LOCAL.
        duplicate: sum of p over j < i with the same token.
        induction: sum of p over 1 <= j <= i behind the same token.
    """

    def __init__(
        self,
        layer: AttentionLayer,
        ids: Sequence[int] = (),
        *,
        aligned: bool = True,
        needle: Needle | None = None,
    ) -> None:
        """Begins with no row.

        Args:
            layer: the layer whose blocks are added.
            ids: token ids of the sequence, for the sums over repeats and for retrieval.
            aligned: whether queries and keys are the same tokens (not in cross attention).
            needle: the needle of a generation; None: there is none.
        """
        self.layer, self.aligned = layer, aligned
        self.repeats = RepeatedTokens.of(tuple(ids)) if aligned and len(ids) == layer.keys else None
        """The repeats of the tokens, None where the ids are not known."""
        known = aligned and needle is not None and len(ids) == layer.keys
        self.hits = NeedleHits(layer, ids, needle) if known and needle is not None else None
        """What of the needle is retrieved, None without one."""
        self.keys = KeySums(layer)
        """The sums over the queries."""

        def empty() -> Sums:
            return np.full((layer.heads, layer.queries), np.nan)

        self.mass, self.first, self.entropy, self.top, self.top_score, self.support = (
            empty() for _ in range(6)
        )
        self._shift, self._total, self.arriving = empty(), empty(), empty()
        self.distance, self.own, self.previous, self.local, self.duplicate, self.induction = (
            empty() for _ in range(6)
        )

    @property
    def positions(self) -> npt.NDArray[np.int64]:
        """Position of each query among the keys: int64 [queries]."""
        return np.arange(self.layer.queries) + self.layer.query_start

    def add(self, block: Block) -> None:
        """Adds one block of softmax.raised_blocks; overwrites its scores."""
        block, start = _on_cpu(block), block.start
        raised = block.raised
        rows, width = raised.shape[1:]
        where = slice(start, start + rows)
        self.support[:, where] = support(self.layer, start, block.scores, raised)
        self.keys.add(block, self.support[:, where])
        if self.hits is not None:
            self.hits.add(block)
        xp = array_namespace(raised)
        first_key = raised[:, :, 0] if width else xp.zeros_like(block.mass)
        if block.scores is None:
            parts = [
                xp.max(raised, axis=2) if width else block.mass,
                xp.sum(raised * xp.log(raised + 1e-37), axis=2),
            ]
        else:
            parts = [block.top, block.shift, _product(block)]
        mass, total, first, top, *rest = _together([block.mass, block.total, first_key, *parts])
        with np.errstate(
            invalid="ignore", over="ignore"
        ):  # rows that are NaN are left out by who reads this
            self.mass[:, where], self.first[:, where] = mass / total, first / total
            if block.scores is None:
                self.entropy[:, where], self.top[:, where] = -rest[0], top
            else:
                shift, product = rest
                self._shift[:, where], self._total[:, where] = shift, total
                # ln p = score - ln total, so no logarithm of every weight is taken.
                self.entropy[:, where] = (np.log(total) * mass - product) / total
                self.top[:, where], self.top_score[:, where] = np.exp(top - shift) / total, top
            if self.layer.value_norms is not None:
                self.arriving[:, where] = self._lengths(raised) / total
            if self.aligned:
                self._add_places(raised, where, total)
            if self.repeats is not None:
                for name, pairs in self.repeats.pairs(
                    start + self.layer.query_start, rows, width
                ).items():
                    getattr(self, name)[:, where] = _gathered(raised, *pairs) / total

    def on_key(self, head: int, key: int) -> Sums:
        """The weight of every query of a head on one key: float64 [queries], when all is added."""
        one = self.layer.head(head)
        if one.weights is not None:
            return _numpy(one.weights[0, :, key]).astype(np.float64)
        # Of a layer with this key alone; it stands at 0, so that queries begin earlier.
        cut: Any = {
            name: None if array is None else array[..., key : key + 1]
            for name in ("mask", "bias", "value_norms")
            for array in [getattr(one, name)]
        }
        alone = replace(
            one, key=one.key[:, key : key + 1], query_start=one.query_start - key, **cut
        )
        score = _numpy(scores(alone))[0, :, 0].astype(np.float64)
        weights: Sums = np.exp(score - self._shift[head]) / self._total[head]
        return weights

    def norms(self, key: int) -> Sums:
        """The length of the value of one key in each head: float64 [heads], NaN if not known."""
        if self.layer.value_norms is None:
            return np.full(self.layer.heads, np.nan)
        return _numpy(self.layer.value_norms[:, key]).astype(np.float64)

    def _lengths(self, raised: Array) -> Sums:
        """Sum over the keys of raised times the lengths of values: float64 [heads, rows]."""
        xp, width = array_namespace(raised), raised.shape[2]
        norms = xp.asarray(self.layer.value_norms[:, :width], dtype=xp.float32)
        norms = xp.asarray(norms, device=device(raised))
        return _numpy(raised @ norms[:, :, None])[:, :, 0].astype(np.float64)

    def _add_places(self, raised: Array, where: slice, total: Sums) -> None:
        """The sums that know where a key stands.

        Near the diagonal each row has weights of its own; elsewhere all have the same.
        """
        rows, width = raised.shape[1:]
        begin = where.start + self.layer.query_start
        left, right, near = _near(begin, rows, width)
        xp, on = array_namespace(raised), device(raised)
        # [rows, kinds, keys] @ [rows, keys, heads]
        sums = _numpy(
            xp.asarray(near, device=on) @ xp.permute_dims(raised[:, :, left:right], (1, 2, 0))
        )
        distance, own, previous, local = np.moveaxis(sums, (1, 2), (0, 1)).astype(np.float64)
        j, i = np.arange(width), np.arange(rows)
        sides = [(j < left, begin - j, i), (j >= right, j - begin, -i)]
        # All keys at once, with zeros: a part of the columns would be copied.
        far = np.stack(
            [column for keys, apart, _ in sides if keys.any() for column in (keys, keys * apart)]
            or [j],
            axis=1,
        )
        parts = np.moveaxis(
            _numpy(raised @ xp.asarray(far.astype(np.float32), device=on)), 2, 0
        ).astype(np.float64)
        for number, (_, _, more) in enumerate(side for side in sides if side[0].any()):
            distance += parts[2 * number + 1] + parts[2 * number] * more
        self.distance[:, where], self.own[:, where] = distance / total, own / total
        self.previous[:, where], self.local[:, where] = previous / total, local / total


@lru_cache(maxsize=64)
def _near(begin: int, rows: int, width: int) -> tuple[int, int, npt.NDArray[np.float32]]:
    """The keys near to the queries from `begin` to `begin + rows`, and what each counts there.

    Returns:
        First key, one past the last, and float32 [rows, kinds, keys]; kinds are the distance, the
        query's own token, the one before it, and LOCAL tokens around it.
    """
    left, right = (min(max(place, 0), width) for place in (begin - LOCAL, begin + rows + LOCAL))
    apart = np.arange(begin, begin + rows)[:, None] - np.arange(left, right)[None, :]
    return (
        left,
        right,
        np.stack([np.abs(apart), apart == 0, apart == 1, np.abs(apart) <= LOCAL], axis=1).astype(
            np.float32
        ),
    )


def _on_cpu(block: Block) -> Block:
    """The block as arrays of numpy, which share memory with torch's, unless on an accelerator.

    numpy takes a third of torch's time for products with few columns and for a product of two
    arrays that is summed at once.
    """
    if getattr(getattr(block.raised, "device", None), "type", "") != "cpu":
        return block

    def of(array: Array) -> Array:
        return None if array is None else array.numpy()

    names = ("scores", "raised", "shift", "top", "mass", "total")
    arrays: Any = {name: of(getattr(block, name)) for name in names}
    return replace(block, **arrays)


def _together(arrays: list[Array]) -> list[Sums]:
    """The arrays as float64 of numpy; from an accelerator in one transfer."""
    if not isinstance(arrays[0], np.ndarray):
        arrays = list(_numpy(array_namespace(arrays[0]).stack(arrays)))
    return [array.astype(np.float64) for array in arrays]


def _product(block: Block) -> Array:
    """Sum over the keys of raised * scores: [heads, rows].

    A key that is hidden gives 0 and not NaN.
    """
    xp, seen, scores = array_namespace(block.raised), block.seen, block.scores
    scores[:, :, seen:] = xp.clip(scores[:, :, seen:], -1e30, None)
    return xp.vecdot(block.raised, scores)


def _gathered(raised: Array, rows: npt.NDArray[np.int64], keys: npt.NDArray[np.int64]) -> Sums:
    """Sums of raised at (row, key): float64 [heads, rows]; rows ascend."""
    sums = np.zeros(raised.shape[:2])
    if len(rows):
        xp, on = array_namespace(raised), device(raised)
        found = _numpy(raised[:, xp.asarray(rows, device=on), xp.asarray(keys, device=on)]).astype(
            np.float64
        )
        begun = np.concatenate([[0], np.flatnonzero(rows[1:] != rows[:-1]) + 1])
        sums[:, rows[begun]] = np.add.reduceat(found, begun, axis=1)
    return sums


def _numpy(array: Array) -> npt.NDArray[np.float32]:
    return np.asarray(array.cpu() if hasattr(array, "cpu") else array)
