"""The ids of tokens that a model was fed as embeddings."""

from __future__ import annotations

from typing import Any

import torch

UNKNOWN = -1
"""Instead of an id, where an embedding is none of the vocabulary's, as those of an image."""


def ids_of(embeddings: torch.Tensor, model: Any) -> torch.Tensor:
    """The ids whose embeddings these are, bit for bit: int64 [tokens].

    Args:
        embeddings: [tokens, width].
        model: the model that they were fed to.
    """
    ids = torch.full(embeddings.shape[:1], UNKNOWN)
    table = embeddings_of(model)
    weight = getattr(table, "weight", None)
    if not isinstance(weight, torch.Tensor) or weight.shape[-1:] != embeddings.shape[-1:]:
        return ids
    with torch.no_grad():
        # Some tables scale what they look up.
        column = weight[:, 0].float() * float(getattr(table, "embed_scale", 1.0))
        for place, one in enumerate(embeddings.detach()):
            first = one[0].float()
            near = ((column - first).abs() <= 0.01 * first.abs()).nonzero().flatten()
            if len(near) and bool((same := (table(near) == one).all(-1)).any()):
                ids[place] = near[same][0]
    return ids


def embeddings_of(model: Any) -> Any:
    """The table of a model's tokens; None where it has none, or several."""
    try:
        return model.get_input_embeddings()
    except (AttributeError, NotImplementedError):
        return None
