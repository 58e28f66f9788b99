"""The description of a capture as JSON values, in the words of docs/http.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from tb_attention import schema
from tb_attention.answers.characters import shown, split_characters
from tb_attention.answers.in_context import in_context
from tb_attention.answers.left_out import Resting
from tb_attention.answers.resting import resting_tokens
from tb_attention.record.effects import ANSWER, UNITS
from tb_attention.store.location import Location
from tb_attention.store.store import Store


def answer_capture(store: Store, run: str, location: Location) -> dict[str, Any]:
    """Tokens and stacks of a capture, and how the weights of each layer follow from its tensors."""
    message = store.message(location)
    resting = resting_tokens(store, location)
    return {
        "run": run,
        "tag": location.tag,
        "step": location.step,
        "wall_time": location.wall_time,
        "model": message.model,
        "kind": message.kind,
        "sequences": [_sequence(sequence) for sequence in message.sequences],
        "stacks": [_stack(stack, resting) for stack in message.stacks],
        "metrics": list(message.metrics),
        "notes": list(message.notes),
        "effects": [_effect(effect) for effect in message.effects],
    }


def _sequence(sequence: schema.Sequence) -> dict[str, Any]:
    learned = in_context(sequence.losses, sequence.ids)
    return {
        "name": sequence.name,
        "text": sequence.text,
        "tokens": [shown(token) for token in sequence.tokens],
        "pieces": list(sequence.pieces),
        "ids": list(sequence.ids),
        "characters": [
            {"first": first, "last": last, "text": text}
            for first, last, text in split_characters(sequence.tokens)
        ],
        "starts": list(sequence.starts),
        "ends": list(sequence.ends),
        "special": list(sequence.special),
        "segments": list(sequence.segments),
        "documents": list(sequence.documents),
        "prompt": sequence.prompt if sequence.HasField("prompt") else None,
        "spans": [
            {"name": span.name, "first": span.first, "last": span.last} for span in sequence.spans
        ],
        "losses": list(sequence.losses),
        "in_context": None if learned is None else asdict(learned),
    }


def _effect(effect: schema.Effect) -> dict[str, Any]:
    answers = {"first": list(effect.first), "second": list(effect.second), "at": effect.at}
    return {
        "number": effect.number,
        "unit": UNITS[effect.number],
        "value": effect.value,
        "replace": effect.replace,
        "controls": _places(effect.controls),
        "cuts": [
            {
                "name": cut.name,
                "heads": _places(cut.heads),
                "value": cut.value,
                "losses": list(cut.losses),
            }
            for cut in effect.cuts
        ],
        "answers": answers if effect.number == ANSWER else None,
    }


def _places(places: Iterable[schema.HeadPlace]) -> list[dict[str, Any]]:
    return [{"stack": place.stack, "layer": place.layer, "head": place.head} for place in places]


def _stack(stack: schema.Stack, resting: dict[tuple[str, int], Resting]) -> dict[str, Any]:
    return {
        "name": stack.name,
        "query_sequence": stack.query_sequence,
        "key_sequence": stack.key_sequence,
        "layers": [_layer(layer, resting.get((stack.name, layer.layer))) for layer in stack.layers],
    }


def _layer(layer: schema.Layer, resting: Resting | None) -> dict[str, Any]:
    return {
        "layer": layer.layer,
        "module": layer.module,
        "heads": layer.heads,
        "key_heads": layer.key_heads,
        "neurons": layer.neurons,
        "scale": layer.scale,
        "causal": layer.causal,
        "query_start": layer.query_start,
        "softcap": layer.softcap if layer.HasField("softcap") else None,
        "sinks": list(layer.sinks),
        "mask": layer.mask if layer.HasField("mask") else None,
        "bias": layer.bias if layer.HasField("bias") else None,
        "weights_only": layer.weights_only,
        "rotary": layer.rotary,
        "implementation": layer.implementation,
        "logged_heads": list(layer.logged_heads) or None,
        "error": layer.error if layer.HasField("error") else None,
        "unchecked": layer.unchecked,
        "resting": None if resting is None else list(resting[: layer.heads]),
        "value_norms": layer.value_norms,
        "projection": layer.projection,
    }
