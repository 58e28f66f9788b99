"""Where the code of a model has names for functions: files, helpers, classes, objects, tables.

Only a function that is known by a name there can be replaced. What belongs to torch, transformers
or Python itself is not searched; of other packages that are installed, those that the model is from
are, and the names of modules that its code imports (`xformers.ops.memory_efficient_attention`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import CellType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

import torch

_NOT_SEARCHED = frozenset(
    {"torch", "transformers", "peft", "accelerate", "numpy", "lightning", "tb_attention"}
    | sys.stdlib_module_names
)
_DEPTH = 8
_MOST, _LARGE = 3000, 1000
"""So many values are looked at, and tables with no more entries than this."""
_HOLDERS = (
    *(dict, ModuleType, SimpleNamespace, type),
    *(FunctionType, MethodType, functools.partial, staticmethod),
)

Namespace = dict[str, Any] | type | CellType
"""Names and values; a variable from around a function is one by itself."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where a function has a name. wrapped: the function as a partial or static method, say."""

    namespace: Namespace
    name: str
    function: Any
    wrapped: Any

    def replace(self, function: Any) -> None:
        """Puts another function there, wrapped in the same way."""
        if isinstance(self.wrapped, functools.partial):
            function = functools.partial(function, *self.wrapped.args, **self.wrapped.keywords)
        elif isinstance(self.wrapped, staticmethod):
            function = staticmethod(function)
        self._put(function)

    def restore(self) -> None:
        """As it was."""
        self._put(self.wrapped)

    def _put(self, value: Any) -> None:
        if isinstance(self.namespace, dict):
            self.namespace[self.name] = value
        else:
            setattr(self.namespace, self.name, value)


def own_code(modules: Sequence[torch.nn.Module]) -> bool:
    """Whether their forward passes run code that is not of torch, transformers and the like."""
    return not all(_root(function) in _NOT_SEARCHED for function in _forwards(modules))


def places_of(modules: Sequence[torch.nn.Module], is_meant: Callable[[Any], bool]) -> list[Place]:
    """Of all functions that are meant, in the code of these modules."""
    found = []
    for namespace in _Search(modules).namespaces():
        for name, value in _items(namespace):
            function = value
            if isinstance(value, functools.partial):
                function = value.func
            elif isinstance(value, staticmethod):
                function = value.__func__
            if isinstance(name, str) and is_meant(function):
                found.append(Place(namespace, name, function, value))
    return found


def _items(namespace: Namespace) -> list[tuple[Any, Any]]:
    if isinstance(namespace, CellType):
        try:
            return [("cell_contents", namespace.cell_contents)]
        except ValueError:  # not given a value yet
            return []
    names = vars(namespace) if isinstance(namespace, type) else namespace
    return list(names.items())


def _root(value: Any) -> str:
    """The package that a function or class is from."""
    return (getattr(value, "__module__", None) or "").split(".")[0]


def _forwards(modules: Sequence[torch.nn.Module]) -> Iterator[Any]:
    """The forward functions of the modules, also those that stand in the place of another."""
    kinds: set[Any] = set(map(type, modules))
    for kind in kinds:
        yield kind.forward
    for module in modules:
        if (own := vars(module).get("forward")) is not None:
            yield own


class _Search:
    """Goes through what the code of a model leads to, the nearest first."""

    def __init__(self, modules: Sequence[torch.nn.Module]) -> None:
        kinds = {base for kind in set(map(type, modules)) for base in kind.__mro__}
        forwards = list(_forwards(modules))
        self._own = {_root(one) for one in (*kinds, *forwards)} - _NOT_SEARCHED
        run = {kind.__module__ for kind in kinds if "forward" in vars(kind)}
        files = {name for name in run if not name.startswith("torch.")}
        self._first: list[Any] = [vars(one) for one in modules if _root(type(one)) in self._own]
        self._first += [vars(sys.modules[name]) for name in sorted(files & sys.modules.keys())]
        self._first += [*kinds, *forwards]
        self._is_searched = functools.cache(self._searches)
        self._ends: set[int] = set()
        """Namespaces of other packages, whose values are not followed."""

    def namespaces(self) -> Iterator[Namespace]:
        """Each once."""
        waiting = [(one, _DEPTH) for one in self._first]
        seen: set[int] = set()
        for value, depth in waiting:  # which grows meanwhile
            if id(value) in seen or len(seen) > _MOST:
                continue
            seen.add(id(value))
            if isinstance(value, dict | type | CellType):
                yield value
            if depth:
                waiting += [(one, depth - 1) for one in self._inside(value)]

    def _searches(self, root: str) -> bool:
        """Whether a package is searched."""
        file = getattr(sys.modules.get(root), "__file__", None) or ""
        installed = "site-packages" in file or "dist-packages" in file
        return root in self._own or not (root in _NOT_SEARCHED or installed)

    def _leads_on(self, value: Any) -> bool:
        """Whether there may be namespaces in a value."""
        if isinstance(value, type):
            return self._is_searched(_root(value))
        return isinstance(value, _HOLDERS) or self._is_searched(_root(type(value)))

    def _inside(self, value: Any) -> list[Any]:
        """What a value leads to: namespaces, and values in them that may have others."""
        if id(value) in self._ends or (isinstance(value, dict) and len(value) > _LARGE):
            return []
        if isinstance(value, dict | type | CellType):
            return [one for _, one in _items(value) if self._leads_on(one)]
        if isinstance(value, ModuleType):
            return self._in_module(value)
        if isinstance(value, MethodType | staticmethod):
            return [value.__func__]
        if isinstance(value, functools.partial):
            return [value.func]
        if isinstance(value, FunctionType):
            code = [*(value.__closure__ or ()), value.__globals__]
            return code if self._is_searched(_root(value)) else []
        # An object, whose methods are in its class.
        return [type(value), getattr(value, "__dict__", {})]

    def _in_module(self, module: ModuleType) -> list[Any]:
        root = module.__name__.split(".")[0]
        if self._is_searched(root):
            return [vars(module)]
        if root in _NOT_SEARCHED:
            return []
        inner = [one for one in vars(module).values() if isinstance(one, ModuleType)]
        found = [vars(one) for one in (module, *inner) if one.__name__.split(".")[0] == root]
        self._ends |= set(map(id, found))
        return found
