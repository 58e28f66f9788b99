"""A finding, and how its sentence names heads, layers and steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from tb_attention.attention.head_types import HeadType
from tb_attention.attention.layer import AttentionLayer

NAMED = 4
"""At most this many heads are named in a sentence; the rest are counted, and are in `heads`."""


@dataclass(frozen=True)
class Finding:
    """Something to look at, and the place where it shows.

    Attributes:
        kind: the name of one of KINDS.
        sentence: what was found, for the reader.
        stack: name of the stack.
        layers: the layers it is about, ascending.
        heads: (layer, head), the most telling first; empty where whole layers are meant.
        steps: one, or the two between which it happened.
        metric: name of the head metric behind it.
        level: "warning" or "note".
        query: a query token to look at, where it shows at one.
        key: a key token to look at, where it shows at one.
        size: how much changed, or how much of something there is, 0 to 1.
        headline: the same for a newcomer, as a headline; empty: the sentence is one.
        detail: what goes with the headline.
        shows: the steps at which it shows best, before and after; empty: `steps`.
    """

    kind: str
    sentence: str
    stack: str
    layers: tuple[int, ...]
    heads: tuple[tuple[int, int], ...]
    steps: tuple[int, ...]
    metric: str | None = None
    level: str = "note"
    query: int | None = None
    key: int | None = None
    size: float = 0.0
    headline: str = ""
    detail: str = ""
    shows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of finding: what it looks at, and when it is reported.

    Attributes:
        name: the `kind` of its findings.
        told: when it is reported, in the words of docs/metrics.md.
        find: yields the findings of one stack; its arguments depend on `of`.
        of: what it looks at. "steps": find(history), of the steps at which the text is the same as
            at the last one. "all steps": find(history), of all steps. "change": find(history,
            distances), the distances [layers, heads] of each head from itself at the first step.
            "pairs": find(history, distances, pairs), also (row, head) -> the pair of tokens whose
            weight changed most, of the heads that changed most. "layer": find(history, row,
            distances), the distances [heads, heads] in the layer of that row at the last step.
            "documents": find(history, mass), the mass [layers, heads, documents, documents] of
            each document on each at the last step, where it has several. "effects": find(history,
            measured), what was measured of the output at the last step at which that was done.
            "other texts": find(history, others), the same stack of the same run on other texts.
        tokens: returns the query, and key, at which a layer with one head shows it best; None where
            it shows at none.
    """

    name: str
    told: str
    find: Callable[..., Iterator[Finding]]
    of: Literal[
        "steps", "all steps", "change", "pairs", "layer", "documents", "effects", "other texts"
    ] = "steps"
    tokens: Callable[[AttentionLayer], tuple[int, int | None] | None] | None = None


def heads_named(heads: Sequence[tuple[int, int]], stack: str, *, several: bool) -> str:
    """Heads (layer, head) as in "Layer 3 heads 5 and 7, layer 4 head 0".

    several: there are several stacks, so theirs is named.
    """
    shown = sorted(heads[:NAMED])
    parts = []
    for layer, of_layer in groupby(shown, key=lambda head: head[0]):
        numbers = [head for _, head in of_layer]
        parts.append(
            f"layer {layer} {'head' if len(numbers) == 1 else 'heads'} "
            f"{listed([str(number) for number in numbers])}"
        )
    text = ", ".join(parts)
    if len(heads) > NAMED:
        text += f" and {len(heads) - NAMED} more"
    text = f"{stack} {text}" if several else text
    return text[0].upper() + text[1:]


_WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


def counted(count: int) -> str:
    """As in "four", and "13" from there on."""
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"


def heads_counted(heads: Sequence[tuple[int, int]], stack: str, *, several: bool) -> str:
    """As in "four heads of layer 1", "two heads of layers 2 and 3"; one head is named."""
    if len(heads) == 1:
        return lowered(heads_named(heads, stack, several=several))
    layers = [str(layer) for layer in sorted({layer for layer, _ in heads})]
    which = f"layer {layers[0]}" if len(layers) == 1 else f"layers {listed(layers[:NAMED])}"
    if len(layers) > NAMED:
        which = f"{len(layers)} layers"
    of = f"the {stack}'s {which}" if several else which
    return f"{counted(len(heads))} heads of {of}"


def heads_noun(type_name: str, *, one: bool) -> str:
    """Heads of a type, as in "an induction head", "previous-token heads"."""
    name = type_name.replace(" ", "-")
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name} head" if one else f"{name} heads"


def acting(kind: HeadType, count: int) -> str:
    """What this many heads of a type do, as in "copy ..." and "copies ..."."""
    if count != 1:
        return kind.acts
    verb, _, rest = kind.acts.partition(" ")
    return f"{verb[:-1] + 'ies' if verb.endswith('y') else verb + 's'} {rest}"


def token_named(place: int, tokens: Sequence[str]) -> str:
    """As in "token 6 ' the'", without its text where that is not known."""
    return f"token {place:,} {tokens[place]!r}" if place < len(tokens) else f"token {place:,}"


def lowered(text: str) -> str:
    """The text with a small first letter."""
    return text[0].lower() + text[1:]


def raised(text: str) -> str:
    """The text with a capital first letter."""
    return text[0].upper() + text[1:]


def layers_named(layers: Sequence[int], stack: str, *, several: bool) -> str:
    """Layers as in "Layers 0-3 and 7"; their numbers must ascend.

    several: there are several stacks, so theirs is named.
    """
    runs: list[list[int]] = []
    for layer in layers:
        if runs and layer == runs[-1][-1] + 1:
            runs[-1].append(layer)
        else:
            runs.append([layer])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    text = f"{'layer' if len(layers) == 1 else 'layers'} {listed(parts)}"
    text = f"{stack} {text}" if several else text
    return text[0].upper() + text[1:]


def listed(parts: Sequence[str]) -> str:
    """The parts as in "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def number(value: float) -> str:
    """Two digits, or the whole number of a large one; at most three places after the point."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity" if value > 0 else "-infinity"
    if 0 < abs(value) < 0.001:
        return "below 0.001"
    return (
        f"{value:,.0f}"
        if abs(value) >= 10
        else f"{value:.2f}"
        if abs(value) >= 0.1
        else f"{round(value, 3):.2g}"
    )


def effect_size(value: float) -> str:
    """The size of an effect, which may be 0.0008 or 4; "0" is exactly nothing."""
    if not math.isfinite(value):
        return number(value)
    if value == 0:
        return "0"
    if abs(value) < 0.0001:
        return "less than 0.0001"
    return f"{value:,.2f}" if abs(value) >= 0.1 else f"{round(value, 6):.2g}"


def at_most(value: float) -> str:
    """As in "at most 0.02"."""
    return f"at most {effect_size(max(value, 0.0001) if value else 0)}"


def percent(value: float) -> str:
    """A share such as 99.6 %; never rounded up to 100 %."""
    return f"{min(value * 100, 99.9):.1f} %" if 0.99 < value < 1 else f"{value * 100:.0f} %"
