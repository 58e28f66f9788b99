"""How the arguments of flash-attn, xformers and SageAttention are read.

They are known by their names, wherever they come from (a package, the hub's `kernels`, a stand-in
of the same name), and all take queries, keys and values first.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.errors import NotUnderstood

_SYNONYMS = {
    "scaling": ("softmax_scale", "sm_scale", "scale"),
    "is_causal": ("causal", "is_causal"),
    "dropout": ("dropout_p", "p"),
    "softcap": ("softcap",),
    "s_aux": ("s_aux", "sinks", "learnable_sink"),
    "sliding_window": ("window_size",),
}
"""Name of an option on the AttentionInterface -> what the functions call it."""

ROWS, PACKED, HEADS = "rows", "packed", "heads"
"""[batch, tokens, heads, neurons], without the batch, and [batch, heads, tokens, neurons]."""


@dataclass(frozen=True)
class Kernel:
    """axes: how its tensors lie. flash: causality and windows end with the last query and key."""

    axes: str
    flash: bool = True


KERNELS = {
    "flash_attn_func": Kernel(ROWS),
    "flash_attn_qkvpacked_func": Kernel(ROWS),
    "flash_attn_kvpacked_func": Kernel(ROWS),
    "flash_attn_with_kvcache": Kernel(ROWS),
    "flash_attn_varlen_func": Kernel(PACKED),
    "flash_attn_varlen_qkvpacked_func": Kernel(PACKED),
    "flash_attn_varlen_kvpacked_func": Kernel(PACKED),
    "varlen_attn": Kernel(PACKED),
    "memory_efficient_attention": Kernel(ROWS, flash=False),
    "sageattn": Kernel(HEADS, flash=False),
}


def kernel_name(value: Any) -> str | None:
    """The name of a function that is among the kernels, compiled or not."""
    if not isinstance(value, FunctionType):
        return None
    plain = getattr(value, "_torchdynamo_orig_callable", value)
    name = getattr(plain, "__name__", None)
    return name if name in KERNELS else None


def kernel_call(
    name: str,
    function: Callable[..., Any],
    module: torch.nn.Module,
    path: str,
    args: tuple[Any, ...],
    options: Mapping[str, Any],
    result: Any,
    batch: int | None,
) -> AttentionCall | None:
    """The call in the form of the AttentionInterface; None where it is no attention.

    Args:
        name: in KERNELS.
        function: of this name.
        module: that called it.
        path: name of the module.
        args: of the call, by position.
        options: and by name.
        result: of the call.
        batch: size of what the model was given, into which texts that lie one after the other are
            parted again.

    Raises:
        NotUnderstood: it is not known which keys and queries belong to a text.
    """
    kernel, given = KERNELS[name], _arguments(function, args, options)
    query, key, value = _tensors(name, given)
    output = result[0] if isinstance(result, tuple) else result
    if not all(isinstance(one, torch.Tensor) for one in (query, key, value, output)):
        return None
    read = {ours: _first(given, theirs) for ours, theirs in _SYNONYMS.items()}
    read["is_causal"] = bool(read["is_causal"])
    axes = _axes(name, given)
    tensors = [one.detach() for one in (query, key, value, output)]
    if axes == PACKED:
        starts = _first(given, ("cu_seqlens_q", "cu_seqlens", "cu_seq_q"))
        places = _places(starts, tensors[0].shape[0], batch or 1)
        if places is None or len({len(one) for one in tensors}) != 1:
            raise NotUnderstood(
                f"the texts of a batch lie one after the other in {path}, without padding, so that "
                "it is not known which tokens belong to an example: log one text, as a probe does, "
                "without padding."
            )
        read["position_ids"] = places
        tensors = [one.unflatten(0, places.shape) for one in tensors]
    if any(one.ndim != 4 for one in tensors):
        return None
    if axes != HEADS:
        tensors = [one.transpose(1, 2) for one in tensors]
    query, key, value, output = tensors
    if given.get("alibi_slopes") is not None:
        read["position_bias"] = _alibi(given["alibi_slopes"], query.shape[2], key.shape[2])
    mask = given.get("attn_bias")
    if mask is not None:
        mask = _materialised(mask, query, key)
    return AttentionCall(
        path,
        f"flash: {name}" if kernel.flash else name,
        module,
        query,
        key,
        mask,
        read,
        value=value,
        output=output,
    )


def kernel_axes(
    name: str, function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]
) -> str:
    """How the tensors of a call lie: ROWS, PACKED or HEADS."""
    return _axes(name, _arguments(function, args, options))


def in_heads(
    output: Any, axes: str, batch: int, change: Callable[[torch.Tensor], torch.Tensor]
) -> Any:
    """The output of a call, changed; it lies again as it lay.

    Args:
        output: of a call.
        axes: how it lies.
        batch: number of texts that lie one after the other, where it is PACKED.
        change: called with [batch, heads, queries, any], returns the same.
    """
    if axes == HEADS:
        return change(output) if output.ndim == 4 else change(output[None])[0]
    rows = output.unflatten(0, (batch, -1)) if axes == PACKED else output
    rows = change(rows.transpose(1, 2)).transpose(1, 2)
    return rows.flatten(0, 1) if axes == PACKED else rows


def _axes(name: str, given: Mapping[str, Any]) -> str:
    turned = name == "sageattn" and given.get("tensor_layout", "HND") == "NHD"
    return ROWS if turned else KERNELS[name].axes


def _arguments(
    function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]
) -> dict[str, Any]:
    try:
        bound = inspect.signature(function).bind(*args, **options)
    except (TypeError, ValueError):  # built in, or wrapped
        return {**dict(zip(("q", "k", "v"), args, strict=False)), **options}
    bound.apply_defaults()
    given: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            given |= value
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            given |= dict(zip(("q", "k", "v"), value, strict=False))
        else:
            given[name] = value
    return given


def _tensors(name: str, given: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Queries, keys and values."""
    if (packed := given.get("qkv")) is not None:
        query, key, value = packed.unbind(-3)
        return query, key, value
    query = _first(given, ("q", "query"))
    if (packed := given.get("kv")) is not None:
        key, value = packed.unbind(-3)
        return query, key, value
    if name == "flash_attn_with_kvcache":
        return query, *_cached(given)
    return query, _first(given, ("k", "key")), _first(given, ("v", "value"))


def _cached(given: Mapping[str, Any]) -> tuple[Any, Any]:
    """What a cache holds after the call, with the new keys."""
    keys, values, held = given["k_cache"], given["v_cache"], given.get("cache_seqlens")
    if _first(given, ("block_table", "page_table")) is not None:
        raise NotUnderstood(
            "a key-value cache in pages is not read: run the model without it, as in training."
        )
    if held is not None:
        new = 0 if given.get("k") is None else given["k"].shape[1]
        end = int(held.max() if isinstance(held, torch.Tensor) else held) + new
        keys, values = keys[:, :end], values[:, :end]
    return keys, values


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((given[name] for name in names if given.get(name) is not None), None)


def _places(starts: Any, tokens: int, batch: int) -> torch.Tensor | None:
    """[batch, tokens of a row], the place of each token in its document.

    None where a document goes over the end of a row.
    """
    if not isinstance(starts, torch.Tensor) or tokens % batch:
        return None
    begins = starts.detach().long().cpu()
    rows = torch.arange(0, tokens, tokens // batch)
    if int(begins[-1]) != tokens or not bool(torch.isin(rows, begins).all()):
        return None
    places = torch.arange(tokens)
    return (places - begins[torch.searchsorted(begins, places, right=True) - 1]).view(batch, -1)


def _alibi(slopes: torch.Tensor, queries: int, keys: int) -> torch.Tensor:
    """[batch, heads, queries, keys]."""
    where = slopes.device
    away = torch.arange(queries, device=where)[:, None] + keys - queries
    away = (away - torch.arange(keys, device=where)).abs()
    slopes = slopes.detach().float()
    return -(slopes if slopes.ndim == 2 else slopes[None])[:, :, None, None] * away


def _materialised(bias: Any, query: torch.Tensor, key: torch.Tensor) -> Any:
    """The mask of xformers as a tensor [batch, heads, queries, keys]."""
    shape = (len(query), query.shape[1], query.shape[2], key.shape[2])
    if isinstance(bias, torch.Tensor):
        return bias.detach().expand(shape) if bias.ndim == 4 else bias
    if hasattr(bias, "materialize"):
        return bias.materialize(shape, dtype=torch.float32, device=query.device)
    return bias
