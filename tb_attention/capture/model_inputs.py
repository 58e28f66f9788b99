"""What forward passes are fed: the arguments of each go in.

Ids, padding and inputs of the whole come out.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from tb_attention.capture.inputs import real

OF_STEPS = (
    "attention_mask",
    "position_ids",
    "cache_position",
    "past_key_values",
    "inputs_embeds",
    "labels",
)
"""Inputs that are not for a forward pass over the whole sequence."""


@dataclass(eq=False)
class Fed:
    """What a model, or its encoder or decoder, was fed since a pass without a cache.

    options: of the first pass. ids: [batch, tokens] of each pass, if it got ids. tokens: how many
    it was fed, first in the first pass.
    """

    options: dict[str, Any] = field(default_factory=dict)
    ids: list[torch.Tensor] = field(default_factory=list)
    mask: torch.Tensor | None = None
    batch: int = 0
    tokens: int = 0
    first: int = 0
    passes: int = 0

    def all_ids(self, example: int) -> tuple[int, ...]:
        """Empty where not all were ids."""
        if sum(one.shape[1] for one in self.ids) != self.tokens:
            return ()
        return tuple(token for one in self.ids for token in one[example].tolist())

    def segments(self, example: int) -> tuple[int, ...]:
        """Of the tokens of the first pass; empty where all are 0."""
        given = self.options.get("token_type_ids")
        return () if given is None or not given[example].any() else tuple(given[example].tolist())

    def add(self, given: Mapping[str, Any], past: int) -> None:
        """One more pass, after `past` tokens in its cache.

        Tokens after these were not accepted, and are forgotten.
        """
        ids, embeddings, mask = _ids(given), given.get("inputs_embeds"), given.get("attention_mask")
        main = next(
            one for one in (ids, embeddings, *given.values()) if isinstance(one, torch.Tensor)
        )
        if self.ids and self.tokens > past:
            self.ids = [torch.cat(self.ids, 1)[:, :past]]
        count = (
            ids.shape[1]
            if ids is not None
            else embeddings.shape[1]
            if isinstance(embeddings, torch.Tensor)
            else 0
        )
        if not self.passes:
            self.options, self.first = (
                {name: one for name, one in given.items() if isinstance(one, torch.Tensor)},
                count,
            )
        self.ids += [] if ids is None else [ids.detach()]
        self.mask = mask.detach() if isinstance(mask, torch.Tensor) and mask.ndim == 2 else None
        self.batch, self.tokens, self.passes = main.shape[0], past + count, self.passes + 1

    def real(self, example: int) -> slice:
        """Where the tokens are that are no padding."""
        if self.mask is None or self.mask.shape[1] < self.tokens:
            return slice(0, self.tokens)
        return real(self.mask[example][: self.tokens])


def arguments(
    module: torch.nn.Module, args: tuple[Any, ...], options: Mapping[str, Any]
) -> dict[str, Any]:
    """By the names that the module gives them."""
    signature = inspect.signature(module.forward)
    given = dict(signature.bind_partial(*args, **options).arguments)
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            given |= given.pop(name, {})
    return given


def _ids(given: Mapping[str, Any]) -> torch.Tensor | None:
    """[batch, tokens]; of a model with other names the first argument that can be ids."""
    if "input_ids" in given:
        ids: torch.Tensor | None = given["input_ids"]
        return ids
    others = (
        one
        for name, one in given.items()
        if isinstance(one, torch.Tensor) and one.ndim == 2 and name not in OF_STEPS
    )
    return next(
        (one for one in others if not one.is_floating_point() and one.dtype != torch.bool), None
    )


def cached_tokens(cache: Any) -> int:
    """Number of tokens in a key-value cache."""
    if hasattr(cache, "get_seq_length"):
        return int(cache.get_seq_length())
    return (
        int(cache[0][0].shape[-2]) if isinstance(cache, tuple | list) and cache and cache[0] else 0
    )
