"""Decoders of one's own with a key-value cache, in the ways in which people write one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from tests.support.torch_models import HEADS, WIDTH, WORDS

ROOM = 16


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def parts(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [one.unflatten(-1, (HEADS, -1)).transpose(1, 2) for one in self.qkv(x).chunk(3, -1)]

    def attend(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, first: int) -> torch.Tensor:
        mask = torch.arange(k.shape[2])[None] <= torch.arange(q.shape[2])[:, None] + first
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        result: torch.Tensor = self.out(seen.transpose(1, 2).flatten(2))
        return result


class Returned(nn.Module):
    """Gives its cache back, as a tuple of tensors for each layer, made anew in each pass."""

    def __init__(self) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(WORDS, WIDTH), nn.Embedding(ROOM, WIDTH)
        self.h = nn.ModuleList(Attention() for _ in range(2))

    def start(self) -> Any:
        return None

    def embedded(self, ids: torch.Tensor, first: int) -> torch.Tensor:
        result: torch.Tensor = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]) + first)
        return result

    def forward(self, ids: torch.Tensor, past: Any = None) -> tuple[torch.Tensor, Any]:
        first = 0 if past is None else past[0][0].shape[2]
        x, caches = self.embedded(ids, first), []
        for number, layer in enumerate(self.h):
            q, k, v = layer.parts(x)
            if past is not None:
                k, v = (torch.cat(two, 2) for two in zip(past[number], (k, v), strict=True))
            caches.append((k, v))
            x = x + layer.attend(q, k, v, first)
        return x, tuple(caches)

    def step(self, ids: torch.Tensor, cache: Any) -> Any:
        return self(ids, cache)[1]


class Changed(Returned):
    """Is given a list that it changes."""

    def start(self) -> Any:
        return [None, None]

    def forward(self, ids: torch.Tensor, kv_cache: Any = (None, None)) -> Any:
        first = 0 if kv_cache[0] is None else kv_cache[0][0].shape[2]
        x = self.embedded(ids, first)
        for number, layer in enumerate(self.h):
            q, k, v = layer.parts(x)
            if kv_cache[number] is not None:
                k, v = (torch.cat(two, 2) for two in zip(kv_cache[number], (k, v), strict=True))
            if isinstance(kv_cache, list):
                kv_cache[number] = (k, v)
            x = x + layer.attend(q, k, v, first)
        return x

    def step(self, ids: torch.Tensor, cache: Any) -> Any:
        self(ids, cache)
        return cache


class Store:
    """Has room for 16 tokens, and gives those that are there."""

    def __init__(self) -> None:
        self.keys = torch.zeros(2, 2, 1, HEADS, ROOM, WIDTH // HEADS)
        self.position = 0

    def put(self, layer: int, k: torch.Tensor, v: torch.Tensor) -> list[torch.Tensor]:
        end = self.position + k.shape[2]
        for kind, one in enumerate((k, v)):
            self.keys[layer, kind][:, :, self.position : end] = one
        if layer == 1:
            self.position = end
        return [self.keys[layer, kind][:, :, :end] for kind in (0, 1)]


class Object(Returned):
    """Is given an object of its own class, as nanochat has it."""

    def start(self) -> Any:
        return Store()

    def forward(self, ids: torch.Tensor, kv_cache: Store | None = None) -> torch.Tensor:
        first = 0 if kv_cache is None else kv_cache.position
        x = self.embedded(ids, first)
        for number, layer in enumerate(self.h):
            q, k, v = layer.parts(x)
            if kv_cache is not None:
                k, v = kv_cache.put(number, k, v)
            x = x + layer.attend(q, k, v, first)
        return x

    def step(self, ids: torch.Tensor, cache: Any) -> Any:
        self(ids, cache)
        return cache


class Inside(Returned):
    """Keeps it in buffers, which have room for 16 tokens that are all attended to, as gpt-fast."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kept", torch.zeros(2, 2, 1, HEADS, ROOM, WIDTH // HEADS))

    def start(self) -> Any:
        return 0

    def forward(self, ids: torch.Tensor, position: int = 0) -> torch.Tensor:
        x, end = self.embedded(ids, position), position + ids.shape[1]
        for number, layer in enumerate(self.h):
            q, *new = layer.parts(x)
            for kind, one in enumerate(new):
                self.kept[number, kind][:, :, position:end] = one
            x = x + layer.attend(q, self.kept[number, 0], self.kept[number, 1], position)
        return x

    def step(self, ids: torch.Tensor, cache: Any) -> Any:
        self(ids, cache)
        return cache + ids.shape[1]


class OtherName(Returned):
    """Is given an object that is not called a cache, as x-transformers has it."""

    def forward(self, ids: torch.Tensor, intermediates: Any = None) -> tuple[torch.Tensor, Any]:
        past = None if intermediates is None else intermediates.hidden
        x, made = super().forward(ids, past)
        return x, SimpleNamespace(hidden=made)


class Kept(nn.Module):
    """The keys and values of one layer."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kept", torch.zeros(2, 1, HEADS, ROOM, WIDTH // HEADS))
        self.end = 0

    def forward(self, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        first, self.end = self.end, self.end + k.shape[2]
        for kind, one in enumerate((k, v)):
            self.kept[kind][:, :, first : self.end] = one
        return self.kept[:, :, :, : self.end]


class InLayers(Returned):
    """Has a module for the cache of each layer, as torchtune."""

    def __init__(self) -> None:
        super().__init__()
        self.caches = nn.ModuleList(Kept() for _ in range(2))

    def start(self) -> Any:
        for cache in self.caches:
            cache.end = 0
        return True

    def forward(self, ids: torch.Tensor, goes_on: bool = False) -> Any:
        first = self.caches[0].end if goes_on else 0
        x = self.embedded(ids, first)
        for layer, cache in zip(self.h, self.caches, strict=True):
            q, k, v = layer.parts(x)
            if goes_on:
                k, v = cache(k, v)
            x = x + layer.attend(q, k, v, first)
        return x

    def step(self, ids: torch.Tensor, cache: Any) -> Any:
        self(ids, cache)
        return cache
