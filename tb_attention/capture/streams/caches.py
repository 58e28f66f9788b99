"""Key-value caches: which is which, and how many tokens they hold."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import Any

import torch

from tb_attention.capture.streams.frames import tensors_in

_NO_CACHE = (torch.Tensor, torch.nn.Module, torch.dtype, str, int, float, type(None))


def caches_in(given: Mapping[str, Any]) -> list[Any]:
    """The caches among the arguments or outputs of a module, whatever their names.

    Those of transformers, and what is called a cache, or past: a collection of tensors, or an
    object of a class of one's own.
    """
    return [one for name, one in given.items() if _is_cache(name.lower(), one)]


def _is_cache(name: str, value: Any) -> bool:
    if hasattr(value, "get_seq_length"):
        return True
    if isinstance(value, _NO_CACHE) or not ("past" in name or "cache" in name):
        return False
    if isinstance(value, tuple | list | dict):
        return next(tensors_in(value), None) is not None
    return hasattr(value, "__dict__")


def cached_tokens(cache: Any) -> int | None:
    """Number of tokens in a key-value cache: of the layer with most, as some layers hold none.

    None where only the keys themselves can say it: the cache is not one of transformers.
    """
    if not hasattr(cache, "get_seq_length"):
        return None
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
        self._marks: list[Callable[[], Any]] = []

    def add(self, cache: Any) -> None:
        """Adds a cache."""
        self._marks += [_reference(mark) for mark in _marks(cache) if mark not in self]

    def __contains__(self, mark: Any) -> bool:
        return any(known() is mark for known in self._marks)

    def holds(self, cache: Any) -> bool:
        """Whether the cache is one of these."""
        return any(mark in self for mark in _marks(cache))

    @property
    def alive(self) -> bool:
        """Whether somebody still has one of them."""
        return any(isinstance(known, weakref.ref) and known() is not None for known in self._marks)


def _reference(mark: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(mark)
    except TypeError:  # a list or a dict
        return lambda: mark


def _marks(cache: Any) -> list[Any]:
    """What stays the same while a cache goes from pass to pass.

    The cache itself, or the tensors in a tuple, which is made anew.
    """
    if not isinstance(cache, tuple | list | dict):
        return [cache]
    return [*tensors_in(cache), *([cache] if isinstance(cache, list | dict) else [])]
