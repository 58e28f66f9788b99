"""Which modules run: one Frame for each call of a module that is watched."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from tb_attention.capture.calls.patching import Failed, harmless, recomputing

_here = threading.local()


@contextmanager
def probing(owner: object) -> Iterator[None]:
    """The passes in here are those of `owner`: whoever else watches the model leaves them out."""
    before, _here.owner = getattr(_here, "owner", None), owner
    try:
        yield
    finally:
        _here.owner = before


def is_probed() -> bool:
    """Whether a pass that this thread makes is one of somebody's own, see `probing`."""
    return getattr(_here, "owner", None) is not None


@dataclass(eq=False)
class Frame:
    """One call of a module.

    Attributes:
        module: the module.
        name: its name in the model.
        given: its arguments by name.
        outer: the watched module that called it.
        notes: what the watcher keeps of it.
    """

    module: torch.nn.Module
    name: str
    given: dict[str, Any]
    outer: Frame | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def top(self) -> Frame:
        """The outermost frame."""
        return self if self.outer is None else self.outer.top

    @property
    def named(self) -> dict[str, Any]:
        """Its arguments by name, also inside of a batch that is a mapping."""
        batches = [one for one in self.given.values() if isinstance(one, Mapping)]
        return {name: one for batch in batches for name, one in batch.items()} | self.given

    def around(self) -> Iterator[Frame]:
        """The frame itself, then those around it, to the outermost."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.outer


class Frames:
    """Keeps the frames that run, of each thread."""

    def __init__(
        self,
        modules: Mapping[str, torch.nn.Module],
        owner: object,
        begins: Callable[[Frame], None],
        ends: Callable[[Frame, Any], None],
        failed: Failed,
        *,
        ours: bool,
    ) -> None:
        """Watches nothing yet.

        Args:
            modules: name -> module.
            owner: whose passes these are, see `probing`.
            begins: called with each frame when it begins.
            ends: called with each frame and its output, None after an exception.
            failed: called with every exception of a watcher.
            ours: whether only the passes of `owner` count.
        """
        self._failed, self._ours = failed, ours
        self._modules = {id(module): (name, module) for name, module in modules.items()}
        self._owner, self._begins, self._ends = owner, begins, ends
        self._running: dict[int, list[Frame]] = {}
        self._entries: dict[int, int] = {}
        self._restore = ExitStack()

    def entries(self, module: torch.nn.Module) -> int:
        """How often a module was called since the first question for it; it must be running."""
        if id(module) not in self._entries:
            self._entries[id(module)] = 0
            self._restore.callback(module.register_forward_pre_hook(self._counted).remove)
        return self._entries[id(module)]

    def current(self) -> Frame | None:
        """The innermost frame of this thread, or None."""
        running = self._running.get(threading.get_ident())
        return running[-1] if running and self._counts() else None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watches until it is left."""
        # Hooks are functions and not methods, which a model that is copied meanwhile would copy
        # with all that is here.
        with self._restore as restore:
            for _, module in self._modules.values():
                restore.callback(
                    module.register_forward_pre_hook(
                        lambda *called: self._safely(self._enters, *called), with_kwargs=True
                    ).remove
                )
                restore.callback(
                    module.register_forward_hook(
                        lambda *called: self._safely(self._leaves, *called), always_call=True
                    ).remove
                )
            yield

    @property
    def _counted(self) -> Callable[..., None]:
        entries = self._entries

        def counted(module: torch.nn.Module, _: Any) -> None:
            if id(module) in entries:
                entries[id(module)] += 1

        return counted

    def _counts(self) -> bool:
        owner = getattr(_here, "owner", None)
        return owner is self._owner or (owner is None and not self._ours)

    def _safely(self, hook: Callable[..., None], *called: Any) -> None:
        with harmless(self._failed):
            hook(*called)

    def _enters(self, module: Any, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        if id(module) not in self._modules or not self._counts() or recomputing():
            return
        running = self._running.setdefault(threading.get_ident(), [])
        if running and running[0].module is module:
            running.clear()  # a pass was interrupted, which no hook reports
        frame = Frame(
            module,
            self._modules[id(module)][0],
            arguments(module, args, options),
            running[-1] if running else None,
        )
        running.append(frame)
        self._begins(frame)

    def _leaves(self, module: Any, _: Any, output: Any) -> None:
        running = self._running.get(threading.get_ident(), [])
        if recomputing() or not any(frame.module is module for frame in running):
            return
        while running[-1].module is not module:  # frames whose end no hook reported
            running.pop()
        self._ends(running.pop(), output)


def arguments(
    module: torch.nn.Module, args: tuple[Any, ...], options: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments by the names that the module has for them."""
    try:
        signature = inspect.signature(module.forward)
        given = dict(signature.bind_partial(*args, **options).arguments)
    except (TypeError, ValueError):  # the call itself will say so
        return dict(options)
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            given |= given.pop(name, {})
        elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            given |= {f"{name} {place}": one for place, one in enumerate(given.pop(name, ()))}
    return given


def tensors_in(value: Any, depth: int = 4) -> Iterator[torch.Tensor]:
    """The tensors in nested mappings, lists, tuples and objects with fields."""
    if isinstance(value, torch.Tensor):
        yield value
    elif depth and isinstance(value, Mapping):
        for one in value.values():
            yield from tensors_in(one, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for one in value:
            yield from tensors_in(one, depth - 1)
    elif depth and hasattr(value, "__dataclass_fields__"):
        for one in vars(value).values():
            yield from tensors_in(one, depth - 1)
