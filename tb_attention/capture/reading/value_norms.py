"""How long the values of a call are when they arrive: ||v_j W_O^h|| (Kobayashi et al. 2020)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.projection import Projection
from tb_attention.capture.reading.rounding import precisely


@dataclass(eq=False)
class ValueNorms:
    """Of some keys of a call; known when its pass has gone on.

    Attributes:
        norms: float32 [heads, keys] where the model is; None as long as they are not known.
        projection: name of the module with W_O in the model; "" where these are norms of v alone.
    """

    norms: torch.Tensor | None = None
    projection: str = ""


def value_norms(call: AttentionCall, example: int, keys: slice) -> ValueNorms | None:
    """The norms of these keys of an example; None where the values are not known.

    They are computed when the projection is about to run, of its weight at that moment.
    """
    heads, value = call.query.shape[1], call.value
    if value is None or value.shape[2] != call.key.shape[2] or heads % value.shape[1]:
        return None
    mine, found = value[example if len(value) > 1 else 0][:, keys], ValueNorms()

    def known(projection: Projection | None) -> None:
        weight = None if projection is None else projection.weight
        if projection is None or weight is None or len(weight) != heads * mine.shape[2]:
            found.norms = _norms(mine, heads, None)
        else:
            found.norms, found.projection = _norms(mine, heads, weight), projection.name

    if call.projected is None:
        known(None)
    else:
        call.projected(known)
    return found


def _norms(value: torch.Tensor, heads: int, weight: torch.Tensor | None) -> torch.Tensor:
    """float32 [heads, keys].

    Args:
        value: [value_heads, keys, size].
        heads: number of query heads, which share heads of values one after the other.
        weight: [heads x size, width]; None: the norms of the values alone.
    """
    shared, size = heads // len(value), value.shape[2]
    with torch.no_grad(), precisely(value):
        each = value.float()
        if weight is None:
            norms: torch.Tensor = torch.linalg.vector_norm(each, dim=2)
            return norms.repeat_interleave(shared, 0)
        each = each.repeat_interleave(shared, 0)
        parts = weight.to(each.device, torch.float32).reshape(heads, size, -1)
        if each.shape[1] > size:
            # v W W^T v^T: of more keys than neurons, W W^T first takes fewer products.
            norms = (each @ (parts @ parts.mT) * each).sum(2).clamp_min(0).sqrt()
        else:
            norms = torch.linalg.vector_norm(each @ parts, dim=2)
        return norms
