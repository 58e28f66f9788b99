"""What is shown of a layer in the place of weights: these themselves, or what arrives."""

from __future__ import annotations

from tb_attention.attention.layer import AttentionLayer
from tb_attention.errors import InvalidInput

WEIGHT, ARRIVING = "weight", "arriving"
SHOW = (WEIGHT, ARRIVING)
"""Weights, or the shares of what arrives: weight times the length of the value, over their sum."""


def shown(layer: AttentionLayer, show: str) -> AttentionLayer:
    """The layer, whose weights are what is to be shown.

    Args:
        layer: the layer as it was logged.
        show: one of SHOW.

    Raises:
        InvalidInput: it is none of SHOW.
        NotLogged: what arrives is to be shown, and the lengths of values are not known.
    """
    if show not in SHOW:
        raise InvalidInput(f"show is {show!r}: give {' or '.join(map(repr, SHOW))}.")
    return layer.arrived() if show == ARRIVING else layer
