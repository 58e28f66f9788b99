"""A model of plain torch whose heads do what they are planted to do, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional

LAYERS, HEADS, WORDS, PERIOD, TOKENS = 3, 4, 12, 3, 24
COPIES, NOTHING, NOISE = "copies", "nothing", "noise"
"""What a head does: copies the token that comes next, has no output, or adds next to nothing."""

SURE = 12.0
"""A head that copies adds this to the right logit, so that a second one changes nothing."""

_SIZE = max(WORDS, TOKENS)
_WIDTH = 2 * WORDS + TOKENS

Place = tuple[int, int]
"""Layer and head."""


class PlantedLayer(nn.Module):
    """Causal attention over tokens, places and logits, which lie side by side."""

    def __init__(self, kinds: list[str], generator: torch.Generator, noise: float) -> None:
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj = (
            nn.Linear(_WIDTH, HEADS * _SIZE, bias=False) for _ in range(3)
        )
        self.o_proj = nn.Linear(HEADS * _SIZE, _WIDTH, bias=False)
        with torch.no_grad():
            for head, kind in enumerate(kinds):
                _plant(self, slice(head * _SIZE, (head + 1) * _SIZE), kind, generator, noise)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = (
            one(x).unflatten(-1, (HEADS, _SIZE)).transpose(1, 2)
            for one in (self.q_proj, self.k_proj, self.v_proj)
        )
        z = functional.scaled_dot_product_attention(q, k, v, is_causal=True, scale=1.0)
        return x + self.o_proj(z.transpose(1, 2).flatten(2))


class Planted(nn.Module):
    """Gives the logits of its last tokens [batch, tokens, WORDS]."""

    def __init__(self, kinds: Mapping[Place, str], seed: int, noise: float = 1e-5) -> None:
        """Kinds are those of some heads; the others are NOISE, this loud."""
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.words = nn.Embedding(WORDS, WORDS)
        self.words.weight.data = torch.eye(WORDS)
        rows = [
            [kinds.get((layer, head), NOISE) for head in range(HEADS)] for layer in range(LAYERS)
        ]
        self.layers = nn.ModuleList(PlantedLayer(row, generator, noise) for row in rows)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        words = self.words(ids)
        places = torch.eye(TOKENS, device=ids.device)[: ids.shape[1]]
        x = torch.cat([words, places.expand(len(ids), -1, -1), torch.zeros_like(words)], -1)
        for layer in self.layers:
            x = layer(x)
        return x[..., -WORDS:]


def text(seed: int) -> list[int]:
    """A token that says nothing, then a few others again and again."""
    return [0, *(random.Random(seed).sample(range(1, WORDS), PERIOD) * TOKENS)][:TOKENS]


def some_places(seed: int, count: int) -> list[Place]:
    """Heads anywhere in the model."""
    every = [(layer, head) for layer in range(LAYERS) for head in range(HEADS)]
    return random.Random(seed).sample(every, count)


def _plant(layer: Any, where: slice, kind: str, generator: torch.Generator, noise: float) -> None:
    for name in ("q_proj", "k_proj", "v_proj"):
        weight = getattr(layer, name).weight
        weight[where] = torch.randn(weight[where].shape, generator=generator)
    out = layer.o_proj.weight
    out[:, where] = 0
    if kind == NOISE:
        out[-WORDS:, where] = noise * torch.randn(WORDS, _SIZE, generator=generator)
    if kind == COPIES:
        places = slice(WORDS, WORDS + TOKENS)
        # Each place asks for what follows its token one period before, the first ones for nothing.
        asks = torch.zeros(TOKENS, TOKENS)
        for place in range(TOKENS):
            asks[max(0, place - PERIOD + 1) if place >= PERIOD else 0, place] = 100
        values = torch.eye(WORDS)
        values[0] = 0
        for name, columns, weight in (
            ("q_proj", places, asks),
            ("k_proj", places, torch.eye(TOKENS)),
            ("v_proj", slice(WORDS), values),
        ):
            target = getattr(layer, name).weight[where]
            target[:] = 0
            target[: len(weight), columns] = weight
        out[-WORDS:, where.start : where.start + WORDS] = SURE * torch.eye(WORDS)
