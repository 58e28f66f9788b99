"""The check of a capture: what was understood of a call beside what the attention function gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from tb_attention.capture.calls.attention_call import AttentionCall
from tb_attention.capture.reading.check import difference, differences, products, weights_difference
from tb_attention.capture.reading.flags import Flags
from tb_attention.capture.reading.masks import Masks
from tb_attention.capture.reading.readings import Reading
from tb_attention.capture.reading.rows import few_rows, hidden_keys
from tb_attention.capture.reading.visibility import Visibility

HEADS, KEY_HEADS, NEURONS, WINDOW = 4, 2, 16, 5
DTYPES = (torch.float32, torch.bfloat16, torch.float16)


def documents(tokens: int) -> torch.Tensor:
    return (torch.arange(tokens) >= tokens // 2 - 1).long()


def truth(tokens: int) -> Reading:
    """A reading with every property in it."""
    generator = torch.Generator().manual_seed(3)
    return Reading(
        (Flags(True, 0, before=WINDOW - 1, documents=documents(tokens)),),
        torch.randn(HEADS, tokens, tokens, generator=generator),
        0.7,
        softcap=4.0,
        sinks=torch.randn(HEADS, generator=generator),
    )


def dense(query: Any, key: Any, value: Any, reading: Reading) -> torch.Tensor:
    """The output by the formula, head by head and query by query."""
    tokens = query.shape[1]
    flags = reading.parts[0]
    assert isinstance(flags, Flags) and reading.bias is not None and reading.sinks is not None
    assert flags.documents is not None and flags.before is not None and reading.softcap
    output = torch.zeros(len(query), tokens, value.shape[2], dtype=torch.float64)
    for head in range(len(query)):
        k = key[head // (len(query) // len(key))].double()
        v = value[head // (len(query) // len(value))].double()
        for i in range(tokens):
            seen = [
                j
                for j in range(i + 1)
                if i - j <= flags.before and flags.documents[i] == flags.documents[j]
            ]
            scores = reading.scale * (k[seen] @ query[head, i].double())
            scores = reading.softcap * torch.tanh(scores / reading.softcap)
            scores = scores + reading.bias[head, i, seen]
            raised = scores.exp()
            weights = raised / (raised.sum() + reading.sinks[head].double().exp())
            output[head, i] = weights @ v[seen]
    return output


def call_of(tokens: int, dtype: torch.dtype, reading: Reading) -> AttentionCall:
    generator = torch.Generator().manual_seed(5)
    query, key, value = (
        torch.randn(1, heads, tokens, neurons, generator=generator).to(dtype)
        for heads, neurons in ((HEADS, NEURONS), (KEY_HEADS, NEURONS), (KEY_HEADS, 24))
    )
    output = dense(query[0], key[0], value[0], reading)[None].to(dtype)
    return AttentionCall(
        "h.0", "own", torch.nn.Module(), query, key, None, {}, value=value, output=output
    )


def flags(reading: Reading, **changes: Any) -> Reading:
    part = reading.parts[0]
    assert isinstance(part, Flags)
    return replace(reading, parts=(replace(part, **changes),))


WRONG: dict[str, Callable[[Reading], Reading]] = {
    "causality": lambda one: flags(one, causal=False),
    "where causality begins": lambda one: flags(one, start=1),
    "window": lambda one: flags(one, before=None),
    "size of the window": lambda one: flags(one, before=WINDOW + 1),
    "documents": lambda one: flags(one, documents=None),
    "scale": lambda one: replace(one, scale=NEURONS**-0.5),
    "soft cap": lambda one: replace(one, softcap=None),
    "bias": lambda one: replace(one, bias=None),
    "bias of another head": lambda one: replace(one, bias=one.bias.roll(1, 0)),  # type: ignore[union-attr]
    "sink": lambda one: replace(one, sinks=None),
}


def passes(call: AttentionCall, reading: Reading) -> bool:
    queries, keys = call.query.shape[2], call.key.shape[2]
    rows = few_rows(call, reading.visibility(queries, keys), Masks())
    found = difference(call, 0, reading, rows)
    assert found is not None
    return found.passes


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tokens", [13, 96])
def test_the_right_reading_passes_and_every_wrong_one_is_found(
    tokens: int, dtype: torch.dtype
) -> None:
    right = truth(tokens)
    call = call_of(tokens, dtype, right)
    assert passes(call, right)
    assert [name for name, turn in WRONG.items() if passes(call, turn(right))] == []
    swapped = replace(call, key=call.key.flip(1))
    assert not passes(swapped, right), "heads of keys"
    assert not passes(replace(call, value=call.value.flip(1)), right), "heads of values"  # type: ignore[union-attr]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tokens", [13, 96])
def test_calls_that_are_compared_together_are_compared_as_alone(
    tokens: int, dtype: torch.dtype
) -> None:
    """Readings without bias, soft cap and sinks, which most have."""
    seen = torch.ones(HEADS, tokens, tokens, dtype=torch.bool).tril()
    seen &= ~torch.ones(HEADS, tokens, tokens, dtype=torch.bool).tril(-WINDOW)
    right = Visibility(False, mask=seen)
    call = call_of(tokens, dtype, truth(tokens))
    query, key, value = (one[0].double() for one in (call.query, call.key, call.value))  # type: ignore[index]
    scores = (query @ key.repeat_interleave(2, 0).mT * 0.7).masked_fill(~seen, -torch.inf)
    output = (scores.softmax(-1) @ value.repeat_interleave(2, 0))[None].to(dtype)
    call = replace(call, output=output)
    rows = few_rows(call, right, Masks())
    made, alone = [], []
    for one in (right, replace(right, mask=seen[:1]), Visibility(True), right):
        reading = Reading((one,), None, 0.7 if len(made) < 3 else 0.25)
        made.append(products(call, 0, reading, rows, hidden_keys(call, one, rows, Masks())))
        alone.append(difference(call, 0, reading, rows))
    together = differences(made)
    assert [one.passes for one in together] == [one.passes for one in alone]
    assert [one.passes for one in alone] == [True, True, False, False]
    for one, other in zip(together, alone, strict=True):
        assert one.error == pytest.approx(other.error, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_wrong_reading_is_found_where_weights_are_small(dtype: torch.dtype) -> None:
    """Among many keys that are looked at alike, an output is short, and so is its error."""
    tokens = 2048
    generator = torch.Generator().manual_seed(0)
    query, key, value = (
        torch.randn(1, 2, tokens, 64, generator=generator).to(dtype) for _ in range(3)
    )
    query = query / 8
    lower = torch.ones(tokens, tokens, dtype=torch.bool).tril()
    near = lower & ~torch.ones(tokens, tokens, dtype=torch.bool).tril(-tokens // 2)
    output = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=near)
    call = AttentionCall(
        "h.0", "own", torch.nn.Module(), query, key, None, {}, value=value, output=output
    )
    windowed = Reading((Flags(True, before=tokens // 2 - 1),), None, 0.125)
    assert passes(call, windowed)
    assert not passes(call, flags(windowed, before=None))
    assert not passes(call, flags(windowed, causal=False))


def test_the_queries_that_are_compared() -> None:
    def rows(seen: Visibility, queries: int = 9, keys: int = 9, **options: Any) -> list[int]:
        query, key = torch.empty(1, 1, queries, 4), torch.empty(1, 1, keys, 4)
        call = AttentionCall("h.0", "own", torch.nn.Module(), query, key, None, options)
        return few_rows(call, seen, Masks())

    padded = torch.ones(1, 9, 9, dtype=torch.bool)
    padded[:, :, :3] = False
    assert rows(Visibility(True)) == [0, 1, 4, 8]
    assert rows(Visibility(True, mask=padded)) == [3, 4, 6, 8], "padding at the left"
    assert rows(Visibility(False, mask=padded.flip(2))) == [0, 3, 5], "and at the right"
    assert rows(Visibility(True, 4), 5) == [0, 2, 4], "after tokens in a cache"
    assert rows(Visibility(False), 1) == [0]
    packed = torch.tensor([[0, 1, 2, 0, 1, 2, 3, 4, 5]])
    assert rows(Visibility(True), position_ids=packed) == [0, 1, 3, 4, 8]
    assert rows(Visibility(True, -2), 9) == [2, 3, 5, 8], "queries that see nothing"


def test_what_cannot_be_compared() -> None:
    right = truth(8)
    call = call_of(8, torch.float32, right)
    assert difference(replace(call, output=None), 0, right, [1]) is None
    broken = call.output.clone()  # type: ignore[union-attr]
    broken[0, 0, 1, 0] = float("nan")
    assert difference(replace(call, output=broken), 0, right, [1]) is None
    merged = replace(call, output=call.output[:, :, :, :3])  # type: ignore[index]
    assert not difference(merged, 0, right, [1]).passes  # type: ignore[union-attr]


def test_weights_that_are_given() -> None:
    generator = torch.Generator().manual_seed(1)
    weights = torch.rand(HEADS, 6, 6, generator=generator).softmax(-1)
    value = torch.randn(1, KEY_HEADS, 6, 8, generator=generator)
    output = (weights @ value[0].repeat_interleave(2, 0))[None]
    empty = torch.zeros(1, HEADS, 6, 8)
    call = AttentionCall(
        "h.0", "own", torch.nn.Module(), empty, empty, None, {}, value=value, output=output
    )
    assert weights_difference(call, 0, weights, [0, 3]).passes  # type: ignore[union-attr]
    assert not weights_difference(call, 0, weights.roll(1, 2), [0, 3]).passes  # type: ignore[union-attr]


def test_autocast_around_the_model_is_not_for_the_check() -> None:
    right = truth(13)
    call = call_of(13, torch.float32, right)
    with torch.autocast("cpu", torch.bfloat16):
        found = difference(call, 0, right, [1, 12])
    plain = difference(call, 0, right, [1, 12])
    assert found is not None and plain is not None and plain.error < 1e-6
    assert found.error < 2e-2, "only queries and keys are rounded"
