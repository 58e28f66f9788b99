"""Which images or sounds of a batch belong to which text."""

from __future__ import annotations

from typing import Any

import torch

from tb_attention.capture.streams.frames import Frame, tensors_in
from tb_attention.capture.streams.model_inputs import is_ids, main_tensor, own_features

_TOKENS = tuple(
    f"{kind}_token_{name}" for kind in ("image", "audio", "video") for name in ("id", "index")
)
"""What configs call the token that stands in a text where something else is put in."""


def rows_of_images(
    frame: Frame, batch: int, config: Any = None, prompt: torch.Tensor | None = None
) -> list[range] | None:
    """The rows of each text in the batch of a tower that reads no text.

    Args:
        frame: the call of the tower.
        batch: size of the batch that the tower is given.
        config: of the whole model.
        prompt: ids [texts, tokens] for which generate() runs the tower by itself.

    Returns:
        One range for each text; none at all where it is not known whose they are; None where the
        rows are those of the batch, as no text has a place for an image.
    """
    ids = frame.top.named.get("input_ids")
    if frame is frame.top:
        if prompt is None or not own_features(frame.given):
            return None
        ids = prompt
    if not is_ids(ids) or _reads(frame, ids):
        return _folded(frame, batch)
    configs = [config, *(getattr(around.module, "config", None) for around in frame.around())]
    known = (getattr(config, name, None) for config in configs for name in _TOKENS)
    tokens = torch.tensor([token for token in known if isinstance(token, int)])
    counts = torch.isin(ids.cpu(), tokens).sum(1).tolist()
    if not sum(counts):
        return _folded(frame, batch)
    return [range(batch)] if len(ids) == 1 else _divided(counts, batch)


def _folded(frame: Frame, batch: int) -> list[range] | None:
    """The rows of each example, where its frames or choices come as an axis of their own.

    Which is folded into the batch of the tower.
    """
    main = main_tensor(frame.given)
    for one in tensors_in(frame.top.given) if main is not None else ():
        each = one.shape[1] if one.ndim > 1 else 0
        if each and main is not None and len(main) == batch == len(one) * each:
            if one.shape[2:] == main.shape[1:]:
                return [range(place, place + each) for place in range(0, batch, each)]
    return None


def _reads(frame: Frame, ids: torch.Tensor) -> bool:
    """Whether a tower is given ids, or something for each id."""
    given = (frame.given.get(name) for name in ("inputs_embeds", "hidden_states"))
    return is_ids(frame.given.get("input_ids")) or any(
        isinstance(one, torch.Tensor) and one.shape[:2] == ids.shape for one in given
    )


def _divided(counts: list[int], batch: int) -> list[range]:
    """In the order of the texts, where each image has as many tokens as any other."""
    each = sum(counts) // batch if batch else 0
    if not each or any(count % each for count in counts) or sum(counts) != each * batch:
        return []
    ends = [sum(counts[: place + 1]) // each for place in range(len(counts))]
    return [range(end - count // each, end) for end, count in zip(ends, counts, strict=True)]
