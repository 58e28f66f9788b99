"""Puts a capture together.

The stacks that were seen and what is known of the tokens go in, a captures.Capture comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.labels import labels
from tb_attention.capture.refused import left_out, refusal, without_wrong
from tb_attention.capture.visibility import structure
from tb_attention.errors import NotUnderstood
from tb_attention.record.capture import CROSS, DECODER, ENCODER, Capture, Stack, TokenSequence

_ALL = slice(None)


def assemble(
    model: str,
    stacks: Iterable[Stack],
    sequences: Mapping[str, TokenSequence],
    *,
    kept: Mapping[str, slice] | None = None,
    image: tuple[int, int] | None = None,
    config: Any = None,
    kind: str = "probe",
) -> Capture:
    """The capture of one example.

    sequences: "encoder" or "decoder" -> tokens; what is missing gets labels. kept: the same ->
    positions that are no padding, to which the layers are cut. A stack whose layers have different
    numbers of tokens becomes several: "encoder", "encoder 2". Layers whose attention was understood
    wrongly are left out, with a note; raises NotUnderstood where these are all.
    """
    kept = kept or {}
    stacks, refused = without_wrong(stacks)
    if refused and not stacks:
        raise NotUnderstood(refusal(model, refused))
    found: list[TokenSequence] = []
    results = []
    for stack in stacks:
        asking, asked = (DECODER, ENCODER) if stack.name == CROSS else (stack.name, stack.name)
        rows, keys = (_slice(kept, name, sequences) for name in (asking, asked))
        layers = {index: cut(layer, rows, keys) for index, layer in stack.layers.items()}
        for name, group in _groups(stack.name, layers):
            one = next(iter(group.values()))
            pair = [
                _index(found, _sequence(of, count, sequences, image, config))
                for of, count in ((asking, one.queries), (asked, one.keys))
            ]
            results.append(Stack(name, group, *pair))
    notes = (left_out(refused),) if refused else ()
    return Capture(model, tuple(found), tuple(results), kind, notes)


def cut(layer: AttentionLayer, rows: slice, keys: slice) -> AttentionLayer:
    """The layer with these queries and keys only; what hides nothing any more is left out."""
    if (rows, keys) == (_ALL, _ALL):
        return layer
    if layer.weights is not None:
        return replace(layer, weights=layer.weights[:, rows, keys])
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
        causal=left.causal,
        query_start=left.query_start,
        mask=left.mask,
        bias=left.bias,
    )


def _slice(kept: Mapping[str, slice], name: str, sequences: Mapping[str, TokenSequence]) -> slice:
    """A model with one sequence has its padding under the name of that sequence, whatever the stack is called."""
    return kept.get(name, next(iter(kept.values()), _ALL) if len(sequences) == 1 else _ALL)


def _groups(
    name: str, layers: Mapping[int, AttentionLayer]
) -> list[tuple[str, dict[int, AttentionLayer]]]:
    """The layers by their numbers of tokens."""
    groups: dict[tuple[int, int], dict[int, AttentionLayer]] = {}
    for index, layer in layers.items():
        groups.setdefault((layer.queries, layer.keys), {})[index] = layer
    return [
        (name if number == 1 else f"{name} {number}", group)
        for number, group in enumerate(groups.values(), 1)
    ]


def _sequence(
    name: str,
    count: int,
    sequences: Mapping[str, TokenSequence],
    image: tuple[int, int] | None,
    config: Any,
) -> TokenSequence:
    given = sequences.get(name)
    if given is None and image is None and len(sequences) == 1:
        given = next(iter(sequences.values()))
    if given is not None and len(given) == count:
        return replace(given, name=name)
    return labels(name, count, image if name == ENCODER else None, config)


def _index(found: list[TokenSequence], sequence: TokenSequence) -> int:
    if sequence not in found:
        found.append(sequence)
    return found.index(sequence)
