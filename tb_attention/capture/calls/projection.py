"""Finds the module that multiplies the output of an attention function with W_O.

It is the one whose input, in that very pass, is that output with its heads merged; names say
nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.patching import Failed, harmless

_WAITING = 4
"""Calls of a thread that wait for their projections: one, and more where two run side by side."""

_CONTAINERS = (torch.nn.ModuleList, torch.nn.ModuleDict, torch.nn.Sequential)


@dataclass(frozen=True)
class Projection:
    """The module with W_O.

    Attributes:
        name: its name in the model.
        module: a Linear or Conv1D, or anything that has a weight.
    """

    name: str
    module: torch.nn.Module

    @property
    def weight(self) -> torch.Tensor | None:
        """[heads x neurons, width], with what LoRA adds to it; None where it is not known."""
        return _weight(self.module)


Known = Callable[[Projection | None], None]
"""Called with the projection of a call, None where nothing takes its output as it is."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A call whose projection has not run yet, with a copy of a part of its output."""

    call: AttentionCall
    part: torch.Tensor
    thread: int
    known: Known


class Projections:
    """Follows the outputs of attention calls, until it is closed."""

    def __init__(self, model: torch.nn.Module, failed: Failed) -> None:
        """failed: called with every exception that is raised here."""
        self._model, self._failed = model, failed
        self._names: dict[int, str] = {}
        self._near: set[str] = set()
        """Names of the modules near to which hooks stand."""
        self._hooked: set[int] = set()
        self._waiting: list[_Waiting] = []
        self._restore = ExitStack()

    def follow(self, call: AttentionCall, known: Known) -> None:
        """Calls `known` when the projection of a call is about to run, or is given up."""
        if call.output is None:
            known(None)
        elif type(call.module).forward is torch.nn.MultiheadAttention.forward:
            # Its weight is an argument of a function, and no module is called.
            module: Any = call.module.out_proj
            known(Projection(_joined(call.name, "out_proj"), module))
        else:
            self._hook_near(call)
            here = threading.get_ident()
            part = call.output[0, :, -1].clone()
            self._waiting.append(_Waiting(call, part, here, known))
            mine = [one for one in self._waiting if one.thread == here]
            self._give_up(mine[:-_WAITING])

    def close(self) -> None:
        """No projection runs any more."""
        self._give_up(list(self._waiting))
        self._restore.close()

    def _give_up(self, calls: list[_Waiting]) -> None:
        for one in calls:
            self._waiting.remove(one)
            one.known(None)

    def _hook_near(self, call: AttentionCall) -> None:
        if call.name in self._near:
            return
        self._near.add(call.name)
        if not self._names:
            self._names = {id(module): name for name, module in self._model.named_modules()}
        for module in _near(self._model, call):
            if id(module) not in self._hooked:
                self._hooked.add(id(module))
                hook = module.register_forward_pre_hook(self._hook, with_kwargs=True)
                self._restore.callback(hook.remove)

    @property
    def _hook(self) -> Callable[..., None]:
        # A function: of a method, a model that is copied meanwhile would copy all that is here.
        def hook(module: Any, args: tuple[Any, ...], options: dict[str, Any]) -> None:
            with harmless(self._failed), torch._C.DisableTorchFunction():
                self._runs(module, next(iter((*args, *options.values())), None))

        return hook

    def _runs(self, module: torch.nn.Module, given: Any) -> None:
        here = threading.get_ident()
        for one in [one for one in self._waiting if one.thread == here]:
            if id(module) in self._names and _takes(given, one):
                self._waiting.remove(one)
                one.known(Projection(self._names[id(module)], module))


def _near(model: torch.nn.Module, call: AttentionCall) -> Iterator[torch.nn.Module]:
    """Modules with a weight, inside of the one that called attention and beside it."""
    around = model.get_submodule(call.name.rpartition(".")[0]) if call.name else call.module
    inside = call.module if isinstance(around, _CONTAINERS) else around
    return filter(_has_weight, inside.modules())


def _has_weight(module: torch.nn.Module) -> bool:
    """Whether it may multiply; the weight may be packed, or spread over processes and empty."""
    if isinstance(module, torch.jit.ScriptModule | torch.nn.Embedding):
        return False
    weight = getattr(module, "weight", None)
    return isinstance(weight, torch.Tensor) and (weight.ndim == 2 or not weight.numel())


def _takes(given: Any, waiting: _Waiting) -> bool:
    """Whether this is the output of the call with its heads merged."""
    output = waiting.call.output
    if type(given) not in (torch.Tensor, torch.nn.Parameter) or output is None:
        return False
    batch, heads, queries, size = output.shape
    if given.shape[-1:] != (heads * size,) or given.numel() != output.numel():
        return False
    rows = given.detach()
    for laid in (
        rows.reshape(batch, queries, heads, size),
        rows.reshape(queries, batch, heads, size).transpose(0, 1),
    ):
        # What is changed in place, by a gate say, is changed in the output too, not in the copy.
        if _same(laid[0, -1], waiting.part) and all(
            _same(laid[row].transpose(0, 1), output[row]) for row in {0, batch - 1}
        ):
            return True
    return False


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether they are equal, in the dtype of the first; NaN is equal to NaN."""
    if one.data_ptr() == other.data_ptr() and one.dtype == other.dtype:
        return True
    other = other.to(one.dtype)
    return bool(torch.equal(one, other) or ((one == other) | (one != one) & (other != other)).all())


def _weight(module: Any) -> torch.Tensor | None:
    if hasattr(module, "base_layer"):
        return _adapted(module)
    kind = type(module)
    name = kind.__name__ if kind.__module__.startswith("transformers") else ""
    plain = kind.forward is torch.nn.Linear.forward or name == "FalconLinear"
    turned = name == "Conv1D"
    weight: torch.Tensor = module.weight
    known = type(weight) in (torch.Tensor, torch.nn.Parameter) and weight.is_floating_point()
    if not (plain or turned) or not known or weight.ndim != 2 or weight.device.type == "meta":
        return None
    return weight.detach() if turned else weight.detach().mT


def _adapted(module: Any) -> torch.Tensor | None:
    """What PEFT's LoRA makes of the weight; None of other adapters."""
    weight, matrices = _weight(module.base_layer), getattr(module, "lora_A", None)
    if weight is None or matrices is None:
        return None
    merged = list(module.merged_adapters)
    if module.disable_adapters:
        return None if merged else weight
    names = [name for name in module.active_adapters if name in matrices]
    if any(module.use_dora.get(name) for name in names):
        return None
    for name in names:
        if name not in merged:
            first, second = matrices[name].weight.detach(), module.lora_B[name].weight.detach()
            weight = weight.float() + module.scaling[name] * (first.float().mT @ second.float().mT)
    return weight


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
