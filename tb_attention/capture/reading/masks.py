"""What an attention call may see, by its mask and flags.

As transformers has it: a mask [batch, heads, queries, keys] is complete (causality, window and
padding are in it); with a mask [batch, keys] or none the structure is in the flags `is_causal` and
`sliding_window`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.calls.transformers_hook import EAGER
from tb_attention.capture.reading.flags import Flags, documents_of, window_of
from tb_attention.capture.reading.visibility import Visibility, structure

T = TypeVar("T")

BLOCKED = -1e4
"""An additive mask blocks with the lowest float or with -1e4 and lower.

exp(-1e4) is 0 in float32.
"""


class Masks:
    """Finds the Visibility of the calls of one forward pass.

    Layers share their masks, so each is looked at once.
    """

    def __init__(self, example: int = 0) -> None:
        """example: its row in the batch."""
        self._example = example
        self._known: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def of(self, call: AttentionCall) -> Visibility:
        """The Visibility of one call.

        Equal tensors of several calls are the same object where the model shared them.
        """
        queries, keys = call.query.shape[2], call.key.shape[2]
        complete = self.complete(call)
        if complete is None:
            flags = self.flags(call)
            tensors = (flags.documents, flags.kept)
            seen: Visibility = self.once(
                ("flags", flags.causal, flags.start, flags.before, flags.after, *map(id, tensors)),
                tensors,
                (queries, keys),
                lambda: flags.visibility(queries, keys),
            )
        else:
            seen = complete
        return self.biased(seen, call)

    def complete(self, call: AttentionCall) -> Visibility | None:
        """The Visibility of a complete mask; None where the call has none."""
        queries, keys = call.query.shape[2], call.key.shape[2]
        if isinstance(call.mask, torch.Tensor) and call.mask.ndim == 4:
            return self.of_tensor(
                call.mask, queries, keys, lambda: self._complete(call.mask, queries, keys)
            )
        if hasattr(call.mask, "mask_mod"):
            return self.of_tensor(
                call.mask, queries, keys, lambda: self._complete(_dense(call), queries, keys)
            )
        return None

    def flags(self, call: AttentionCall) -> Flags:
        """What the flags say, as the function of this name means them."""
        queries, keys = call.query.shape[2], call.key.shape[2]
        causal = call.options.get("is_causal")
        causal = getattr(call.module, "is_causal", True) if causal is None else causal
        # Eager functions know no flag: without a mask every query sees every key.
        causal = bool(causal) and queries > 1 and call.implementation != EAGER
        flash = "flash" in call.implementation
        before, after = window_of(call.options.get("sliding_window") if flash else None)
        return Flags(
            causal,
            # Flash attention aligns queries with the last keys, sdpa with the first.
            start=keys - queries if flash else 0,
            before=before,
            after=after,
            documents=self.documents(call) if flash else None,
            kept=self.kept(call),
        )

    def documents(self, call: AttentionCall) -> torch.Tensor | None:
        """The packed document of each key, [keys]; see Flags."""
        places = [
            call.options.get(name) for name in ("cu_seq_lens_k", "cu_seq_lens_q", "position_ids")
        ]
        given = next((one for one in places if isinstance(one, torch.Tensor)), None)
        batch, keys = call.query.shape[0], call.key.shape[2]
        if given is None or call.query.shape[2] != keys:
            return None
        return self.of_tensor(
            given, batch, keys, lambda: documents_of(call.options, self._example, batch, keys)
        )

    def kept(self, call: AttentionCall) -> torch.Tensor | None:
        """bool [keys], False is padding; None where there is none."""
        keys = call.key.shape[2]
        if not isinstance(call.mask, torch.Tensor) or call.mask.ndim != 2:
            return None

        def make() -> torch.Tensor | None:
            given = self._one(call.mask)[:keys].bool().cpu()
            return None if bool(given.all()) else given

        return self.of_tensor(call.mask, 0, keys, make)

    def biased(self, seen: Visibility, call: AttentionCall) -> Visibility:
        """The Visibility with the position bias of the call, if it has one."""
        queries, keys = call.query.shape[2], call.key.shape[2]
        bias = call.options.get("position_bias")
        if bias is None:
            return seen
        shared = self.of_tensor(
            bias, queries, keys, lambda: self._one(bias)[:, :queries, :keys].cpu()
        )
        both = shared if seen.bias is None else seen.bias + shared
        return Visibility(seen.causal, seen.query_start, seen.mask, both)

    def of_tensor(self, tensor: Any, queries: int, keys: int, make: Callable[[], T]) -> T:
        """`make()`, or what it returned before for this tensor and these numbers of tokens."""
        # Layers get views of one storage, so its place is the key.
        place = (
            (tensor.data_ptr(), tensor.stride(), tensor.dtype)
            if isinstance(tensor, torch.Tensor)
            else (id(tensor),)
        )
        return self.once(place, tensor, (queries, keys), make)

    def once(
        self, place: tuple[Any, ...], kept: Any, shape: tuple[int, int], make: Callable[[], T]
    ) -> T:
        """`make()`, or what it returned before for this place and shape.

        kept: must live so that its place is used for nothing else.
        """
        key = (*place, *shape)
        if key not in self._known:
            self._known[key] = (kept, make())
        result: T = self._known[key][1]
        return result

    def _one(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.detach()[self._example if tensor.shape[0] > 1 else 0]

    def _complete(self, mask: torch.Tensor, queries: int, keys: int) -> Visibility:
        one = self._one(mask)[:, -queries:, :keys]
        if one.dtype == torch.bool:
            return structure(one.expand(-1, queries, -1), None)
        seen = one > BLOCKED
        bias = torch.where(seen, one, torch.zeros_like(one))
        return structure(
            seen.expand(-1, queries, -1), bias.expand(-1, queries, -1) if bias.any() else None
        )


def _dense(call: AttentionCall) -> torch.Tensor:
    from torch.nn.attention.flex_attention import create_mask

    batch, _, queries, _ = call.query.shape
    return create_mask(
        call.mask.mask_mod, batch, None, queries, call.key.shape[2], device=str(call.query.device)
    )
