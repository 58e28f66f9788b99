"""The tokens that the heads of a capture rest on, from its head metrics."""

from __future__ import annotations

from tb_attention.answers.left_out import Resting
from tb_attention.attention.key_sums import RESTS
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def resting_tokens(store: Store, location: Location) -> dict[tuple[str, int], Resting]:
    """(stack, layer) -> what its heads rest on; empty where that was not logged.

    A head rests on a token that has a share of RESTS of its weight or more, be it the first one.
    """
    table = store.head_metrics({location.step: location})
    if not {"resting", "resting_token"}.issubset(table.names):
        return {}
    score, place = (
        table.values[0, :, :, table.names.index(name)] for name in ("resting", "resting_token")
    )
    return {
        row: [
            int(at) if share >= RESTS and 0 <= at < 1 << 31 else None
            for share, at in zip(*of_row, strict=True)
        ]
        for row, *of_row in zip(table.rows, score.tolist(), place.tolist(), strict=True)
    }
