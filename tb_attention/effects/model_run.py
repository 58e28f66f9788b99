"""Runs a model over several copies of one text at once, each with other gates."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.watch_model import watch
from tb_attention.capture.eval_mode import undisturbed
from tb_attention.capture.reading.recorder import without_wrappers
from tb_attention.capture.streams.frames import probing
from tb_attention.capture.streams.inputs import Inputs
from tb_attention.effects.gates import Gates
from tb_attention.effects.own_attention import OwnAttention, finding_projections
from tb_attention.effects.places import CutLayer, Places
from tb_attention.effects.undisturbed_backward import undisturbed_backward
from tb_attention.record.effects import Row

_LOGITS = ("logits", "prediction_logits", "lm_logits")
_TARGETS = ("targets", "labels", "target")
"""Arguments of models of one's own that give all logits only to whom they are given."""


class NotMeasured(Exception):
    """Nothing can be measured, and why, in a sentence."""


class ModelRun:
    """A model, what it is run with, and the gates of the pass that is made."""

    def __init__(self, model: torch.nn.Module, inner: Any, inputs: Inputs, ids: torch.Tensor):
        """Runs nothing yet.

        Args:
            model: with its wrappers.
            inner: without.
            inputs: of a batch of 1.
            ids: [1, tokens], of the text whose logits are read.
        """
        self._model, self._inner, self._ids = model, inner, ids
        self._arguments, self._options = _own(inputs.arguments), _own(inputs.options)
        self._gates: Gates | None = None
        self._more: dict[str, torch.Tensor] = {}

    @property
    def batches(self) -> bool:
        """Whether all that the model is given has a batch axis of 1."""
        return all(
            one.ndim == 0 or one.shape[0] == 1
            for value in (*self._arguments, *self._options.values())
            for one in _tensors(value)
        )

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Passes are made inside; the model is as it was behind it."""
        errors: list[Exception] = []
        with (
            undisturbed(self._model),
            undisturbed_backward(self._inner),
            probing(self),
            watch(self._inner, _ignore, errors.append, change=self._change_call),
        ):
            yield
        if errors:
            raise errors[0]

    def finding(self, layers: Mapping[Row, AttentionLayer]) -> AbstractContextManager[OwnAttention]:
        """Finds the output projections of layers by the pass that is made inside."""
        return finding_projections(self._inner, layers)

    @contextmanager
    def projecting(self, places: Places) -> Iterator[None]:
        """Inside, gates stand before output projections where no attention function is seen."""
        with ExitStack() as restore:
            for layer in places.layers:
                if layer.projects:
                    module = self._inner.get_submodule(layer.module)
                    hook = module.register_forward_pre_hook(self._before(layer))
                    restore.callback(hook.remove)
            yield

    def _before(self, layer: CutLayer) -> Any:
        def hook(_: Any, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
            if self._gates is None:
                return None
            # [rows, tokens, heads x any], or tokens first, or rows and tokens in one axis.
            given, rows = args[0], len(self._gates.values)
            heads = given.unflatten(-1, (layer.heads, -1))
            flat, turned = heads.ndim == 3, heads.ndim == 4 and heads.shape[0] != rows
            heads = heads.unflatten(0, (rows, -1)) if flat else heads
            heads = heads.transpose(0, 1) if turned else heads
            heads = self._change(layer.module, heads.transpose(1, 2)).transpose(1, 2)
            heads = heads.transpose(0, 1) if turned else heads
            heads = heads.flatten(0, 1) if flat else heads
            return (heads.flatten(-2), *args[1:])

        return hook

    def logits(self, gates: Gates) -> torch.Tensor:
        """[rows, tokens, vocabulary] of a pass with these gates.

        Where gradients are enabled, `end` must be called behind the backward pass.

        Raises:
            NotMeasured: the model gives none.
        """
        found = self._pass(gates)
        if self._ids.shape[1] > 1 and found.shape[1] == 1:
            accepted = inspect.signature(self._inner.forward).parameters
            if (name := next((name for name in _TARGETS if name in accepted), None)) is not None:
                self._more = {name: self._ids}
                gates.begin()
                found = self._pass(gates)
        rows, tokens = len(gates.values), self._ids.shape[1]
        if found.ndim != 3 or found.shape[:2] != (rows, tokens):
            raise NotMeasured(self._none(f"gives {list(found.shape)} numbers"))
        if found.shape[2] <= int(self._ids.max()):
            raise NotMeasured(self._none(f"gives {found.shape[2]} numbers a token"))
        return found

    def end(self) -> None:
        """The gates of the last pass end: a backward pass may have run parts of it again."""
        self._gates = None

    def _pass(self, gates: Gates) -> torch.Tensor:
        rows = len(gates.values)
        arguments = [_repeated(one, rows) for one in self._arguments]
        options = {name: _repeated(one, rows) for name, one in self._options.items()}
        options |= _repeated(self._more, rows)
        self._gates = gates
        try:
            output = self._inner(*arguments, **options)
        finally:
            if not torch.is_grad_enabled():
                self.end()
        found = _logits_in(output)
        if found is None:
            raise NotMeasured(self._none("returns no logits"))
        return found

    def _none(self, what: str) -> str:
        return (
            f"The loss and the effects of heads were not measured, because "
            f"{type(self._inner).__name__} {what} and not the logits of each token: give the model "
            "with its language model head."
        )

    def _change_call(self, name: str, output: torch.Tensor) -> torch.Tensor:
        """Names of modules in captures are without those of wrappers."""
        return self._change(without_wrappers(name), output)

    def _change(self, name: str, output: torch.Tensor) -> torch.Tensor:
        return output if self._gates is None else self._gates.change(name, output)


def _logits_in(output: Any) -> torch.Tensor | None:
    """The logits in what a model returns."""
    if isinstance(output, torch.Tensor):
        return output
    for name in _LOGITS:
        named = output.get(name) if isinstance(output, Mapping) else getattr(output, name, None)
        if isinstance(named, torch.Tensor):
            return named
    if isinstance(output, tuple | list) and not hasattr(output, "to_tuple"):
        return next(
            (one for one in output if isinstance(one, torch.Tensor) and one.ndim == 3), None
        )
    return None


def _repeated(value: Any, rows: int) -> Any:
    """The same for each row of a batch."""
    if isinstance(value, torch.Tensor):
        if rows == 1 or value.ndim == 0:
            return value
        return value.expand(rows, *value.shape[1:]).contiguous()
    if isinstance(value, Mapping):
        return {name: _repeated(one, rows) for name, one in value.items()}
    return value


def _own(value: Any) -> Any:
    """The same; tensors that were made in inference mode can be differentiated by nothing."""
    if isinstance(value, torch.Tensor):
        return value.clone() if value.is_inference() else value
    if isinstance(value, Mapping):
        return {name: _own(one) for name, one in value.items()}
    return tuple(map(_own, value)) if isinstance(value, tuple) else value


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _tensors(one)


def _ignore(_: AttentionCall) -> None:
    """Calls are changed, and not kept."""
