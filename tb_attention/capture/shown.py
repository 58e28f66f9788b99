"""What was seen of one example: its texts, and the stacks over them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from tb_attention.attention.layer import AttentionLayer
from tb_attention.capture.streams.embedded import UNKNOWN
from tb_attention.capture.streams.frames import tensors_in
from tb_attention.capture.streams.inputs import real
from tb_attention.capture.streams.lineage import Sources
from tb_attention.capture.streams.model_inputs import NO_IDS, is_ids
from tb_attention.capture.streams.roles import Unit, units_of_modules
from tb_attention.capture.streams.runs import Run
from tb_attention.capture.streams.stream import Stream
from tb_attention.capture.streams.units import units_of_tensors
from tb_attention.capture.texts import Text
from tb_attention.record.capture import CROSS


@dataclass(eq=False)
class Seen:
    """The layers of one stack.

    Attributes:
        role: name of the stack.
        layers: index -> layer.
        asking: the text of its queries.
        asked: the text of its keys.
        stream: where they were seen.
        unit: their calls.
    """

    role: str
    layers: dict[int, AttentionLayer]
    asking: Text
    asked: Text
    stream: Stream
    unit: Unit

    @property
    def module(self) -> torch.nn.Module:
        """The smallest module that holds the layers; of a model of transformers all of it."""
        calls = self.unit.calls
        if not calls or calls[0].number is None:
            return self.stream.tower
        paths = zip(*(call.name.split(".") for call in calls), strict=False)
        common = itertools.takewhile(lambda parts: len(set(parts)) == 1, paths)
        return self.stream.tower.get_submodule(".".join(parts[0] for parts in common))


def seen_of(run: Run, example: int) -> list[Seen]:
    """The stacks of an example in the order in which they ran; of all images of a text."""
    found: list[Seen] = []
    for stream in run.shown():
        for row in stream.rows.get(example, ()):
            layers = stream.layers(row)
            for unit in _units(stream):
                if numbered := unit.numbered(layers):
                    text = text_of(run, stream, example, row, unit)
                    role = unit.role(layers, stream)
                    found.append(Seen(role, numbered, text, text, stream, unit))
    for one in found:
        if one.role == CROSS:
            one.asked = asked_by(run, example, one, found)
    return found


def text_of(run: Run, stream: Stream, example: int, row: int, unit: Unit | None = None) -> Text:
    """The tokens of a stack. unit: its calls, where there are any."""
    fed, generation = stream.fed, run.generation
    ids, prompt = fed.all_ids(row), None
    kept = fed.real(row) if ids else slice(None)
    if unit is not None and fed.passes == 1 and unit.calls[0].number is not None:
        first = unit.first or unit.calls[0]
        ids = _own_ids(stream, first.asks, first.queries, row)
        kept = kept if ids == fed.all_ids(row) else slice(0, len(ids))
    mask = None if generation is None else generation.mask
    if generation is not None and stream is run.main():
        if mask is not None and mask.ndim == 2 and fed.mask is None:
            # A static cache comes with masks of another kind.
            kept = slice(real(mask[row * len(mask) // fed.batch]).start, kept.stop)
        prompt = generation.prompt(stream, ids, run.first(stream))
        kept = slice(kept.start, min(generation.end(example, ids, prompt), kept.stop))
    elif fed.passes > 1:
        prompt = fed.first
    elif stream.decodes and fed.mask is None:
        kept = slice(0, _before_padding(ids, kept.stop, stream.config))
    return Text(
        ids,
        kept,
        None if prompt is None else prompt - kept.start,
        fed.segments(row) if fed.passes == 1 else (),
        None if fed.pixels is None else (fed.pixels.shape[-2], fed.pixels.shape[-1]),
        stream.config,
        fed.documents(row),
    )


def text_of_beam(run: Run, stream: Stream, example: int, row: int) -> Text:
    """A text that a beam search returned. row: one of its beams."""
    text = text_of(run, stream, example, row)
    if run.generation is None or text.prompt is None:
        return text
    prompt = text.prompt + text.kept.start
    ids = text.ids[:prompt] + (run.generation.new(example, text.ids, prompt) or ())
    stop = run.generation.end(example, ids, prompt)
    return replace(text, ids=ids, kept=slice(text.kept.start, stop))


def _units(stream: Stream) -> list[Unit]:
    calls = list(stream.calls.values())
    followed = all(call.number is not None for call in calls)
    return units_of_tensors(calls) if followed else units_of_modules(calls)


def _own_ids(stream: Stream, sources: Sources, count: int, row: int) -> tuple[int, ...]:
    """The `count` ids that queries or keys were made of, of a model of one's own."""
    given = stream.frames[0].given
    inputs = list(tensors_in(given))
    mine = [inputs[number] for kind, number in sorted(sources) if kind == "input"]
    named = [one for name, one in stream.frames[0].named.items() if name == "input_ids"]
    named += [one for name, one in given.items() if name not in NO_IDS]
    for tensor in named:
        if is_ids(tensor) and any(tensor is one for one in mine):
            for ids in (tensor, tensor.T):
                if tuple(ids.shape) == (stream.fed.batch, count):
                    return tuple(ids[row].tolist())
    return (UNKNOWN,) * count


def _before_padding(ids: Sequence[int], stop: int, config: Any) -> int:
    """Where the padding of a decoder's text begins, which in training has no mask."""
    padding = getattr(config, "pad_token_id", None)
    if padding != getattr(config, "eos_token_id", None):
        while stop > 1 and ids and ids[stop - 1] == padding:
            stop -= 1
    return stop


def asked_by(run: Run, example: int, cross: Seen, found: Sequence[Seen]) -> Text:
    """The text of the keys of cross attention.

    Of a model of one's own what they were made of. Else that of the encoder, of the tower whose
    output was handed on, or of the only one that has as many tokens. Unknown where several have.
    """
    keys = next(iter(cross.layers.values())).keys
    made = [
        one
        for one in found
        for call in (cross.unit.calls[:1] if one.role != CROSS else ())
        if any(("call", other.number) in call.asked for other in one.unit.calls)
    ]
    if made and next(iter(made[-1].layers.values())).queries == keys:
        return made[-1].asking
    if cross.unit.calls and cross.unit.calls[0].number is not None and not made:
        row = cross.stream.rows[example][0]
        return Text(_own_ids(cross.stream, cross.unit.calls[0].asked, keys, row))
    given = list(tensors_in(cross.stream.frames[0].given))
    others = [one for one in run.shown() if one is not cross.stream and one.rows.get(example)]
    fitting = [one for one in others if one.fed.tokens == keys]
    for choice in (
        [one for one in fitting if any(map(one.gave, given))],
        [one for one in fitting if one.decodes is False and cross.stream.decodes],
        fitting,
    ):
        if len(choice) == 1:
            return text_of(run, choice[0], example, choice[0].rows[example][0])
    # A summary of the tokens themselves.
    own = cross.stream
    summary = own.fed.tokens == keys != next(iter(cross.layers.values())).queries
    return text_of(run, own, example, own.rows[example][0]) if summary and not fitting else Text()
