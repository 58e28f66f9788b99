"""Writes a small log directory, and the numbers that are in it, with the version that runs this.

    python tests/data/make_logs.py tests/data/logs-0.1

Uses public names only. What was written once is never written anew: it stands for the logs that
people have. A later format gets a folder of its own beside it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util.tensor_util import make_ndarray

from tb_attention import AttentionLayer, AttentionLogger, Capture, Sequence, Stack

TEXT = "The doctor asked. She did"
TOKENS = (b"The", b" doctor", b" asked", b".", b" She", b" did")
IDS = (5, 6, 7, 8, 9, 6)
NEURONS = 4


def vectors(random: np.random.Generator, heads: int, tokens: int) -> np.ndarray:
    """Numbers that float16 holds exactly, so that what is read is what was logged."""
    return random.standard_normal((heads, tokens, NEURONS)).astype(np.float16).astype(np.float32)


def decoder(random: np.random.Generator, *, extras: bool) -> dict[int, AttentionLayer]:
    """Layers with grouped queries; with extras a mask, a bias, a soft cap and sinks."""
    count = len(TOKENS)
    layers: dict[int, AttentionLayer] = {
        0: AttentionLayer(
            query=vectors(random, 4, count), key=vectors(random, 2, count), scale=0.5, module="h.0"
        )
    }
    if extras:
        mask = random.random((1, count, count)) < 0.7
        mask |= np.eye(count, dtype=bool)
        bias = random.standard_normal((4, count, count)).astype(np.float16).astype(np.float32)
        layers[2] = AttentionLayer(
            query=vectors(random, 4, count),
            key=vectors(random, 4, count),
            scale=0.25,
            mask=mask,
            bias=bias,
            softcap=2.0,
            sinks=np.array([0.0, 0.5, -1.0, 2.0], np.float32),
            module="h.2",
            rotary=True,
            implementation="sdpa",
        )
    return layers


def sequence() -> Sequence:
    """The tokens, with all that may be known of them."""
    starts = tuple(TEXT.index(token.decode()) for token in TOKENS)
    return Sequence(
        tokens=TOKENS,
        text=TEXT,
        pieces=tuple(token.decode().replace(" ", "_") for token in TOKENS),
        ids=IDS,
        starts=starts,
        ends=tuple(start + len(token) for start, token in zip(starts, TOKENS, strict=True)),
        special=(True, *(False,) * 5),
        segments=(0, 0, 0, 0, 1, 1),
        prompt=4,
    )


def encoder_decoder(random: np.random.Generator) -> Capture:
    """Weights alone in the encoder, and attention to its tokens."""
    words = tuple(b"w%d" % place for place in range(3))
    weights = random.integers(1, 9, (2, 3, 3)).astype(np.float32)
    weights = (weights / weights.sum(axis=2, keepdims=True)).astype(np.float16).astype(np.float32)
    cross = AttentionLayer(
        query=vectors(random, 2, len(TOKENS)), key=vectors(random, 2, 3), scale=0.5, causal=False
    )
    return Capture(
        "two-stacks",
        (Sequence(words, name="encoder"), sequence()),
        (
            Stack("encoder", {1: AttentionLayer(weights=weights, causal=False)}, 0, 0),
            Stack("cross", {0: cross}, 1, 0),
        ),
    )


def weights_of(layer: AttentionLayer) -> np.ndarray:
    """float64 [heads, queries, keys], on whole matrices."""
    if layer.weights is not None:
        return np.asarray(layer.weights, np.float64)
    query, key = (np.asarray(array, np.float64) for array in (layer.query, layer.key))
    scores = query @ np.repeat(key, len(query) // len(key), 0).swapaxes(1, 2) * layer.scale
    if layer.softcap is not None:
        scores = layer.softcap * np.tanh(scores / layer.softcap)
    if layer.bias is not None:
        scores = scores + layer.bias
    seen = np.ones(scores.shape, bool) if layer.mask is None else layer.mask
    seen = seen & np.tri(*scores.shape[1:], dtype=bool) if layer.causal else seen
    raised = np.where(seen, np.exp(scores), 0)
    sinks = 0 if layer.sinks is None else np.exp(layer.sinks)[:, None, None]
    return raised / (raised.sum(axis=2, keepdims=True) + sinks)


def logged_metrics(run: Path) -> dict[str, np.ndarray]:
    """tag/step -> head metrics [rows, heads, metrics] as TensorBoard's own reader finds them."""
    paths = [*run.glob("plugins/attention/*"), *run.glob("events*")]
    found: dict[str, np.ndarray] = {}
    for path in paths:
        for record in RawEventFileLoader(str(path)).Load():
            event = Event.FromString(record)
            for value in event.summary.value:
                if value.metadata.plugin_data.content:
                    found[f"{value.tag}/{event.step}"] = make_ndarray(value.tensor)
    return found


def main(directory: Path) -> None:
    """Writes the runs, and `numbers.npz` beside them."""
    random = np.random.default_rng(0)
    one = (sequence(),)
    runs: dict[str, tuple[dict[str, Any], dict[tuple[str, int], Capture]]] = {
        "decoder": (
            {},
            {
                ("probe", step): Capture(
                    "small", one, (Stack("decoder", decoder(random, extras=True)),)
                )
                for step in (0, 10)
            },
        ),
        "weights": ({}, {("probe", 3): encoder_decoder(random)}),
        "heads": (
            {"heads": [1, 2]},
            {
                ("probe", 0): Capture(
                    "small", one, (Stack("decoder", decoder(random, extras=False)),), "batch"
                )
            },
        ),
        "inline": (
            {"inline": True},
            {
                ("probe/0", 5): Capture(
                    "small", one, (Stack("decoder", decoder(random, extras=False)),)
                )
            },
        ),
    }
    numbers: dict[str, np.ndarray] = {}
    described: dict[str, Any] = {}
    for run, (options, captures) in runs.items():
        with AttentionLogger(directory / run, strict=True, **options) as logger:
            for (tag, step), capture in captures.items():
                logger.write(capture, tag=tag, step=step)
                described[f"{run}/{tag}/{step}"] = {
                    "model": capture.model,
                    "kind": capture.kind,
                    "tokens": [[token.decode() for token in of.tokens] for of in capture.sequences],
                }
                for stack in capture.stacks:
                    for index, layer in stack.layers.items():
                        name = f"{run}/{tag}/{step}/{stack.name}/{index}"
                        numbers[f"{name}/weights"] = weights_of(layer).astype(np.float32)
                        if layer.weights is None:
                            numbers[f"{name}/query"], numbers[f"{name}/key"] = (
                                layer.query,
                                layer.key,
                            )
        for place, table in logged_metrics(directory / run).items():
            numbers[f"{run}/{place}/metrics"] = table
        for path in sorted(directory.rglob("*")):
            if path.is_file() and path.name.startswith(("events", "attention")):
                kind, time, *_, number = path.name.removesuffix(".tfrecord").rsplit(".", 4)
                ending = ".tfrecord" if path.suffix == ".tfrecord" else ""
                path.rename(path.with_name(f"{kind}.{time}.host.1.{number}{ending}"))
    np.savez_compressed(directory / "numbers.npz", about=json.dumps(described), **numbers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
