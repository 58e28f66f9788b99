"""What rounding does to the output of an attention function."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall


def precisely(tensor: torch.Tensor) -> AbstractContextManager[Any]:
    """A context without the autocast around the model."""
    kind = tensor.device.type
    on = torch.is_autocast_enabled(kind)
    return torch.autocast(kind, enabled=False) if on else nullcontext()


def is_fine(call: AttentionCall) -> bool:
    """Whether nothing is rounded to half precision."""
    assert call.value is not None and call.output is not None
    sizes = (one.element_size() for one in (call.query, call.value, call.output))
    return min(sizes) > 2 and torch.get_float32_matmul_precision() == "highest"


def allowed(tops: torch.Tensor | None) -> torch.Tensor | float:
    """What rounding may do to an output, as a share of its length. Measured: docs/design.md."""
    if tops is None:
        return 1e-3
    # Eager functions round scores to half precision, so that the error grows with them.
    return (2**-9 * (8 + 2 * tops)).clamp_max(0.3)
