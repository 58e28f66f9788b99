"""Which layers a page shows when it is opened."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import parse_qsl

from tb_attention.standalone.held import Held


def later_parts(held: Held, state: str = "") -> frozenset[int]:
    """Numbers of the parts of layers that are not on the screen when the page is opened.

    As the tab chooses them (frontend/src/state/opening.ts and settle.ts). What is on the screen and
    counted as later comes later, and is right.

    Args:
        held: what the page holds.
        state: what is chosen when it is opened, as the address of the tab has it.
    """
    readable = [layer for layer in held.layers if "problem" not in layer]
    story = None if state else _strongest_story(held)
    first = [layer for layer in readable if story is not None and _is_of(layer, story)]
    if not first:
        first = _first_of_last_step(readable, dict(parse_qsl(state)).get("p.attention.layer"))
    return frozenset(_parts(readable)) - frozenset(_parts(first))


def _parts(layers: list[dict[str, Any]]) -> list[int]:
    named = [layer[name] for layer in layers for name in ("tensors", "mask", "bias")]
    return [number for number in named if number is not None]


def _strongest_story(held: Held) -> dict[str, Any] | None:
    for answer in held.answers:
        if answer["route"] == "stories" and "part" in answer:
            stories = json.loads(gzip.decompress(held.parts[answer["part"]]))["stories"]
            return stories[0] if stories else None
    return None


def _is_of(layer: dict[str, Any], story: dict[str, Any]) -> bool:
    """Whether a story shows the layer, at one of its two steps."""
    layers = [story["head"][0]] if story["head"] else story["finding"]["layers"][:1]
    return (
        all(layer[name] == story[name] for name in ("run", "tag", "stack"))
        and layer["step"] in (story["before"], story["after"])
        and layer["layer"] in layers
    )


def _first_of_last_step(layers: list[dict[str, Any]], number: str | None) -> list[dict[str, Any]]:
    """The layer of that number, else the first one, of the probe with the most steps."""
    steps: dict[tuple[str, str], set[int]] = {}
    for layer in layers:
        steps.setdefault((layer["run"], layer["tag"]), set()).add(layer["step"])
    if not steps:
        return []
    run, tag = max(steps, key=lambda probe: len(steps[probe]))
    place = (run, tag, max(steps[run, tag]))
    of = [layer for layer in layers if (layer["run"], layer["tag"], layer["step"]) == place]
    return [layer for layer in of if str(layer["layer"]) == number][:1] or of[:1]
