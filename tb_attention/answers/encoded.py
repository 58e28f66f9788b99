"""An answer as its bytes: arrays in safetensors framing, JSON, or a file as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from safetensors.numpy import save

from tb_attention.answers.answer import Arrays
from tb_attention.answers.json_text import json_text


def encoded(answer: Any) -> bytes:
    """The bytes of an answer: Arrays in safetensors framing, a file as it is, all else as JSON.

    Example:
        >>> encoded({"progress": 1.0})
        b'{"progress": 1.0}'
    """
    if isinstance(answer, bytes):
        return answer
    if not isinstance(answer, Arrays):
        # Half of a surrogate pair, from a name on disk, must not make an answer of nothing.
        return json_text(answer).encode("utf-8", "backslashreplace")
    metadata = {name: json_text(value) for name, value in answer.metadata.items()}
    arrays = {name: np.ascontiguousarray(array) for name, array in answer.arrays.items()}
    return bytes(save(arrays, metadata or None))
