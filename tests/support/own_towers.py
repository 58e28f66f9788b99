"""Models of one's own in which modules run more than once, side by side, or over several inputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import transformers
from torch import nn
from torch.nn import functional

from tests.support.torch_models import WIDTH, WORDS, Block, Heads
from tests.support.towers import TEXT

A, B, SHORT = torch.arange(5, 13)[None], torch.arange(20, 28)[None], torch.arange(30, 35)[None]
"""Two texts of 8 tokens and one of 5."""


class Seeing(Heads):
    """Attention in which every token sees every other."""

    def __init__(self) -> None:
        super().__init__(
            lambda *args, **options: functional.scaled_dot_product_attention(
                *args, **options | {"is_causal": False}
            )
        )


class Tower(nn.Module):
    def __init__(self, layers: int = 2) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(WORDS, WIDTH), nn.Embedding(64, WIDTH)
        self.layers = nn.ModuleList(Block(Seeing()) for _ in range(layers))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for layer in self.layers:
            x = layer(x)
        return x


class Siamese(nn.Module):
    def __init__(self, tower: nn.Module | None = None) -> None:
        super().__init__()
        self.tower = tower or Tower()

    def forward(self, *texts: torch.Tensor) -> torch.Tensor:
        return torch.stack([self.tower(text).mean(1) for text in texts])


class InlineSiamese(Tower):
    """Without a module for what runs twice."""

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return super().forward(first).mean(1) - super().forward(second).mean(1)


class TorchSiamese(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wte = nn.Embedding(WORDS, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return self.encoder(self.wte(first)).mean(1) - self.encoder(self.wte(second)).mean(1)


class SharedLayer(nn.Module):
    """As ALBERT: one layer, run three times."""

    def __init__(self) -> None:
        super().__init__()
        self.wte, self.block = nn.Embedding(WORDS, WIDTH), Block(Seeing())

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.wte(ids)
        for _ in range(3):
            x = self.block(x)
        return x


class Looped(nn.Module):
    """A core of two layers that runs three times, with the text put in again each time."""

    def __init__(self) -> None:
        super().__init__()
        self.wte, self.mix = nn.Embedding(WORDS, WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.core = nn.Sequential(Block(Seeing()), Block(Seeing()))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        text = self.wte(ids)
        x = torch.zeros_like(text)
        for _ in range(3):
            x = self.core(self.mix(torch.cat([x, text], -1)))
        return x


class Distillation(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.teacher, self.student = Tower(3), Tower(2)
        self.teacher.requires_grad_(False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return (self.teacher(ids) - self.student(ids)).square().mean()


class Fusion(nn.Module):
    """Text and an image, which meet in one more layer."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.patches = Tower(), nn.Conv2d(3, WIDTH, 8, 8)
        self.vision = nn.ModuleList(Block(Seeing()) for _ in range(2))
        self.both = Block(Seeing())

    def forward(self, ids: torch.Tensor, image: torch.Tensor) -> torch.Tensor:
        x = self.patches(image).flatten(2).transpose(1, 2)
        for layer in self.vision:
            x = layer(x)
        return self.both(torch.cat([self.text(ids), x], 1))


class Meeting(nn.Module):
    """Two towers whose tokens are added, as many of each."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.other, self.both = Tower(), Tower(), Block(Seeing())

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return self.both(self.one(first) + self.other(second))


class Beside(nn.Module):
    """Two kinds of attention in each layer."""

    def __init__(self) -> None:
        super().__init__()
        self.wte = nn.Embedding(WORDS, WIDTH)
        self.layers = nn.ModuleList(
            nn.ModuleDict({"local": Seeing(), "wide": Seeing()}) for _ in range(2)
        )

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.wte(ids)
        for layer in self.layers:
            x = x + layer["local"](x) + layer["wide"](x)
        return x


class Translator(nn.Module):
    """An encoder, and a decoder of its own making, with cross attention that returns weights."""

    def __init__(self) -> None:
        super().__init__()
        self.reads, self.wte = Tower(), nn.Embedding(WORDS, WIDTH)
        self.own = nn.ModuleList(Heads() for _ in range(2))
        self.other = nn.ModuleList(nn.MultiheadAttention(WIDTH, 4, batch_first=True) for _ in "12")

    def forward(self, ids: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        read, x = self.reads(ids), self.wte(target)
        for own, other in zip(self.own, self.other, strict=True):
            x = x + own(x)
            x = x + other(x, read, read)[0]
        return x


class Summary(nn.Module):
    """As Perceiver: queries that are parameters, and read the text twice."""

    def __init__(self, queries: int = 4) -> None:
        super().__init__()
        self.wte = nn.Embedding(WORDS, WIDTH)
        self.latents = nn.Parameter(torch.randn(queries, WIDTH))
        self.reads = nn.MultiheadAttention(WIDTH, 4, batch_first=True)
        self.layers = nn.ModuleList(Block(Seeing()) for _ in range(2))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        text, x = self.wte(ids), self.latents.expand(len(ids), -1, -1)
        x = x + self.reads(x, text, text, need_weights=False)[0]
        for layer in self.layers:
            x = layer(x)
        return x + self.reads(x, text, text, need_weights=False)[0]


class OfTransformers(nn.Module):
    """A model of transformers in one of one's own, run over each text."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.inner = model

    def forward(self, *texts: torch.Tensor) -> torch.Tensor:
        return torch.stack([self.inner(text).last_hidden_state.mean(1) for text in texts])


def bert() -> Any:
    return transformers.BertModel(transformers.BertConfig(**TEXT))


def albert() -> Any:
    return transformers.AlbertModel(transformers.AlbertConfig(**TEXT, embedding_size=16))


@contextmanager
def torchs_own_weights() -> Iterator[list[torch.Tensor]]:
    """The result of scaled_dot_product_attention where the values are the identity: its weights."""
    original, found = functional.scaled_dot_product_attention, []

    def attention(query: Any, key: Any, value: Any, *args: Any, **options: Any) -> Any:
        identity = torch.eye(key.shape[-2]).expand(*value.shape[:-1], -1)
        found.append(original(query, key, identity, *args, **options)[0].detach())
        return original(query, key, value, *args, **options)

    functional.scaled_dot_product_attention = attention
    try:
        yield found
    finally:
        functional.scaled_dot_product_attention = original
