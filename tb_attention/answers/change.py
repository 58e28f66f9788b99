"""The change between two captures: the distance of each head from the same head of the other."""

from __future__ import annotations

import numpy as np

from tb_attention import schema
from tb_attention.answers.answer import Arrays
from tb_attention.answers.jobs import Job, Work
from tb_attention.answers.left_out import PLAIN, LeftOut
from tb_attention.answers.resting import resting_tokens
from tb_attention.answers.show import WEIGHT, shown
from tb_attention.attention.head_distance import ROWS, head_distances_so_far
from tb_attention.errors import InvalidInput, NotLogged, UnreadableRecord
from tb_attention.store.layers import find_stack
from tb_attention.store.location import Location
from tb_attention.store.store import Store

FEW, TIMES = 64, 4
"""Of more than TIMES times FEW rows FEW are compared first, to show something."""

OF_FEW = 0.1
"""The share of the progress that they are."""

DIFFERENT = 0.5
"""Texts that differ at this share of their tokens are other texts."""


def begin_change(
    store: Store,
    first: Location,
    second: Location,
    left_out: LeftOut = PLAIN,
    show: str = WEIGHT,
    compared: int = ROWS,
) -> Job:
    """Fills `distance` float32 [rows, heads], a layer at a time.

    Rows are (stack, layer) of the first capture; NaN where the second has no such head. What is
    left out of either capture is left out of both, and rows are divided by what remains. Of long
    texts a few rows of every head are compared first, then all of them.

    Args:
        store: has the captures.
        first: one of the two.
        second: the other one.
        left_out: what of the weights is left out.
        show: "weight" or "arriving".
        compared: of longer texts so many rows are compared.

    Raises:
        InvalidInput: the captures have no stack in common, or other numbers of tokens.
    """
    here, there = store.message(first), store.message(second)
    others = {stack.name: stack for stack in there.stacks}
    if not any(stack.name in others for stack in here.stacks):
        raise InvalidInput(
            f"These steps cannot be compared: one has {_names(here)}, the other has "
            f"{_names(there)}."
        )
    for stack in here.stacks:
        if stack.name in others:
            _check_tokens(_lengths(here, stack), _lengths(there, others[stack.name]))
    rows = [(stack.name, layer.layer) for stack in here.stacks for layer in stack.layers]
    heads = max((layer.heads for stack in here.stacks for layer in stack.layers), default=0)
    distance = np.full((len(rows), heads), np.nan, np.float32)
    known = {
        (stack.name, layer.layer): layer.heads for stack in here.stacks for layer in stack.layers
    }
    other = {
        (stack.name, layer.layer): layer.heads for stack in there.stacks for layer in stack.layers
    }
    notes = [note for row in rows if (note := _differs(row, known[row], other.get(row)))]
    notes += [
        f"{_layer(row)} is only in the other step, or run." for row in other if row not in known
    ]
    notes += _texts_differ(here, there, same_tag=first.tag == second.tag)
    comparable = [place for place, row in enumerate(rows) if known[row] == other.get(row)]
    answer = Arrays({"distance": distance}, {"rows": rows, "notes": notes})
    captures = [(first, here), (second, there)]
    resting = [resting_tokens(store, at) if left_out.rests else {} for at, _ in captures]

    def compare(place: int, most: int) -> Work:
        """Compares the heads of one layer by at most so many rows; yields the share of them."""
        stack, layer = rows[place]
        one, other = (shown(store.layer(at, stack, layer), show) for at in (first, second))
        hidden = [
            left_out.kept(
                message, find_stack(message, stack), tensors, known.get((stack, layer), ())
            ).hidden
            for (_, message), tensors, known in zip(captures, (one, other), resting, strict=True)
        ]
        gone = None if hidden[0] is None or hidden[1] is None else hidden[0] | hidden[1]
        for done, so_far in head_distances_so_far(one, other, most, gone):
            if done == 1:
                distance[place, : one.heads] = so_far
            yield done

    longest = max((len(text) for text in _texts(here)), default=0)
    few = min(compared, longest) > TIMES * FEW

    def work() -> Work:
        left = set(comparable)
        for begin, share, most in ((0.0, OF_FEW, FEW), (OF_FEW, 1 - OF_FEW, compared))[
            0 if few else 1 :
        ]:
            for done, place in enumerate(comparable):
                if place not in left:
                    continue
                try:
                    for of_layer in compare(place, most):
                        yield begin + share * (done + of_layer) / len(comparable)
                except NotLogged as error:
                    left.discard(place)
                    notes.append(f"{_layer(rows[place])} is left out. {error}")
                except (UnreadableRecord, OSError) as error:
                    left.discard(place)
                    notes.append(f"{_layer(rows[place])} is left out: {error}")

    return Job(answer, work(), 1000 + distance.nbytes + 100 * len(rows), OF_FEW if few else None)


def _check_tokens(here: tuple[int, int], there: tuple[int, int]) -> None:
    if here != there:
        shown = [
            str(queries) if queries == keys else f"{queries} and {keys}"
            for queries, keys in (here, there)
        ]
        raise InvalidInput(
            f"These steps cannot be compared: one has {shown[0]} tokens, the other has {shown[1]}."
        )


def _lengths(capture: schema.Capture, stack: schema.Stack) -> tuple[int, int]:
    queries, keys = (
        len(capture.sequences[place].tokens) for place in (stack.query_sequence, stack.key_sequence)
    )
    return queries, keys


def _texts(capture: schema.Capture) -> list[list[bytes]]:
    return [list(sequence.tokens) for sequence in capture.sequences]


def _texts_differ(here: schema.Capture, there: schema.Capture, *, same_tag: bool) -> list[str]:
    """Whether the distances compare texts rather than the model, in a sentence.

    A pair of sentences that differ in a word is compared on purpose.
    """
    pairs = [
        (one, other)
        for text, other_text in zip(_texts(here), _texts(there), strict=False)
        for one, other in zip(text, other_text, strict=False)
    ]
    differ = sum(one != other for one, other in pairs)
    if not differ:
        return []
    so = "the distances compare texts, and say little of the model."
    if "batch" in (here.kind, there.kind):
        return [f"The texts differ, as each step has examples of its own batch: {so}"]
    if same_tag or differ >= DIFFERENT * len(pairs):
        return [f"The texts differ at {differ} of {len(pairs)} tokens: {so}"]
    return []


def _differs(row: tuple[str, int], heads: int, other: int | None) -> str:
    if other is None:
        return f"{_layer(row)} is only in this step, or run."
    return (
        ""
        if heads == other
        else f"{_layer(row)} has {heads} heads here and {other} there: they are not compared."
    )


def _layer(row: tuple[str, int]) -> str:
    return f"Layer {row[1]} of the stack {row[0]}"


def _names(capture: schema.Capture) -> str:
    return ", ".join(stack.name for stack in capture.stacks) or "no attention"
