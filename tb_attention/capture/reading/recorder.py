"""Reads one attention call: the layer of one example, or the part of it that is new."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.understanding import Learned, Understanding, Understood
from tb_attention.capture.reading.value_norms import ValueNorms, value_norms

_WRAPPERS = re.compile(r"^(?:module\.|_orig_mod\.|base_model\.model\.)+")


class PartOfLayer(AttentionLayer):
    """A layer with some of the keys of a call only, and with masks over all that the call saw."""

    def __post_init__(self) -> None:
        """Checks nothing: masks fit again where the parts are joined."""

    def whole(self, **changes: Any) -> AttentionLayer:
        """A layer with masks that fit its keys, once these fields are changed."""
        return AttentionLayer(**{**vars(self), **changes})


Settled = Callable[[PartOfLayer, PartOfLayer], None]
"""Called with a layer, and what it turns out to be."""


def has_rotary(config: Any) -> bool:
    """Whether positions are rotary embeddings.

    transformers 5 has rope_parameters in the config, transformers 4 rope_theta.
    """
    return bool(getattr(config, "rope_parameters", None) or getattr(config, "rope_theta", None))


def module_name(call: AttentionCall) -> str:
    """The name of the module of a call, without those that wrap the model."""
    return without_wrappers(call.name)


def without_wrappers(name: str) -> str:
    """The name of a module without those that wrap the model."""
    return _WRAPPERS.sub("", name)


class Recorder:
    """Copies queries and keys of one example as they pass."""

    def __init__(self, config: Any) -> None:
        """config: of the model, or None."""
        self._rotary = has_rotary(
            config.get_text_config() if hasattr(config, "get_text_config") else config
        )
        self._example = 0
        self._learned = Learned()
        self._understanding = Understanding(learned=self._learned)

    def begin(self, example: int) -> None:
        """A forward pass begins, with the example in this row of its batch."""
        self._example, self._understanding = example, Understanding(example, self._learned)

    def read(
        self,
        call: AttentionCall,
        keys: slice = slice(None),
        *,
        compare: bool = True,
        settled: Settled | None = None,
    ) -> PartOfLayer:
        """The layer of one call; of its keys, only these are copied.

        Args:
            call: the call.
            keys: that are copied.
            compare: see Understanding.of.
            settled: called with this layer and the one that it turns out to be, where that is found
                out later, by `settle` at the latest; None: it is found out at once.
        """
        made: list[PartOfLayer] = []

        def later(understood: Understood) -> None:
            assert settled is not None
            same = understood.call is call and understood.reading is found.reading
            if same and understood.weights is None:
                settled(made[0], replace(made[0], check=understood.check))
            else:
                settled(made[0], self._part(call, understood, keys))

        if compare and settled is not None:
            found = self._understanding.later(call, later)
        else:
            found = self._understanding.of(call, compare=compare)
        made.append(self._part(call, found, keys))
        return made[0]

    def norms(self, call: AttentionCall, keys: slice = slice(None)) -> ValueNorms | None:
        """Those of the values of these keys of a call; None where the values are not known."""
        return value_norms(call, self._example, keys)

    def settle(self) -> None:
        """Finds out what waits to be found out."""
        self._understanding.settle()

    def _part(self, call: AttentionCall, found: Understood, keys: slice) -> PartOfLayer:
        of, seen = found.call, found.reading.visibility(call.query.shape[2], call.key.shape[2])
        return PartOfLayer(
            query=self._copied(of.query),
            key=self._copied(of.key[:, :, keys]),
            weights=found.weights,
            scale=found.reading.scale,
            causal=seen.causal,
            query_start=seen.query_start,
            mask=seen.mask,
            bias=seen.bias,
            softcap=found.reading.softcap,
            sinks=found.reading.sinks,
            module=module_name(call),
            rotary=self._rotary and bool(getattr(call.module, "use_rope", True)),
            implementation=call.implementation,
            check=found.check,
        )

    def _copied(self, tensor: torch.Tensor) -> torch.Tensor:
        """[heads, tokens, neurons], on the CPU, in the dtype of the model.

        What is stored is decided when it is stored.
        """
        one = tensor[self._example].contiguous()
        return (
            one.clone()
            if one.device.type == "cpu" and one.data_ptr() == tensor[self._example].data_ptr()
            else one.cpu()
        )
