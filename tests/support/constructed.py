"""Captures that are made, not trained, for tests and pictures of the tab.

Any size, hostile tokens, runs that lack something.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tb_attention import AttentionLogger
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence

WORDS = (
    "The doctor asked the nurse a question . "
    "She said that he would come back after the long night shift"
).split()

HOSTILE = (
    b"<img src=x onerror=\"parent.hurt='yes'\">",
    b"=HYPERLINK(1)",
    b"+1",
    b"-",
    b"@SUM(A1)",
    b"\x00\x07\x1b[31m",
    " \u202eright to left\u202c".encode(),
    "\u200f\u05e9\u05dc\u05d5\u05dd".encode(),
    " \u0645\u0631\u062d\u0628\u0627".encode(),
    b"\xe2",
    b"\x80\xff",
    b"long" * 2500,
    " \U0001f469\u200d\U0001f469\u200d\U0001f467".encode(),
    b"\n",
    b"\n\n\t",
    b"   ",
    b"",
    b'a,"b"\r\n',
    b"</script><b>",
    "e\u0301\u0301\u0301\u0301".encode(),
)
"""Tokens as no tokeniser should make them, and some do."""


def words(tokens: int) -> tuple[bytes, ...]:
    """A passage of so many tokens, as byte-level BPE has them."""
    return tuple(
        (word if place == 0 else f" {word}").encode()
        for place, word in enumerate(WORDS[at % len(WORDS)] for at in range(tokens))
    )


def capture(
    tokens: Sequence[bytes],
    *,
    layers: int = 3,
    heads: int = 4,
    neurons: int = 16,
    turn: float = 1.0,
    seed: int = 0,
) -> Capture:
    """A decoder whose heads look at the same token, the one before, the first one or anywhere.

    turn: how much they do.
    """
    random = np.random.default_rng(seed)
    count = len(tokens)
    names = {token: random.standard_normal(neurons) for token in sorted(set(tokens))}
    same = np.stack([names[token] for token in tokens])
    angles = np.arange(count)[:, None] * (0.7 / (1 + np.arange(neurons // 2)))
    place = np.concatenate([np.cos(angles), np.sin(angles)], axis=1) * 1.6
    before = np.roll(place, 1, axis=0)
    first = np.zeros((count, neurons))
    first[0, 0] = 12.0
    steady = np.ones((count, neurons))
    kinds = [
        (same, same),
        (before, place),
        (steady, first),
        (same, random.standard_normal((count, neurons))),
    ]

    def layer(number: int) -> AttentionLayer:
        chosen = [kinds[(head + number) % len(kinds)] for head in range(heads)]
        noise = random.standard_normal((2, heads, count, neurons)) * 0.2
        query, key = (
            np.stack([turn * each[side] for each in chosen]) + noise[side] for side in (0, 1)
        )
        return AttentionLayer(
            query=query.astype(np.float32),
            key=key.astype(np.float32),
            scale=neurons**-0.5,
            module=f"h.{number}",
        )

    sequence = TokenSequence(tokens=tuple(tokens), ids=tuple(range(count)))
    return Capture(
        "constructed",
        (sequence,),
        (Stack("decoder", {number: layer(number) for number in range(layers)}),),
    )


def write(run: Path, tag: str, steps: dict[int, Capture]) -> None:
    """Logs captures of one tag."""
    with AttentionLogger(run, strict=True) as logger:
        for step, each in steps.items():
            logger.write(each, tag=tag, step=step)


def record_file(run: Path) -> Path:
    """The newest record file of a run."""
    return max((run / "plugins" / "attention").glob("*.tfrecord"))


def damage(run: Path) -> None:
    """Turns over one byte in the first commit record, which its checksum then tells."""
    path = record_file(run)
    content = bytearray(path.read_bytes())
    content[content.find(b"constructed") + 2] ^= 0xFF
    path.write_bytes(content)


def lose(run: Path) -> None:
    """Takes the record files away, as a copy does that knows only event files."""
    shutil.rmtree(run / "plugins")
