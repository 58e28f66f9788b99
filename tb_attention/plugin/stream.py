"""Answers so large that they are made while they are sent."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
from werkzeug.wrappers import Response

from tb_attention.answers.answer import Streamed

AT_ONCE = 2
"""So many are under way at once: each holds the tensors of a layer, and a core."""

PATIENCE = 20.0
"""Seconds that a further one waits for its turn."""

_KINDS = {"f4": "F32", "f2": "F16", "u1": "U8"}
"""numpy's names of dtypes -> those of safetensors."""

_turns = threading.BoundedSemaphore(AT_ONCE)


def stream(answer: Streamed) -> Response | None:
    """The response in safetensors framing, or None where too many are under way.

    The first part is made before the response begins: what is damaged is an answer of its own.
    """
    if not _turns.acquire(timeout=PATIENCE):
        return None
    turn = ExitStack()
    turn.callback(_turns.release)
    try:
        parts = answer.parts()
        first = next(parts)
    except BaseException:
        turn.close()
        raise
    size = int(np.prod(answer.shape, dtype=np.int64)) * answer.dtype.itemsize
    header = _header(answer, size)
    response = Response(
        _bytes(turn, header, first.tobytes(), (part.tobytes() for part in parts)),
        content_type="application/octet-stream",
        headers={
            "Content-Length": str(len(header) + size),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache, must-revalidate",
        },
    )
    # Where the browser leaves before the first part.
    response.call_on_close(turn.close)
    return response


def _bytes(turn: ExitStack, header: bytes, first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    with turn:
        yield header
        yield first
        yield from rest


def _header(answer: Streamed, size: int) -> bytes:
    """That of a file of one array: its length, then JSON that ends at a multiple of 8 bytes."""
    kind = _KINDS[answer.dtype.str.lstrip("<|")]
    entry = {"dtype": kind, "shape": answer.shape, "data_offsets": [0, size]}
    text = json.dumps({answer.name: entry}).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text
