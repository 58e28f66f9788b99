"""What is not in a capture, and why, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_NAMED = 3
"""At most this many modules are named in a sentence."""


def nothing_seen(model: Any) -> str:
    """Why there is no attention, and what to do."""
    name = type(model).__name__
    if hasattr(model, "main_input_name"):
        return (
            f"no attention was seen in {name}: no layer of it calls an attention function of "
            "transformers or torch, and it returns no attention weights of one example over its "
            "tokens, so there is nothing to log. If it has attention, load it with "
            "attn_implementation='eager', or log its arrays with tb_attention.log_arrays."
        )
    return (
        f"no attention was seen in {name}: no layer of it calls "
        "torch.nn.functional.scaled_dot_product_attention, flex_attention or a known kernel such "
        "as flash_attn_func, or is a torch.nn.MultiheadAttention. Use one of them, or log its "
        "arrays with tb_attention.log_arrays."
    )


def divided_batch(divided: Mapping[str, int], batch: int) -> str:
    """Why nothing is shown of attention over another batch than was given, and what to do."""
    name, size = next(iter(divided.items()))
    return (
        f"{name or 'the model'} attends over a batch of {size}, and the model was given one of "
        f"{batch}, so that it is not known which rows belong to an example: watch the part of the "
        "model that is given that batch, as in logger.capture(model.part, examples=(0, 1), ...)."
    )


def begun_elsewhere(example: int) -> str:
    """Why nothing is shown of a row whose cache another row began, and what to do."""
    return (
        f"example {example} was not in the batch of the pass that began its key-value cache, as "
        "where a cache is copied to more rows: run the model once over the whole text."
    )


def parts_left_out(divided: Mapping[str, int]) -> str:
    """The note of a capture without these modules."""
    names = [name or "the model" for name in divided]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"{', '.join(names[:_NAMED])}{more} left out: attention inside of parts of the input, such "
        "as windows of an image."
    )


def layers_left_out(name: str, layers: Sequence[int]) -> str:
    """The note of a capture without these layers of a model that only returns weights."""
    which = f"layer{'s' if len(layers) > 1 else ''} {', '.join(map(str, layers))}"
    return (
        f"{which} of {name or 'the model'} left out: the weights that it returns are not those of "
        "one example over its tokens, but of parts of the input, such as windows of an image."
    )


def images_left_out(name: str) -> str:
    """The note of a capture without a tower whose images, or sounds, belong to unknown texts."""
    return (
        f"{name} left out: it is not known which of its rows belong to which text of the batch. "
        "Give one text, as a probe does."
    )


def tower_left_out(name: str) -> str:
    """The note of a capture without a tower that was not seen to attend."""
    return (
        f"{name or 'the rest of the model'} left out: no layer of it calls an attention function "
        "of transformers or torch, and it returns no attention weights of one example."
    )
