"""Which queries of a call are compared with the model's own output."""

from __future__ import annotations

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.masks import Masks
from tb_attention.capture.reading.visibility import Visibility

_MANY = 128


def few_rows(call: AttentionCall, seen: Visibility, masks: Masks) -> list[int]:
    """A few queries that show whether a reading is right.

    The first query, the first that sees several keys, one in the middle, the last; and where the
    last packed document begins. None of them is padding, for whose output functions differ.
    Ascending; empty where no query sees anything.
    """
    queries, keys = call.query.shape[2], call.key.shape[2]
    documents = masks.documents(call)

    def make() -> list[int]:
        rows, several = _real(seen, queries, keys)
        if not rows:
            return []
        begins = [] if documents is None else [int((documents < documents[-1]).sum())]
        chosen = {rows[0], several, rows[len(rows) // 2], rows[-1], *begins}
        return sorted(chosen.intersection(rows))

    place = ("few", id(seen.mask), seen.causal, seen.query_start, id(documents))
    return masks.once(place, (seen.mask, documents), (queries, keys), make)


def hidden_keys(
    call: AttentionCall, seen: Visibility, rows: list[int], masks: Masks
) -> torch.Tensor:
    """[1 or key_heads, query heads of each x rows, keys], -inf where a row does not see a key."""
    heads, key_heads, keys = call.query.shape[1], call.key.shape[1], call.key.shape[2]
    shared = heads // key_heads

    def make() -> torch.Tensor:
        visible = seen.seen(rows, keys)
        hidden = torch.zeros(1, len(rows), keys)
        if visible is not None:
            hidden = torch.zeros(visible.shape).masked_fill_(~visible, -torch.inf)
        if len(hidden) == 1:
            hidden = hidden.repeat(1, shared, 1)
        return hidden.view(-1, shared * len(rows), keys).to(call.query.device)

    place = ("hidden", id(seen.mask), seen.causal, seen.query_start, tuple(rows), heads, key_heads)
    return masks.once(place, seen.mask, (len(rows), keys), make)


def many_rows(call: AttentionCall, seen: Visibility) -> list[int]:
    """Enough queries to distinguish readings, evenly among those that are no padding."""
    rows, _ = _real(seen, call.query.shape[2], call.key.shape[2])
    return sorted({rows[len(rows) * place // _MANY] for place in range(_MANY)} if rows else ())


def _real(seen: Visibility, queries: int, keys: int) -> tuple[list[int], int]:
    """The queries that are no padding, and the first of them that sees several keys."""
    if seen.mask is None:
        # The number of keys grows by one with each query, if it is not the same for all.
        first = max(-seen.query_start, 0) if seen.causal else 0
        several = max(1 - seen.query_start, 0) if seen.causal else 0
        return list(range(first, queries)), min(several, queries - 1)
    visible = seen.mask.tril(seen.query_start) if seen.causal else seen.mask
    count = visible.sum(2).amin(0)
    # A token that does not see itself is padding.
    places = (torch.arange(queries) + keys - queries).clamp(0, keys - 1)
    own = visible.all(0).gather(1, places[:, None])[:, 0]
    real = (count > 0) & own
    rows = (real if bool(real.any()) else count > 0).nonzero().flatten().tolist()
    return rows, next((row for row in rows if int(count[row]) > 1), rows[0] if rows else 0)
