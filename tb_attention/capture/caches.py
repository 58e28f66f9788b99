"""Key-value caches: which is which, and how many tokens they hold."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import torch

from tb_attention.capture.frames import tensors_in


def caches_in(given: Mapping[str, Any]) -> list[Any]:
    """The caches among the arguments or outputs of a module, whatever their names."""
    found = [one for one in given.values() if hasattr(one, "get_seq_length")]
    tuples = (
        one
        for name, one in given.items()
        if isinstance(one, tuple | list) and ("past" in name or "cache" in name)
    )
    return found + [one for one in tuples if next(tensors_in(one), None) is not None]


def cached_tokens(cache: Any) -> int:
    """Number of tokens in a key-value cache: of the layer with most, as some layers hold none."""
    if not hasattr(cache, "get_seq_length"):
        first = next(tensors_in(cache), None)
        return 0 if first is None or first.ndim < 2 else int(first.shape[-2])
    own = getattr(cache, "self_attention_cache", cache)
    layers = [one for one in getattr(own, "layers", None) or () if hasattr(one, "get_seq_length")]
    if not layers:
        try:
            return int(cache.get_seq_length())
        except ValueError:  # no layer of it holds tokens
            return 0
    return max(int(layer.get_seq_length()) for layer in layers)


class Known:
    """The caches of one text, which may still be in use elsewhere."""

    def __init__(self) -> None:
        self._marks: list[weakref.ref[Any]] = []

    def add(self, cache: Any) -> None:
        """Adds a cache."""
        self._marks += [weakref.ref(mark) for mark in _marks(cache) if mark not in self]

    def __contains__(self, mark: Any) -> bool:
        return any(known() is mark for known in self._marks)

    def holds(self, cache: Any) -> bool:
        """Whether the cache is one of these."""
        return any(mark in self for mark in _marks(cache))

    @property
    def alive(self) -> bool:
        """Whether somebody still has one of them."""
        return any(known() is not None for known in self._marks)


def _marks(cache: Any) -> list[Any]:
    """What stays the same while a cache goes from pass to pass.

    The cache itself, or the tensors in a tuple.
    """
    if hasattr(cache, "get_seq_length"):
        return [cache]
    return [one for one in tensors_in(cache) if isinstance(one, torch.Tensor)]
