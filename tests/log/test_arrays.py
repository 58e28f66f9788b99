"""Attention given as arrays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import tb_attention
from tb_attention.attention import softmax
from tb_attention.errors import InvalidInput
from tb_attention.log.arrays import capture_arrays
from tb_attention.log.logger import AttentionLogger
from tests.support.architectures import ARCHITECTURES, inputs, random_model
from tests.support.repository import ROOT

TOKENS = ["The", "Ġdoctor", "Ġslept", b"\xc3"]


def rows(*shape: int, seed: int = 0) -> np.ndarray:
    """Weights that sum to 1."""
    numbers = np.random.default_rng(seed).random(shape).astype(np.float32)
    return numbers / numbers.sum(-1, keepdims=True)


def plain_softmax(numbers: np.ndarray) -> np.ndarray:
    raised = np.exp(numbers - numbers.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


@given(
    heads=st.integers(1, 4),
    shared=st.integers(1, 2),
    tokens=st.integers(1, 9),
    neurons=st.integers(1, 5),
    causal=st.booleans(),
)
@settings(deadline=None, max_examples=25)
def test_queries_and_keys(heads: int, shared: int, tokens: int, neurons: int, causal: bool) -> None:
    rng = np.random.default_rng(heads + tokens)
    query, key = (
        rng.normal(size=(2, heads * shared, tokens, neurons)),
        rng.normal(size=(2, heads, tokens, neurons)),
    )
    bias, mask = rng.normal(size=(tokens, tokens)), rng.random((tokens, tokens)) < 0.7
    mask |= np.eye(tokens, dtype=bool)
    captured = capture_arrays(
        list("abcdefghi")[:tokens], query=query, key=key, causal=causal, bias=bias, mask=mask
    )
    assert (
        captured.stacks[0].name
        == ("decoder" if causal else "encoder")
        == captured.sequences[0].name
    )
    seen = mask & np.tri(tokens, dtype=bool) if causal else mask
    for index, layer in captured.stacks[0].layers.items():
        scores = (
            query[index] @ np.repeat(key[index], shared, 0).swapaxes(1, 2) / neurons**0.5 + bias
        )
        np.testing.assert_allclose(
            softmax.weights(layer), plain_softmax(np.where(seen, scores, -np.inf)), atol=1e-5
        )


@pytest.mark.parametrize(
    "wrap",
    [
        np.asarray,
        torch.tensor,
        lambda a: torch.tensor(a).bfloat16().requires_grad_(),
        np.ndarray.tolist,
    ],
)
def test_weights_as_bertviz_takes_them(wrap: Any) -> None:
    weights = [rows(1, 2, 4, 4, seed=layer) for layer in range(3)]
    captured = capture_arrays(TOKENS, tuple(wrap(one) for one in weights))
    assert captured.stacks[0].name == "encoder" and list(captured.stacks[0].layers) == [0, 1, 2]
    assert captured.sequences[0].tokens == (b"The", "Ġdoctor".encode(), "Ġslept".encode(), b"\xc3")
    for one, layer in zip(weights, captured.stacks[0].layers.values(), strict=True):
        assert np.abs(softmax.weights(layer) - one[0]).max() <= (
            4e-3 if "bfloat16" in str(wrap(one)) else 0
        )


def test_the_attentions_of_a_model_of_transformers() -> None:
    model = random_model("gpt2", ARCHITECTURES["gpt2"], "eager")
    ids = inputs(model, ARCHITECTURES["gpt2"])["input_ids"]
    with torch.no_grad():
        attentions = model(ids, output_attentions=True).attentions
    captured = capture_arrays([str(token) for token in ids[0].tolist()], attentions, ids=ids)
    assert captured.stacks[0].name == "decoder" and all(
        layer.causal for layer in captured.stacks[0].layers.values()
    )
    assert captured.sequences[0].ids == tuple(ids[0].tolist())


def test_three_stacks() -> None:
    tokens = {"encoder": ["a", "b", "c"], "decoder": ["x", "y"]}
    lower = np.tril(rows(1, 2, 2, 2))
    captured = capture_arrays(
        tokens, {"encoder": [rows(2, 3, 3)], "decoder": [lower], "cross": [rows(2, 2, 3)]}
    )
    assert [(s.name, s.query_sequence, s.key_sequence) for s in captured.stacks] == [
        ("encoder", 0, 0),
        ("decoder", 1, 1),
        ("cross", 1, 0),
    ]
    rng = np.random.default_rng(1)
    sizes = {"encoder": (3, 3), "decoder": (2, 2), "cross": (2, 3)}
    query, key = (
        {name: [rng.normal(size=(2, size[end], 4))] for name, size in sizes.items()}
        for end in (0, 1)
    )
    captured = capture_arrays(tokens, query=query, key=key, segments={"encoder": [0, 0, 1]})
    assert [stack.layers[0].causal for stack in captured.stacks] == [False, True, False]
    assert captured.sequences[0].segments == (0, 0, 1)


def test_the_three_attentions_of_a_model_of_transformers() -> None:
    """As BertViz takes them, for an encoder and a decoder."""
    model = random_model("bart", ARCHITECTURES["bart"], "eager")
    given = inputs(model, ARCHITECTURES["bart"])
    with torch.no_grad():
        output = model(**given, output_attentions=True)
    ids = {"encoder": given["input_ids"], "decoder": given["decoder_input_ids"]}
    tokens = {name: [str(token) for token in of[0].tolist()] for name, of in ids.items()}
    weights = {
        name: getattr(output, f"{name}_attentions") for name in ("encoder", "decoder", "cross")
    }
    captured = capture_arrays(tokens, weights, ids=ids)
    assert [(stack.name, list(stack.layers)) for stack in captured.stacks] == [
        (name, [0, 1]) for name in weights
    ]
    for stack in captured.stacks:
        for index, layer in stack.layers.items():
            np.testing.assert_array_equal(softmax.weights(layer), weights[stack.name][index][0])


def test_layers_may_be_left_out() -> None:
    assert list(capture_arrays(TOKENS, {3: rows(2, 4, 4)}).stacks[0].layers) == [3]
    assert list(capture_arrays(TOKENS, [None, rows(2, 4, 4)]).stacks[0].layers) == [1]


def test_arrays_may_change_afterwards() -> None:
    weights = rows(1, 2, 4, 4)
    captured = capture_arrays(TOKENS, weights)
    weights[:] = 0
    assert captured.stacks[0].layers[0].weights.any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tokens": TOKENS}, "either weights, or query and key"),
        (
            {
                "tokens": TOKENS,
                "weights": rows(1, 2, 4, 4),
                "query": rows(1, 2, 4, 4),
                "key": rows(1, 2, 4, 4),
            },
            "either",
        ),
        ({"tokens": TOKENS, "query": rows(1, 2, 4, 4)}, "either"),
        (
            {"tokens": TOKENS, "weights": rows(1, 2, 3, 3)},
            "layer 0 has 3 queries and 3 keys, but there are 4 and 4 tokens",
        ),
        ({"tokens": TOKENS, "weights": [rows(4, 4)]}, r"it is \[4, 4\]"),
        ({"tokens": TOKENS, "weights": [rows(2, 3, 4, 4)]}, "2 examples"),
        ({"tokens": TOKENS, "weights": [-rows(2, 4, 4)]}, "after the softmax"),
        ({"tokens": TOKENS, "weights": [3 * rows(2, 4, 4)]}, "layer 0 sum to 3, not to 1"),
        ({"tokens": TOKENS, "weights": [rows(2, 4, 4) / 0.9]}, "before dropout"),
        ({"tokens": TOKENS, "weights": []}, "no layers"),
        ({"tokens": "The doctor slept", "weights": [rows(2, 4, 4)]}, "one text"),
        (
            {"tokens": {"decoder": TOKENS}, "weights": {"cross": [rows(2, 4, 4)]}},
            "tokens of the encoder are missing",
        ),
        (
            {"tokens": {"decoder": TOKENS}, "weights": {"other": [rows(2, 4, 4)]}},
            "none of the names",
        ),
        (
            {
                "tokens": TOKENS,
                "query": [rows(2, 4, 5)],
                "key": [rows(2, 4, 5)],
                "mask": np.ones((3, 3), bool),
            },
            "the mask must be",
        ),
        (
            {"tokens": TOKENS, "query": {0: rows(2, 4, 5)}, "key": {1: rows(2, 4, 5)}},
            "for each layer",
        ),
        ({"tokens": TOKENS, "weights": rows(1, 2, 4, 4), "ids": [1, 2]}, "ids has 2 entries"),
    ],
)
def test_arrays_that_do_not_fit(arguments: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        capture_arrays(**arguments)


def test_several_captures_through_one_logger(tmp_path: Path) -> None:
    with AttentionLogger(tmp_path, strict=True) as logger:
        for step in range(3):
            tb_attention.log_arrays(
                logger, TOKENS, rows(2, 2, 4, 4, seed=step), tag="own", step=step
            )
    assert (
        len(list(tmp_path.glob("plugins/attention/*"))) == len(list(tmp_path.glob("events*"))) == 1
    )


def test_one_capture_into_a_directory_without_torch(tmp_path: Path) -> None:
    code = f"""
import sys
import numpy as np
import tb_attention
tb_attention.log_arrays({str(tmp_path)!r}, ["a", "b"], [np.full((2, 2, 2), 0.5)], tag="own", step=4)
for name in ("torch", "transformers", "tensorflow", "jax"):
    assert name not in sys.modules, name
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert list(tmp_path.glob("plugins/attention/*.tfrecord")) and list(
        tmp_path.glob("events.out.tfevents.*")
    )


def test_lengths_of_values() -> None:
    norms = np.linspace(0, 1, 8).reshape(1, 2, 4)
    captured = capture_arrays(TOKENS, rows(1, 2, 4, 4), value_norms=norms)
    (layer,) = captured.stacks[0].layers.values()
    np.testing.assert_array_equal(layer.value_norms, norms[0].astype(np.float32))
    assert layer.projection == "given"
    some = capture_arrays(TOKENS, rows(2, 2, 4, 4), value_norms={1: torch.as_tensor(norms[0])})
    assert [layer.value_norms is None for layer in some.stacks[0].layers.values()] == [True, False]
    with pytest.raises(
        InvalidInput, match=r"value_norms have the layers \[1\], the others are \[0"
    ):
        capture_arrays(TOKENS, rows(1, 2, 4, 4), value_norms={1: norms[0]})
    with pytest.raises(InvalidInput, match=r"value_norms must be \[2 heads, 4 keys\]; they are"):
        capture_arrays(TOKENS, rows(1, 2, 4, 4), value_norms=norms[:, :1])
