"""The towers of a model: modules with tokens of their own, such as image and text parts."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import torch

from tb_attention.capture.calls.running import calls_nothing
from tb_attention.capture.streams.wrappers import backbone, unwrapped

_CACHES = frozenset({"past_key_values", "cache", "layer_past"})


class Towers:
    """The towers of a model, by what its parts are.

    Every model of transformers inside of it is one, of which the innermost counts; so are the
    encoder and the decoder of one that has both. A model of one's own is one as a whole.
    """

    def __init__(self, model: torch.nn.Module) -> None:
        """model: with its wrappers, which are part of the names of modules."""
        self.inner = unwrapped(model)
        self.config: Any = getattr(self.inner, "config", None)
        self._decoders, self._encoders = set[int](), set[int]()
        for encoder, decoder in _pairs(self.inner):
            # The parts of a part come later, and know better.
            for mine, other, part in (
                (self._encoders, self._decoders, encoder),
                (self._decoders, self._encoders, decoder),
            ):
                inside = {id(module) for module in part.modules()}
                mine |= inside
                other -= inside
        pairs = {id(part) for pair in _pairs(self.inner) for part in pair}
        whole = {id(self.inner), id(backbone(self.inner))}
        self._all: dict[int, str] = {}
        self._attends: dict[int, bool] = {}
        self.watched: dict[str, torch.nn.Module] = {}
        """Name -> a module whose calls say where attention belongs."""
        others = set[int]()
        for name, module in model.named_modules():
            if is_transformers(module) or id(module) in pairs | whole:
                self._all[id(module)] = name
                self.watched[name] = module
                if is_transformers(module):
                    others |= {id(part) for part in module.modules()}
            elif id(module) in others or isinstance(module, torch.jit.ScriptModule):
                continue
            elif self._all and not calls_nothing(module):
                self.watched[name] = module  # a part of a model of one's own

    def is_tower(self, module: torch.nn.Module) -> bool:
        """Whether it has tokens of its own."""
        return id(module) in self._all

    def is_own(self, module: torch.nn.Module) -> bool:
        """Whether it is a model of one's own, whose tensors must be followed."""
        return not is_transformers(module) and id(module) not in self._decoders | self._encoders

    def attends(self, module: torch.nn.Module) -> bool:
        """Whether the names of its parts say that they attend, those of towers inside left out."""
        if id(module) not in self._attends:
            towers = (one for one in module.modules() if one is not module and self.is_tower(one))
            others = {id(part) for tower in towers for part in tower.modules()}
            names = {
                type(part).__name__.lower() for part in module.modules() if id(part) not in others
            }
            self._attends[id(module)] = any("attention" in name or "attn" in name for name in names)
        return self._attends[id(module)]

    def generates(self, module: torch.nn.Module) -> bool:
        """Whether the model generates text, and this part of it goes on with a cache."""
        accepted = inspect.signature(module.forward).parameters
        can = getattr(self.inner, "can_generate", None)
        return bool(_CACHES & {*accepted}) and callable(can) and bool(can())

    def decodes(self, module: torch.nn.Module) -> bool | None:
        """Whether it is, or is in, the decoder of an encoder-decoder model; None outside of one."""
        known = id(module) in self._decoders | self._encoders
        return id(module) in self._decoders if known else None


def is_transformers(module: Any) -> bool:
    """Whether it is a model of transformers."""
    return hasattr(module, "main_input_name") and hasattr(module, "config")


def _pairs(model: torch.nn.Module) -> Iterator[tuple[torch.nn.Module, torch.nn.Module]]:
    """The encoders and decoders, outer ones first."""
    for module in model.modules():
        if is_transformers(module) and getattr(module.config, "is_encoder_decoder", False):
            parts = [
                getattr(module, name)()
                for name in ("get_encoder", "get_decoder")
                if hasattr(module, name)
            ]
            if len({id(module), *map(id, parts)}) == 3:
                yield parts[0], parts[1]
