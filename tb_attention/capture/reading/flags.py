"""What may be seen by the flags of a call, where it has no complete mask.

Causality, window, packed documents and padding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from tb_attention.capture.reading.visibility import Visibility


@dataclass(frozen=True, eq=False)
class Flags:
    """What the flags of a call let its queries see.

    Attributes:
        causal: no query sees a later key.
        start: which key stands where the first query does.
        before: how many keys a query sees before its own; None: all.
        after: how many keys a query sees after its own; None: all.
        documents: [keys], number of the packed document that a token is in; no token sees another
            document.
        kept: bool [keys], False is padding.
    """

    causal: bool
    start: int = 0
    before: int | None = None
    after: int | None = None
    documents: torch.Tensor | None = None
    kept: torch.Tensor | None = None

    def seen(self, rows: list[int], keys: int) -> torch.Tensor | None:
        """bool [1, rows, keys] of some queries; None where they see all keys."""
        places = torch.tensor(rows)
        mask = self._mask(places, keys)
        if not self.causal:
            return mask
        lower = torch.arange(keys) <= places[:, None] + self.start
        return lower[None] if mask is None else mask & lower

    def visibility(self, queries: int, keys: int) -> Visibility:
        """The Visibility of all queries."""
        return Visibility(
            self.causal,
            self.start if self.causal else 0,
            self._mask(torch.arange(queries), keys),
        )

    def _mask(self, rows: torch.Tensor, keys: int) -> torch.Tensor | None:
        """bool [1, rows, keys], causality left out; None where all is seen."""
        away = rows[:, None] + self.start - torch.arange(keys)
        seen: list[torch.Tensor] = []
        if self.before is not None and keys > self.before + 1:
            seen.append(away <= self.before)
        if self.after is not None and not self.causal and keys > self.after + 1:
            seen.append(-away <= self.after)
        if self.documents is not None:
            own = self.documents[(rows + self.start).clamp(0, keys - 1)]
            seen.append(own[:, None] == self.documents[:keys])
        if self.kept is not None:
            seen.append(self.kept[:keys].expand(len(rows), keys))
        if not seen:
            return None
        return torch.stack(seen).all(0)[None]


def window_of(value: Any) -> tuple[int | None, int | None]:
    """`before` and `after` of a window, as Flags has them.

    Args:
        value: transformers' number of keys with the query's own, or flash attention's (left,
            right).
    """
    if isinstance(value, list | tuple) and len(value) == 2:
        before, after = (None if side is None or side < 0 else int(side) for side in value)
        return before, after
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value - 1, value - 1
    return None, None


def documents_of(
    options: Mapping[str, Any], example: int, batch: int, keys: int
) -> torch.Tensor | None:
    """The packed document of each key, [keys]; None where there is one.

    By the lengths of the documents, or by positions that begin again.
    """
    lengths = options.get("cu_seq_lens_k", options.get("cu_seq_lens_q"))
    if isinstance(lengths, torch.Tensor) and batch == 1 and int(lengths[-1]) == keys:
        found = torch.searchsorted(
            lengths.detach().cpu()[1:].contiguous(), torch.arange(keys), right=True
        )
        return found if int(found[-1]) else None
    positions = options.get("position_ids")
    if not isinstance(positions, torch.Tensor) or positions.ndim not in (1, 2, 3):
        return None
    positions = positions.detach().reshape(-1, positions.shape[-1])
    positions = positions[example if len(positions) == batch else 0].cpu()
    if len(positions) != keys:
        return None
    # A place that is not after the one before begins a document.
    begins = (positions[1:] <= positions[:-1]).cumsum(0)
    return torch.cat([begins.new_zeros(1), begins]) if int(begins[-1:].sum()) else None
