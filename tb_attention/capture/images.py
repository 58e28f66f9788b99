"""Which images of a batch belong to which text."""

from __future__ import annotations

from typing import Any

import torch


def images_of_texts(ids: torch.Tensor, config: Any, images: int) -> list[range] | None:
    """The images of each text, where their places stand in the ids; None where they do not.

    A model that has places for images has as many tokens for each.

    Args:
        ids: [texts, tokens].
        config: of the model.
        images: number of images, in the order of the texts.
    """
    names = ("image_token_id", "image_token_index", "image_token")
    token = next((t for name in names if isinstance(t := getattr(config, name, None), int)), None)
    if token is None:
        return None
    counts = (ids == token).sum(1).tolist()
    each = sum(counts) // images if images else 0
    if not each or any(count % each for count in counts) or sum(counts) != each * images:
        return None
    ends = [sum(counts[: place + 1]) // each for place in range(len(counts))]
    return [range(end - count // each, end) for end, count in zip(ends, counts, strict=True)]
