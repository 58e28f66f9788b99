"""Puts a capture together from the stacks that were seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.reading.refused import left_out, refusal
from tb_attention.capture.reading.visibility import structure
from tb_attention.capture.shown import Seen
from tb_attention.capture.texts import Given
from tb_attention.errors import NotUnderstood
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Capture, Stack, TokenSequence

_ALL = slice(None)
_ORDER = (ENCODER, DECODER, CROSS)


def assemble(
    model: str,
    seen: Iterable[Seen],
    *,
    tokenizer: Any = None,
    given: Given | None = None,
    kind: str = "probe",
) -> Capture:
    """The capture of one example.

    Padding is cut from layers and tokens. Stacks of one kind are "encoder", "encoder 2"; so are
    layers with different numbers of tokens. Layers whose attention was understood wrongly are left
    out, with a note.

    Args:
        model: name of the model.
        seen: the stacks that were seen.
        tokenizer: for the texts of tokens.
        given: texts that are known by their ids.
        kind: "probe", "batch" or "generation".

    Raises:
        NotUnderstood: all layers were understood wrongly.
    """
    seen = list(seen)
    refused = [layer for one in seen for layer in one.layers.values() if layer.check.wrong]
    right = [one for one in map(_without_wrong, seen) if one.layers]
    if refused and not right:
        raise NotUnderstood(refusal(model, refused))
    found: list[TokenSequence] = []
    results: list[Stack] = []
    names = Counter[str]()
    for one in sorted(right, key=lambda one: _ORDER.index(one.role)):
        cross = one.role == CROSS
        roles = (DECODER, ENCODER) if cross else (one.role, one.role)
        for group in _groups(one.layers):
            ends = _tokens(one, group, roles, tokenizer, given or {})
            rows, keys = (kept for _, kept in ends)
            names[one.role] += 1
            number = names[one.role]
            results.append(
                Stack(
                    one.role if number == 1 else f"{one.role} {number}",
                    {index: cut(layer, rows, keys) for index, layer in group.items()},
                    *(_index(found, sequence, by_any_name=cross) for sequence, _ in ends),
                )
            )
    notes = (left_out(refused),) if refused else ()
    return Capture(model, tuple(found), tuple(results), kind, notes)


def _tokens(
    one: Seen,
    group: Mapping[int, AttentionLayer],
    names: Iterable[str],
    tokenizer: Any,
    given: Given,
) -> list[tuple[TokenSequence, slice]]:
    """The tokens of queries and keys, and which of the layers' these are.

    Padding that is attended to stays.
    """
    layer = next(iter(group.values()))
    ends = list(zip((one.asking, one.asked), (layer.queries, layer.keys), names, strict=True))
    shown = [text.shown(count, name, tokenizer, given) for text, count, name in ends]
    rows, keys = (kept for _, kept in shown)
    if all(hides(layer, rows, keys) for layer in group.values()):
        return shown
    return [text.uncut().shown(count, name, tokenizer, given) for text, count, name in ends]


def _without_wrong(one: Seen) -> Seen:
    layers = {index: layer for index, layer in one.layers.items() if not layer.check.wrong}
    return replace(one, layers=layers)


def cut(layer: AttentionLayer, rows: slice, keys: slice) -> AttentionLayer:
    """The layer with these queries and keys only; what hides nothing any more is left out."""
    rows, keys = _plain(rows, layer.queries), _plain(keys, layer.keys)
    if (rows, keys) == (_ALL, _ALL):
        return layer
    norms = None if layer.value_norms is None else layer.value_norms[:, keys]
    if layer.weights is not None:
        weights = layer.weights[:, rows, keys]
        causal = weights.shape[1] == weights.shape[2] and not bool(weights.triu(1).any())
        return replace(layer, weights=weights, causal=causal, value_norms=norms)
    seen = (
        torch.ones(1, layer.queries, layer.keys, dtype=torch.bool)
        if layer.mask is None
        else layer.mask
    )
    seen = seen.tril(layer.query_start) if layer.causal else seen
    bias = None if layer.bias is None else layer.bias[:, rows, keys]
    left = structure(seen[:, rows, keys], bias)
    return replace(
        layer,
        query=layer.query[:, rows],
        key=layer.key[:, keys],
        value_norms=norms,
        causal=left.causal,
        query_start=left.query_start,
        mask=left.mask,
        bias=left.bias,
    )


def hides(layer: AttentionLayer, rows: slice, keys: slice) -> bool:
    """Whether none of these queries sees another key than these."""
    outside = torch.ones(layer.keys, dtype=torch.bool)
    outside[keys] = False
    if not outside.any():
        return True
    if layer.weights is not None:
        return not bool((layer.weights[:, rows][:, :, outside] > 0).any())
    seen = torch.ones(1, layer.queries, layer.keys, dtype=torch.bool)
    seen = seen if layer.mask is None else layer.mask
    seen = seen.tril(layer.query_start) if layer.causal else seen
    return not bool(seen[:, rows][:, :, outside].any())


def _plain(kept: slice, count: int) -> slice:
    return _ALL if kept.indices(count) == (0, count, 1) else kept


def _groups(layers: Mapping[int, AttentionLayer]) -> list[dict[int, AttentionLayer]]:
    """The layers by their numbers of tokens."""
    groups: dict[tuple[int, int], dict[int, AttentionLayer]] = {}
    for index, layer in layers.items():
        groups.setdefault((layer.queries, layer.keys), {})[index] = layer
    return list(groups.values())


def _index(found: list[TokenSequence], sequence: TokenSequence, *, by_any_name: bool) -> int:
    """Its place among those that were found, where it is put if it is not there."""
    names = [one.name for one in found] if by_any_name else []
    for same in (sequence, *(replace(sequence, name=name) for name in names)):
        if same in found:
            return found.index(same)
    found.append(sequence)
    return len(found) - 1
